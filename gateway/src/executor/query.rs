//! Query strings.

use super::shape::{self, Shape};
use super::{BuildError, encode, path, pointer};
use serde_json::{Map, Value};
use uaps_model::{FieldError, Operation, Param, Place, Style};

/// How deep `deepObject` follows nested values.
const MAX_DEPTH: usize = 16;

/// The query of a call, encoded, without the question mark; empty where no parameter is given.
pub fn query(op: &Operation, arguments: &Map<String, Value>) -> Result<String, BuildError> {
    let mut pairs = Vec::new();
    for param in op.params_in(Place::Query) {
        if let Some(value) = arguments.get(&param.key) {
            write(param, value, &mut pairs)?;
        }
    }
    let literal = path::parts(&op.path).1.filter(|query| !query.is_empty()).map(encode::literal);
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    Ok(literal.into_iter().chain(pairs).collect::<Vec<_>>().join("&"))
}

/// Adds one parameter's encoded pairs.
pub fn write(param: &Param, value: &Value, pairs: &mut Vec<(String, String)>) -> Result<(), BuildError> {
    let value_encoding = if param.allow_reserved { encode::reserved } else { encode::strict };
    let name = encode::strict(&param.name);
    if param.json {
        pairs.push((name, encode::strict(&value.to_string())));
        return Ok(());
    }
    if param.style == Style::DeepObject && (value.is_object() || value.is_array()) {
        return deep(&param.name, value, value_encoding, pairs, MAX_DEPTH)
            .ok_or_else(|| wrong(param, "is nested too deeply"));
    }
    let Some(shape) = shape::shape(value).filter(|s| !s.is_empty()) else { return Ok(()) };
    let (separator, held) = match param.style {
        Style::SpaceDelimited => ("%20", Some(' ')),
        Style::PipeDelimited => ("%7C", Some('|')),
        // `allowReserved` lets commas through, so they can't be told from separators either.
        _ => (",", param.allow_reserved.then_some(',')),
    };
    if let Some(held) = held.filter(|held| !param.explode && shape.holds(*held)) {
        return Err(wrong(param, &format!("may not hold `{held}`, because that separates its elements")));
    }
    let shape = shape.map(value_encoding);
    match (shape, param.explode) {
        (Shape::List(items), true) => pairs.extend(items.into_iter().map(|item| (name.clone(), item))),
        (Shape::Record(members), true) => pairs.extend(members),
        (shape, _) => pairs.push((name, shape.joined(separator))),
    }
    Ok(())
}

/// `name[key]=value`, nested as far as the value is; arrays by index.
fn deep(
    name: &str,
    value: &Value,
    encoding: fn(&str) -> String,
    pairs: &mut Vec<(String, String)>,
    depth: usize,
) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            members.into_iter().try_for_each(|(key, v)| deep(&format!("{name}[{key}]"), v, encoding, pairs, depth))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, v)| deep(&format!("{name}[{at}]"), v, encoding, pairs, depth))
        }
        scalar => {
            pairs.extend(shape::text(scalar).map(|text| (encode::strict(name), encoding(&text))));
            Some(())
        }
    }
}

fn wrong(param: &Param, detail: &str) -> BuildError {
    BuildError::Argument(FieldError { pointer: pointer(&param.key), detail: detail.to_owned() })
}
