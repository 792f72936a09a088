//! RFC 9535 singular queries, kept as the segments that the compiler parsed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Segment {
    /// An array element; negative counts from the end.
    Index(i64),
    /// An object member.
    Name(String),
}

/// A query that selects at most one node. It is stored parsed, so that a server cannot meet a bad one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// As the document wrote it, for messages.
    pub text: String,
    /// What it means.
    pub segments: Vec<Segment>,
}

impl Query {
    /// The node the query selects in `value`.
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.segments.iter().try_fold(value, |node, segment| match segment {
            Segment::Name(name) => node.as_object()?.get(name),
            Segment::Index(index) => {
                let items = node.as_array()?;
                let at = if *index < 0 {
                    items.len().checked_add_signed(isize::try_from(*index).ok()?)?
                } else {
                    usize::try_from(*index).ok()?
                };
                items.get(at)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_walks_names_and_indices() {
        let value = serde_json::json!({"a": [{"b": 1}, {"b": 2}]});
        let at = |index| Query {
            text: String::new(),
            segments: vec![Segment::Name("a".into()), Segment::Index(index), Segment::Name("b".into())],
        };
        assert_eq!(at(0).find(&value), Some(&1.into()));
        assert_eq!(at(-1).find(&value), Some(&2.into()));
        assert_eq!(at(2).find(&value), None);
        assert_eq!(at(-3).find(&value), None);
    }
}
