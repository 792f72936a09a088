//! Operation ids that tell a reader nothing, or bury what they tell under a framework's habits.

use super::route::is_version;
use super::words::split;
use uaps_model::Method;

/// Why an id is no name, and what is left of it where that is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opaque {
    /// Completes the sentence "the operationId …".
    pub(super) reason: &'static str,
    /// The author's own words inside it.
    pub(super) kernel: Option<String>,
}

/// Words that name nothing when they stand alone, as they do in `operation1` and `handler_12`. Beside a verb most are
/// nouns: `getResource`, `deleteEndpoint`.
const ALONE: [&str; 24] = [
    "action",
    "anonymous",
    "call",
    "controller",
    "default",
    "destroy",
    "endpoint",
    "func",
    "function",
    "id",
    "index",
    "lambda",
    "method",
    "none",
    "null",
    "path",
    "request",
    "resource",
    "retrieve",
    "route",
    "show",
    "store",
    "undefined",
    "untitled",
];

/// Words that name nothing in any company.
const NEVER: [&str; 8] = ["api", "fn", "handle", "handler", "op", "operation", "rest", "unnamed"];

/// Whether an id is no name for the operation; `None` where a reader can live with it.
pub(super) fn opaque(id: &str, method: Method, path: &str) -> Option<Opaque> {
    let because = |reason, kernel| Some(Opaque { reason, kernel });
    if is_hash(id) {
        return because("is a number or a hash", None);
    }
    if is_empty(&split(id)) {
        return because("names no resource and no deed", None);
    }
    if let Some((kernel, tail)) = id.split_once("Using")
        && Method::ALL
            .iter()
            .any(|method| tail.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_') == method.as_str())
    {
        return because("is a method's name with what a framework adds", telling(kernel));
    }
    if id.contains("Controller_")
        || id.contains("Controller.")
        || id.contains("Controller::")
        || id.contains("Controller#")
    {
        return because("is the name of a class and its method", None);
    }
    if let Some(function) = of_route(id, method, path) {
        return because("is a function's name with path and method behind it", telling(&function));
    }
    if is_mechanical(id, method, path) {
        return because("is the path, with its version and variables, and the method", None);
    }
    None
}

/// `operation1`, `get`, `post_2`, `api_get`: words that name nothing, numbers, and a method at most.
fn is_empty(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit())).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty() && *word != "v").collect();
    let is_method = |word: &str| Method::parse(word).is_some();
    match words.as_slice() {
        [word] => ALONE.contains(word) || NEVER.contains(word) || is_method(word),
        words => {
            let named = words.iter().filter(|word| !NEVER.contains(word));
            let methods = named.clone().filter(|word| is_method(word)).count();
            // `getOperation` is one of a service with operations.
            let is_noun = words == ["get", "operation"] || words == ["delete", "operation"];
            methods <= 1 && named.count() == methods && !is_noun
        }
    }
}

/// A kernel that is a name by itself: two words or more.
fn telling(kernel: &str) -> Option<String> {
    (split(kernel).len() > 1).then(|| kernel.to_owned())
}

/// Digits only, a GUID, or eight and more hexadecimal digits of which one is a number.
fn is_hash(id: &str) -> bool {
    let digits: String = id.chars().filter(|c| !matches!(c, '-' | '_' | '{' | '}')).collect();
    let is_hex = digits.chars().all(|c| c.is_ascii_hexdigit()) && digits.chars().any(|c| c.is_ascii_digit());
    !digits.is_empty() && is_hex && (digits.len() >= 8 || digits.chars().all(|c| c.is_ascii_digit()))
}

/// `read_item` of `read_item_items__item_id__get`: function, path and method, each foreign character made `_`.
fn of_route(id: &str, method: Method, path: &str) -> Option<String> {
    let route: String = path.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let tail = format!("{route}_{}", method.as_str().to_ascii_lowercase());
    let function = id.strip_suffix(&tail)?;
    // `instance_disks_get` may end with its path by chance; who repeats a word of it, or doubles a `_`, does not.
    let said = split(function);
    let repeats = split(path).iter().any(|word| said.contains(word));
    (tail.contains("__") || repeats).then(|| function.to_owned())
}

/// `ApiV1UsersIdGet`: every word of the path and the method, an `api` or a version among them.
fn is_mechanical(id: &str, method: Method, path: &str) -> bool {
    let is_noise = |segment: &str| segment.eq_ignore_ascii_case("api") || is_version(segment);
    if !path.split('/').filter(|segment| !segment.is_empty()).any(is_noise) {
        return false;
    }
    let spoken = |text: &str| split(text).concat();
    // Frameworks number what they have made twice.
    let id = id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let path = path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let (id, path, method) = (spoken(id), spoken(path), method.as_str().to_ascii_lowercase());
    id.strip_suffix(&method) == Some(&path) || id.strip_prefix(&method) == Some(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, route: &str, expected: &str) {
        let (method, path) = route.split_once(' ').unwrap();
        let found = opaque(id, Method::parse(&method.to_ascii_lowercase()).unwrap(), path);
        let found = found.map_or("fine".to_owned(), |found| match found.kernel {
            Some(kernel) => format!("{}: {kernel}", found.reason),
            None => found.reason.to_owned(),
        });
        assert_eq!(found, expected, "{id}");
    }

    #[test]
    fn numbers_and_hashes() {
        for id in ["12", "5f3a9c0d1b", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "{3FA85F64-5717-4562-B3FC-2C963F66AFA6}"]
        {
            check(id, "GET /users", "is a number or a hash");
        }
        check("feedface", "GET /users", "fine");
        check("facade", "GET /users", "fine");
    }

    #[test]
    fn words_for_any_operation() {
        for id in ["operation1", "handler_12", "get", "post_2", "GET_v2", "api_get", "index", "Untitled-3"] {
            check(id, "GET /users", "names no resource and no deed");
        }
        for id in ["ping", "search", "tasks_get", "enrol", "getV2Event", "x", "getOptions", "showCall", "getOperation"]
        {
            check(id, "GET /users", "fine");
        }
    }

    #[test]
    fn what_frameworks_make() {
        let function = "is a function's name with path and method behind it";
        check("read_item_items__item_id__get", "GET /items/{item_id}", &format!("{function}: read_item"));
        check("read_users_users_get", "GET /users", &format!("{function}: read_users"));
        check("root__get", "GET /", function);
        check("instance_disks_get", "GET /disks", "fine");
        check("UsersController_findAll_v2", "GET /users", "is the name of a class and its method");
        check("listUsersUsingGET_1", "GET /users", "is a method's name with what a framework adds: listUsers");
        check("pingUsingGET", "GET /ping", "is a method's name with what a framework adds");
    }

    #[test]
    fn paths_glued_to_methods() {
        let glued = "is the path, with its version and variables, and the method";
        check("ApiV1UsersIdGet", "GET /api/v1/users/{id}", glued);
        check("get_api_v1_users", "GET /api/v1/users", glued);
        check("postApiV1Users0", "POST /api/v1/users", glued);
        check("get_api_v1_users_1", "GET /api/v1/users", glued);
        check("UsersGet", "GET /users", "fine");
        check("post-applePay-sessions", "POST /applePay/sessions", "fine");
        check("listUsers", "GET /api/v1/users", "fine");
    }
}
