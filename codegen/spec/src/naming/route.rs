//! A name for an operation from its method and path alone: `GET /v1/users/{id}/posts` is `list_user_posts`.

use super::verbs::{ACTIONS, DEEDS, JOINTS, QUESTIONS};
use super::words::{singular, split};
use uaps_model::Method;

/// Endings that only name the answer's format.
const FORMATS: [&str; 7] = [".json", ".xml", ".yaml", ".csv", ".html", ".txt", ".php"];

/// A literal part of a path, with the variable that follows it.
struct Part {
    words: Vec<String>,
    variable: Option<Vec<String>>,
}

/// Names for the operation, the plainest first; the others tell it from what is nearly the same. Lower-case words joined
/// by `_`.
pub(super) fn candidates(method: Method, path: &str) -> Vec<String> {
    let parts = parts(path);
    let short = name(method, &parts, true);
    let variables: Vec<String> = parts.iter().filter_map(|part| part.variable.as_ref()).map(|v| v.join("_")).collect();
    let verbose = name(method, &parts, false);
    let mut names = vec![short.clone(), verbose.clone()];
    if !variables.is_empty() && !short.contains("_by_") {
        names.push(format!("{verbose}_by_{}", variables.join("_and_")));
    }
    // Two versions side by side.
    let version = path.split('/').find(|segment| segment.starts_with(['v', 'V']) && is_version(segment));
    names.extend(version.map(|version| format!("{verbose}_{}", split(version).join("_"))));
    names.dedup();
    names
}

/// `plain` says "update" for each of `PUT`, `PATCH` and `POST`; otherwise they are told apart.
fn name(method: Method, parts: &[Part], plain: bool) -> String {
    let Some((last, before)) = parts.split_last() else {
        return format!("{}_root", verb(method, plain, false, false, false));
    };
    let mut postfix: Vec<String> = Vec::new();
    let (mut last, mut before) = (last, before);
    let is_item = last.variable.is_some();
    // `/users/by-email/{email}` is a user, by email.
    if let (true, Some((target, rest))) =
        (last.words.first().is_some_and(|word| JOINTS.contains(&word.as_str())), before.split_last())
    {
        postfix.clone_from(&last.words);
        (last, before) = (target, rest);
    }
    let mut objects: Vec<Vec<String>> = before.iter().map(|part| noun(part, part.variable.is_some())).collect();
    if let Some((deed, rest)) = action(method, &last.words).filter(|_| postfix.is_empty()) {
        // `/pet/findByStatus`, `/orders/{id}/cancel`, `/orders/cancel/{id}`, `/getUser`.
        if let Some(parent) = before.last()
            && is_item
            && parent.variable.is_none()
            && let Some(object) = objects.last_mut()
        {
            *object = noun(parent, true);
        }
        let (joint, thing) = match rest.first() {
            Some(word) if JOINTS.contains(&word.as_str()) => (rest.to_vec(), Vec::new()),
            _ => (Vec::new(), rest.to_vec()),
        };
        objects.push(thing);
        let mut words = vec![deed];
        words.extend(joined(objects));
        words.extend(joint);
        return fitting(words);
    }
    // `/search/repositories`.
    if let Some(first) =
        parts.first().filter(|first| parts.len() > 1 && first.words.len() == 1 && first.variable.is_none())
        && let Some((deed, _)) = action(method, &first.words).filter(|(deed, _)| QUESTIONS.contains(&deed.as_str()))
    {
        let mut objects: Vec<_> = parts.iter().skip(1).map(|part| noun(part, part.variable.is_some())).collect();
        objects.insert(0, vec![deed]);
        return fitting(objects.concat());
    }
    let is_plural = last.words.last().is_some_and(|word| singular(word).is_some());
    let is_nested = before.iter().any(|part| part.variable.is_some());
    if !is_item && last.words.len() == 1 && last.words.first().is_some_and(|word| DEEDS.contains(&word.as_str())) {
        objects.push(last.words.clone());
        return fitting(joined(objects));
    }
    let makes = method == Method::Post && !is_item;
    objects.push(noun(last, is_item || makes));
    let mut words = vec![verb(method, plain, is_item, is_plural, is_nested).to_owned()];
    words.extend(joined(objects));
    words.extend(postfix);
    fitting(words)
}

fn verb(method: Method, plain: bool, is_item: bool, is_plural: bool, is_nested: bool) -> &'static str {
    match method {
        Method::Get if !is_item && is_plural => "list",
        Method::Get => "get",
        Method::Post if is_item && plain => "update",
        Method::Post if is_item => "post",
        Method::Post if is_nested => "add",
        Method::Post => "create",
        Method::Put if plain && is_item => "update",
        Method::Put => "replace",
        Method::Patch if plain => "update",
        Method::Patch => "patch",
        Method::Delete => "delete",
        Method::Head => "check",
        Method::Options => "describe",
        Method::Trace => "trace",
    }
}

/// The verb of a part that begins with one, and the words behind it.
fn action(method: Method, words: &[String]) -> Option<(String, &[String])> {
    let (first, rest) = words.split_first()?;
    let asks = QUESTIONS.contains(&first.as_str());
    let undone = first.strip_prefix("un").unwrap_or(first);
    let acts = ACTIONS.contains(&undone) || ACTIONS.contains(&first.as_str());
    let fits = match method {
        Method::Get => asks,
        Method::Post => asks || acts,
        Method::Put | Method::Patch => acts,
        _ => false,
    };
    fits.then(|| (first.clone(), rest))
}

/// The words of a part, its last one singular where one of many is meant.
fn noun(part: &Part, one: bool) -> Vec<String> {
    let mut words = part.words.clone();
    if words.is_empty() {
        words = part.variable.clone().unwrap_or_default();
        if words.len() > 1 && words.last().is_some_and(|word| matches!(word.as_str(), "id" | "uuid" | "slug")) {
            words.pop();
        }
    } else if one
        && let Some(last) = words.last_mut()
        && let Some(single) = singular(last)
    {
        *last = single;
    }
    words
}

/// The objects one behind the other; `/users/{id}/user-roles` says "user" once.
fn joined(objects: Vec<Vec<String>>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for object in objects {
        let repeats = words.last().is_some_and(|last| object.len() > 1 && object.first() == Some(last));
        words.extend(object.into_iter().skip(usize::from(repeats)));
    }
    words
}

/// The name, from which the outermost objects are left out until it fits.
fn fitting(mut words: Vec<String>) -> String {
    words.retain(|word| !word.is_empty());
    while words.len() > 2 && words.iter().map(|word| word.len() + 1).sum::<usize>() > super::LONGEST + 1 {
        words.remove(1);
    }
    words.join("_")
}

/// The parts of a path: no version, no `api` at its start, no format at its end.
fn parts(path: &str) -> Vec<Part> {
    let path = path.split('?').next().unwrap_or_default();
    let mut parts: Vec<Part> = Vec::new();
    let mut dropped = None;
    for segment in path.split(['/', '#']).filter(|segment| !segment.is_empty()) {
        let bare = FORMATS.iter().find_map(|format| segment.strip_suffix(format)).unwrap_or(segment);
        let is_prefix = parts.is_empty() && matches!(bare.to_ascii_lowercase().as_str(), "api" | "rest" | "rpc");
        if is_prefix || is_version(bare) {
            dropped = Some(bare);
            continue;
        }
        for (text, is_variable) in pieces(bare) {
            let readable: Vec<&str> = text.split(['-', '_', ' ']).filter(|run| !is_random(run)).collect();
            let words = split(&readable.join("-"));
            if words.is_empty() {
                continue;
            }
            match parts.last_mut() {
                Some(last) if is_variable && last.variable.is_none() => last.variable = Some(words),
                // `/compare/{base}...{head}`: two variables of one part.
                Some(last) if is_variable && !last.words.is_empty() => {
                    last.variable.get_or_insert_default().extend(words);
                }
                _ if is_variable => parts.push(Part { words: Vec::new(), variable: Some(words) }),
                _ => parts.push(Part { words, variable: None }),
            }
        }
    }
    if let Some(dropped) = dropped.filter(|_| parts.is_empty()) {
        parts.push(Part { words: split(dropped), variable: None });
    }
    parts
}

/// `v1`, `v2.1`, `v3beta1`, `2.0`, `0`, `2010-04-01`.
pub(super) fn is_version(segment: &str) -> bool {
    let digits = segment.strip_prefix(['v', 'V']).unwrap_or(segment);
    let word = ["alpha", "beta", "rc", "preview"].iter().find_map(|word| digits.split_once(word));
    let (number, more) = word.unwrap_or((digits, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    number.starts_with(|c: char| c.is_ascii_digit()) && is_number(number) && is_number(more)
}

/// `6VMVochwUWo`: eight characters or more, small and capital letters and digits mixed.
fn is_random(run: &str) -> bool {
    let has = |kind: fn(&char) -> bool| run.chars().filter(kind).count() > 1;
    run.len() >= 8
        && run.chars().any(|c| c.is_ascii_digit())
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && split(run).len() > 3
}

/// The literal and variable pieces of a segment: `users:batchGet`, `{a}.{b}`.
fn pieces(segment: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some((literal, tail)) = rest.split_once('{') {
        pieces.extend(literal.split(':').map(|text| (text, false)));
        let (variable, tail) = tail.split_once('}').unwrap_or((tail, ""));
        pieces.push((variable, true));
        rest = tail;
    }
    pieces.extend(rest.split(':').map(|text| (text, false)));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(route: &str, expected: &str) {
        let (method, path) = route.split_once(' ').unwrap();
        let names = candidates(Method::parse(&method.to_ascii_lowercase()).unwrap(), path);
        assert_eq!(names.join(" | "), expected, "{route}");
    }

    #[test]
    fn collections_and_their_items() {
        check("GET /users", "list_users");
        check("GET /users/{id}", "get_user | get_user_by_id");
        check("POST /users", "create_user");
        check("PUT /users/{id}", "update_user | replace_user | replace_user_by_id");
        check("PATCH /users/{id}", "update_user | patch_user | patch_user_by_id");
        check("DELETE /users/{id}", "delete_user | delete_user_by_id");
        check("POST /users/{id}/roles", "add_user_role | add_user_role_by_id");
        check("GET /users/{id}/roles", "list_user_roles | list_user_roles_by_id");
        check("GET /users/{id}/profile", "get_user_profile | get_user_profile_by_id");
        check("GET /repos/{owner}/{repo}/issues/{n}", "get_repo_issue | get_repo_issue_by_owner_repo_and_n");
    }

    #[test]
    fn what_is_to_be_done() {
        check("POST /orders/{id}/cancel", "cancel_order | cancel_order_by_id");
        check("POST /orders/cancel/{id}", "cancel_order | cancel_order_by_id");
        check("POST /users/{id}/reset-password", "reset_user_password | reset_user_password_by_id");
        check("GET /orders/{id}/refund", "get_order_refund | get_order_refund_by_id");
        check("GET /pet/findByStatus", "find_pet_by_status");
        check("POST /contacts/search", "search_contacts");
        check("GET /search/repositories", "search_repositories");
        check("POST /projects/{p}:undelete", "undelete_project | undelete_project_by_p");
        check("POST /getUser", "get_user");
        check("POST /auth/login", "auth_login");
    }

    #[test]
    fn what_only_stands_before_is_left_out() {
        check("GET /api/v1/users", "list_users | list_users_v1");
        check("GET /2010-04-01/Accounts/{Sid}.json", "get_account | get_account_by_sid");
        check("GET /api/0/organizations/", "list_organizations");
        check("GET /users/{id}/user-settings", "list_user_settings | list_user_settings_by_id");
        check("GET /", "get_root");
        check("GET /v1", "get_v1 | get_v1_v1");
        check("GET /{dataset_id}", "get_dataset | get_dataset_by_dataset_id");
        check("GET /é", "get_root");
        check("PUT /files/securityClassification-6VMVochwUWo", "replace_files_security_classification");
    }

    #[test]
    fn by_what_it_is_found() {
        check("GET /users/by-email/{email}", "get_user_by_email");
        check("GET /compare/{base}...{head}", "compare | compare_by_base_head");
    }

    #[test]
    fn versions() {
        for version in ["v1", "V2.1", "v3beta1", "2.0", "0", "2010-04-01"] {
            assert!(is_version(version), "{version}");
        }
        for word in ["vault", "v", "2fa", "users"] {
            assert!(!is_version(word), "{word}");
        }
    }

    #[test]
    fn long_paths_keep_their_end() {
        let path = format!(
            "/{}",
            ["organisations/{a}", "administrators/{b}", "configurations/{c}", "entitlements/{d}", "certificates"]
                .join("/")
        );
        let names = candidates(Method::Get, &path);
        assert_eq!(names[0], "list_administrator_configuration_entitlement_certificates");
    }
}
