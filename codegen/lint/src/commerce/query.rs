//! RFC 9535 singular queries, from text to segments.

use serde_json::Value;
use serde_json_path::JsonPath;
use uaps_model::{Query, Segment};

/// The largest index that is taken: an answer with more elements before its price is none.
const MAX_INDEX: i64 = 999;

/// Parses a query that selects at most one node. The error completes the sentence "`text` …".
///
/// The grammar is the library's business. It does not show the segments of a query, so they are read here from text
/// that it accepted, and the query is tried on a value made from them: both must mean the same node.
pub(crate) fn parse_query(text: &str) -> Result<Query, String> {
    let path = JsonPath::parse(text).map_err(|error| format!("is no RFC 9535 query: {error}"))?;
    let segments = segments(text).ok_or("selects more than one place; only names and indices may stand in it")?;
    let wide =
        |segment: &Segment| matches!(segment, Segment::Index(index) if !(-MAX_INDEX..=MAX_INDEX).contains(index));
    if segments.iter().any(wide) {
        return Err(format!("has an index beyond {MAX_INDEX}"));
    }
    let probe = probe(&segments);
    let query = Query { text: text.to_owned(), segments };
    match (path.query(&probe).exactly_one(), query.find(&probe)) {
        (Ok(theirs), Some(ours)) if std::ptr::eq(theirs, ours) => Ok(query),
        _ => Err("can't be followed; write it as `$.name` or `$['name'][0]`".to_owned()),
    }
}

/// The smallest value in which the segments lead somewhere.
fn probe(segments: &[Segment]) -> Value {
    segments.iter().rev().fold(Value::Null, |value, segment| match segment {
        Segment::Name(name) => Value::Object([(name.clone(), value)].into_iter().collect()),
        Segment::Index(index) => {
            let at = usize::try_from(*index).unwrap_or(0);
            let length = if *index < 0 { usize::try_from(index.unsigned_abs()).unwrap_or(1) } else { at + 1 };
            let mut items = vec![Value::Null; length];
            if let Some(item) = items.get_mut(at) {
                *item = value;
            }
            Value::Array(items)
        }
    })
}

/// The segments of a well-formed query, where it is singular.
fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut rest = text.strip_prefix('$')?;
    let mut segments = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(segments) };
        let (segment, after) = match first {
            '.' => dotted(rest.get(1..)?)?,
            '[' => bracketed(rest.get(1..)?)?,
            _ => return None,
        };
        segments.push(segment);
        rest = after;
    }
}

fn dotted(rest: &str) -> Option<(Segment, &str)> {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii())).unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end)?;
    (!name.is_empty()).then(|| (Segment::Name(name.to_owned()), after))
}

fn bracketed(rest: &str) -> Option<(Segment, &str)> {
    let rest = rest.trim_start();
    let (segment, after) = match rest.chars().next()? {
        quote @ ('\'' | '"') => {
            let (name, after) = quoted(rest.get(1..)?, quote)?;
            (Segment::Name(name), after)
        }
        _ => {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '-'))?;
            let (digits, after) = rest.split_at_checked(end)?;
            (Segment::Index(digits.parse().ok()?), after)
        }
    };
    Some((segment, after.trim_start().strip_prefix(']')?))
}

/// The name up to the closing quote, with its escapes undone.
fn quoted(rest: &str, quote: char) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = rest.find(|c: char| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    let (inner, after) = rest.split_at_checked(end)?;
    // A single-quoted name escapes like JSON, with the quotes' parts exchanged.
    let inner = if quote == '\'' { inner.replace("\\'", "'").replace('"', "\\\"") } else { inner.to_owned() };
    Some((serde_json::from_str(&format!("\"{inner}\"")).ok()?, after.get(1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Segment]) {
        assert_eq!(parse_query(text).map(|query| query.segments), Ok(expected.to_vec()), "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, expected: &str) {
        let error = parse_query(text).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }

    fn name(name: &str) -> Segment {
        Segment::Name(name.to_owned())
    }

    #[test]
    fn singular_queries() {
        check("$", &[]);
        check("$.a.b_1", &[name("a"), name("b_1")]);
        check("$['a'][0]", &[name("a"), Segment::Index(0)]);
        check("$[ \"a b\" ] [ -2 ]", &[name("a b"), Segment::Index(-2)]);
        check(r"$['it\'s']", &[name("it's")]);
        check(r#"$['"']"#, &[name("\"")]);
        check(r"$['\u00e9\\']", &[name("é\\")]);
        check("$.preis_ü", &[name("preis_ü")]);
        check("$['a.b']", &[name("a.b")]);
    }

    #[test]
    fn what_is_no_singular_query() {
        check_error("", "is no RFC 9535 query");
        check_error("total", "is no RFC 9535 query");
        check_error("$.", "is no RFC 9535 query");
        check_error("$.a[", "is no RFC 9535 query");
        check_error("$.*", "more than one place");
        check_error("$..total", "more than one place");
        check_error("$.a[0:1]", "more than one place");
        check_error("$.a['x','y']", "more than one place");
        check_error("$.a[?@.b]", "more than one place");
        check_error("$.a[100000]", "beyond 999");
        check_error("$.a[-100000]", "beyond 999");
    }
}
