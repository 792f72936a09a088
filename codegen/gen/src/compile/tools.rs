//! Tool names: the document's operation ids where they are legal, else names made from them or from the path.

use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use uaps_model::ToolName;
use uaps_spec::OperationRef;

const MAX: usize = 64;
const SUFFIX: usize = 6;

/// A name for each operation, unique. A name depends on its own operation and, where several claim it, on that they do;
/// never on the order of the document.
pub(super) fn names(operations: &[OperationRef<'_>]) -> Vec<ToolName> {
    let claims: Vec<Claim> = operations.iter().map(claim).collect();
    let mut claimants: HashMap<&str, (usize, usize)> = HashMap::new();
    for claim in &claims {
        let (all, exact) = claimants.entry(&claim.name).or_default();
        *all += 1;
        *exact += usize::from(claim.exact);
    }
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for (claim, operation) in claims.iter().zip(operations) {
        // The one operation whose id is the name keeps it; a name that several claim alike is nobody's.
        let (all, exact) = claimants.get(claim.name.as_str()).copied().unwrap_or_default();
        let alone = all == 1 || (claim.exact && exact == 1);
        let name = if alone && !claim.cut { claim.name.clone() } else { with_suffix(&claim.name, operation) };
        names.push(free(name, &mut taken));
    }
    names
}

struct Claim {
    name: String,
    /// The name is the operation's id, letter by letter.
    exact: bool,
    /// The name was too long.
    cut: bool,
}

fn claim(operation: &OperationRef<'_>) -> Claim {
    let id = operation.node.str_at("operationId").unwrap_or_default();
    if ToolName::new(id).is_ok() {
        return Claim { name: id.to_owned(), exact: true, cut: false };
    }
    let made = match sanitised(id) {
        name if name.is_empty() => {
            sanitised(&format!("{}_{}", operation.method.as_str().to_ascii_lowercase(), operation.path))
        }
        name => name,
    };
    let cut = made.len() > MAX;
    Claim { name: made, exact: false, cut }
}

/// Runs of anything but letters, digits and hyphens become one `_`.
fn sanitised(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '-' {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_matches(['_', '-']);
    match name.chars().next() {
        Some(first) if !first.is_ascii_alphabetic() => format!("op_{name}"),
        _ => name.to_owned(),
    }
}

/// The name with a few digits that stand for method and path.
fn with_suffix(name: &str, operation: &OperationRef<'_>) -> String {
    let digest = Sha256::digest(format!("{} {}", operation.method, operation.path));
    let digits: String = digest.iter().take(SUFFIX / 2).map(|byte| format!("{byte:02x}")).collect();
    let head = name.get(..MAX - SUFFIX - 1).unwrap_or(name);
    format!("{}_{digits}", head.trim_end_matches('_'))
}

/// The last resort, for names whose suffixes meet.
fn free(name: String, taken: &mut HashSet<String>) -> ToolName {
    let mut candidate = name.clone();
    let mut number = 2_usize;
    loop {
        if !taken.contains(&candidate)
            && let Ok(tool) = ToolName::new(candidate.clone())
        {
            taken.insert(candidate);
            return tool;
        }
        let tail = format!("_{number}");
        let head = name.get(..name.len().min(MAX - tail.len())).filter(|head| !head.is_empty()).unwrap_or("operation");
        candidate = format!("{head}{tail}");
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use uaps_spec::{Document, Sources, parse};

    #[track_caller]
    fn check(paths: &str, expected: &[&str]) {
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", format!("paths: {paths}"));
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let operations: Vec<_> = document.operations().collect();
        let names: Vec<String> = super::names(&operations).into_iter().map(String::from).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn ids_are_kept_or_mended() {
        check("{/a: {get: {operationId: listA}, post: {operationId: repos/get.x}}}", &["listA", "repos_get_x"]);
        check("{'/a/{id}/b': {get: {}}, /: {get: {operationId: 3d}}}", &["get_a_id_b", "op_3d"]);
        check("{/é: {get: {operationId: é}}}", &["get"]);
    }

    #[test]
    fn a_name_with_several_claimants_is_nobodys() {
        check(
            "{/a: {get: {operationId: x}}, /b: {get: {operationId: x}}, /c: {get: {operationId: y}}, /d: {get: {operationId: y.}}}",
            &["x_f302df", "x_db789e", "y", "y_f0d211"],
        );
    }

    #[test]
    fn long_ids_are_cut_and_told_apart() {
        let long = "a".repeat(90);
        let head = "a".repeat(57);
        check(
            &format!("{{/a: {{get: {{operationId: {long}b}}}}, /b: {{get: {{operationId: {long}c}}}}}}"),
            &[&format!("{head}_f302df"), &format!("{head}_db789e")],
        );
    }
}
