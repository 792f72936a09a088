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
    let letters = if param.allow_reserved { &Letters::RESERVED } else { &Letters::STRICT };
    write_in(letters, param, value, pairs)
}

/// How names and values are spelt.
pub struct Letters {
    name: fn(&str) -> String,
    value: fn(&str) -> String,
    /// Whether separators are told from the same characters in values.
    encoded: bool,
}

impl Letters {
    const STRICT: Letters = Letters { name: encode::strict, value: encode::strict, encoded: true };
    // Commas go through, so they can't be told from separators.
    const RESERVED: Letters = Letters { name: encode::strict, value: encode::reserved, encoded: false };
    /// As they are, for the parts of a multipart body.
    pub const PLAIN: Letters = Letters { name: str::to_owned, value: str::to_owned, encoded: false };

    /// What stands between the elements of a style, and the character that may not stand in one.
    fn separator(&self, style: Style) -> (String, Option<char>) {
        let (separator, always) = match style {
            Style::SpaceDelimited => (' ', true),
            Style::PipeDelimited => ('|', true),
            Style::TabDelimited => ('\t', true),
            _ => (',', false),
        };
        let text = if always { (self.name)(&separator.to_string()) } else { separator.to_string() };
        (text, (always || !self.encoded).then_some(separator))
    }
}

/// Adds one parameter's pairs in the given spelling.
pub fn write_in(
    letters: &Letters,
    param: &Param,
    value: &Value,
    pairs: &mut Vec<(String, String)>,
) -> Result<(), BuildError> {
    let name = (letters.name)(&param.name);
    if param.json {
        pairs.push((name, encode::strict(&value.to_string())));
        return Ok(());
    }
    if param.style == Style::DeepObject && (value.is_object() || value.is_array()) {
        return deep(&param.name, value, letters, pairs, MAX_DEPTH).ok_or_else(|| wrong(param, "is nested too deeply"));
    }
    let Some(shape) = shape::shape(value).filter(|s| !s.is_empty()) else { return Ok(()) };
    let (separator, held) = letters.separator(param.style);
    if let Some(held) = held.filter(|held| !param.explode && shape.holds(*held)) {
        let shown = if held == '\t' { "a tab".to_owned() } else { format!("`{held}`") };
        return Err(wrong(param, &format!("may not hold {shown}, because that separates its elements")));
    }
    let shape = shape.map(letters.value);
    match (shape, param.explode) {
        (Shape::List(items), true) => pairs.extend(items.into_iter().map(|item| (name.clone(), item))),
        (Shape::Record(members), true) => pairs.extend(members),
        (shape, _) => pairs.push((name, shape.joined(&separator))),
    }
    Ok(())
}

/// `name[key]=value`, nested as far as the value is; arrays by index.
fn deep(name: &str, value: &Value, letters: &Letters, pairs: &mut Vec<(String, String)>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            members.into_iter().try_for_each(|(key, v)| deep(&format!("{name}[{key}]"), v, letters, pairs, depth))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(at, v)| deep(&format!("{name}[{at}]"), v, letters, pairs, depth))
        }
        scalar => {
            pairs.extend(shape::text(scalar).map(|text| ((letters.name)(name), (letters.value)(&text))));
            Some(())
        }
    }
}

fn wrong(param: &Param, detail: &str) -> BuildError {
    BuildError::Argument(FieldError { pointer: pointer(&param.key), detail: detail.to_owned() })
}
