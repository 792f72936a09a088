//! Which operation became which.

use std::collections::HashMap;
use std::hash::Hash;
use uaps_model::Operation;

/// The operations of two revisions, matched.
#[derive(Debug, Default)]
pub(crate) struct Pairs<'s> {
    /// Those of both.
    pub(crate) both: Vec<(&'s Operation, &'s Operation)>,
    /// Those of the first alone.
    pub(crate) removed: Vec<&'s Operation>,
    /// Those of the second alone.
    pub(crate) added: Vec<&'s Operation>,
}

/// Matches by method and path; what is left by the path without the names of its variables, then by the document's id,
/// then by the tool's name. A path that moved is one change then, and not two.
pub(crate) fn pair<'s>(before: &'s [Operation], after: &'s [Operation]) -> Pairs<'s> {
    let mut pairs = Pairs { both: Vec::new(), removed: before.iter().collect(), added: after.iter().collect() };
    pairs.match_by(|op| Some((op.method, op.path.as_str())));
    pairs.match_by(|op| Some((op.method, shape(&op.path))));
    pairs.match_by(|op| (!op.operation_id.is_empty()).then_some(op.operation_id.as_str()));
    pairs.match_by(|op| Some(op.tool.as_str()));
    pairs.both.sort_by_key(|(op, _)| (&op.path, op.method));
    pairs
}

impl<'s> Pairs<'s> {
    /// Matches what is left by a key. A key that two operations of one side have says nothing.
    fn match_by<K: Eq + Hash>(&mut self, key: impl Fn(&'s Operation) -> Option<K>) {
        let mut keys: HashMap<K, [Vec<&'s Operation>; 2]> = HashMap::new();
        for (side, operations) in [&self.removed, &self.added].into_iter().enumerate() {
            for operation in operations {
                if let Some(key) = key(operation)
                    && let Some(claimants) = keys.entry(key).or_default().get_mut(side)
                {
                    claimants.push(operation);
                }
            }
        }
        for [before, after] in keys.into_values() {
            if let ([before], [after]) = (before.as_slice(), after.as_slice()) {
                self.removed.retain(|op| !std::ptr::eq(*op, *before));
                self.added.retain(|op| !std::ptr::eq(*op, *after));
                self.both.push((before, after));
            }
        }
    }
}

/// A path with its variables made alike: `/rides/{id}` and `/rides/{ride_id}` are one URL.
pub(crate) fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut rest = path;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((_, behind)) = behind.split_once('}') else { break };
        shape.push_str(before);
        shape.push_str("{}");
        rest = behind;
    }
    shape.push_str(rest);
    shape
}

/// The variables of a path, in its order.
pub(crate) fn variables(path: &str) -> Vec<&str> {
    let opened = path.split('{').skip(1);
    opened.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_shape_and_variables() {
        assert_eq!(shape("/rides/{id}.{format}/x"), "/rides/{}.{}/x");
        assert_eq!(shape("/rides/{id"), "/rides/{id");
        assert_eq!(variables("/rides/{id}.{format}/x{y"), ["id", "format"]);
    }
}
