//! Path templates filled with arguments.

use super::{BuildError, encode, shape};
use crate::executor::shape::Shape;
use serde_json::{Map, Value};
use uaps_model::{FieldError, Operation, Param, Place, Style};

/// What servers take for a separator once a segment is decoded.
const SLASHES: [char; 2] = ['/', '\\'];

/// The path of a call: the template with every variable written in its style.
///
/// A value can never change the path's structure: `/` is encoded, and a segment that would be empty, `.` or `..` is
/// refused, because a URL parser would remove it. So is one that would hold them between slashes once it is decoded,
/// because some servers decode first and take the path apart afterwards.
pub fn path(op: &Operation, arguments: &Map<String, Value>) -> Result<String, BuildError> {
    let mut out = String::new();
    for (at, segment) in parts(&op.path).0.split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        let (rendered, variable) = fill(op, segment, arguments)?;
        if let Some(param) = variable
            && (matches!(rendered.as_str(), "" | ".") || climbs(&rendered))
        {
            return Err(wrong(param, "may not be empty, `.` or `..`, because it is a segment of the path"));
        }
        out.push_str(&rendered);
    }
    Ok(out)
}

/// Whether a segment, once it is decoded, is or holds a step upwards.
fn climbs(segment: &str) -> bool {
    encode::decode(segment).is_none_or(|text| text.split(SLASHES).any(|part| part == ".."))
}

/// Whether a value holds a step within a path.
fn steps(text: &str) -> bool {
    text.contains(SLASHES) && text.split(SLASHES).any(|part| matches!(part, "." | ".."))
}

/// A template's path and the literal query that some documents write behind it. A fragment, by which others tell
/// operations of one path apart, is never sent.
pub fn parts(template: &str) -> (&str, Option<&str>) {
    let sent = template.split('#').next().unwrap_or_default();
    match sent.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (sent, None),
    }
}

/// One segment, and a parameter in it, if there is one.
fn fill<'o>(
    op: &'o Operation,
    segment: &str,
    arguments: &Map<String, Value>,
) -> Result<(String, Option<&'o Param>), BuildError> {
    let (mut out, mut rest, mut last) = (String::new(), segment, None);
    while let Some((literal, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        out.push_str(&encode::literal(literal));
        let param = op.params_in(Place::Path).find(|p| p.name == name).ok_or_else(|| BuildError::Operation {
            tool: op.tool.to_string(),
            reason: format!("its path names `{{{name}}}`, which is none of its parameters"),
        })?;
        let value = arguments.get(&param.key).unwrap_or(&Value::Null);
        out.push_str(&write(param, value)?);
        last = Some(param);
        rest = tail;
    }
    out.push_str(&encode::literal(rest));
    Ok((out, last))
}

/// One path parameter in its style.
pub fn write(param: &Param, value: &Value) -> Result<String, BuildError> {
    if param.json {
        return Ok(encode::strict(&value.to_string()));
    }
    let Some(shape) = shape::shape(value).filter(|s| !s.is_empty()) else {
        return Err(wrong(param, "is required, because it is a part of the path"));
    };
    if any(&shape, |text| text.chars().any(char::is_control)) {
        return Err(wrong(param, "may not hold control characters"));
    }
    if any(&shape, steps) {
        return Err(wrong(param, "may not hold `.` or `..` between slashes, because it is a segment of the path"));
    }
    let name = encode::strict(&param.name);
    Ok(match param.style {
        Style::Label => {
            let shape = shape.map(encode::dotless);
            // RFC 6570, section 3.2.5. The table of OpenAPI up to 3.0.3 shows dots in both; 3.0.4 and 3.1.1 mend it.
            format!(".{}", if param.explode { shape.exploded(".") } else { shape.joined(",") })
        }
        Style::Matrix => match (shape.map(encode::strict), param.explode) {
            (Shape::Scalar(text), _) if text.is_empty() => format!(";{name}"),
            (Shape::List(items), true) => items.iter().map(|item| format!(";{name}={item}")).collect(),
            (Shape::Record(pairs), true) => pairs.iter().map(|(k, v)| format!(";{k}={v}")).collect(),
            (shape, _) => format!(";{name}={}", shape.joined(",")),
        },
        _ => {
            let shape = shape.map(encode::strict);
            if param.explode { shape.exploded(",") } else { shape.joined(",") }
        }
    })
}

/// Whether a name or a value in it is bad.
fn any(shape: &Shape, bad: impl Fn(&str) -> bool) -> bool {
    match shape {
        Shape::Scalar(text) => bad(text),
        Shape::List(items) => items.iter().any(|t| bad(t)),
        Shape::Record(pairs) => pairs.iter().any(|(k, v)| bad(k) || bad(v)),
    }
}

fn wrong(param: &Param, detail: &str) -> BuildError {
    BuildError::Argument(FieldError { pointer: super::pointer(&param.key), detail: detail.to_owned() })
}
