//! Taking a styled value apart. Splitting comes before percent-decoding, so that an encoded separator stays data.

use super::super::encode;
use super::coerce::coerce;
use crate::schema::{self, Named, Types};
use serde_json::{Map, Value};
use uaps_model::Param;

/// What stands between elements.
#[derive(Debug, Clone, Copy)]
pub enum Separator {
    /// As it stands.
    Text(&'static str),
    /// A space, encoded in either way.
    Space,
    /// A pipe, encoded or not.
    Pipe,
    /// An encoded tab.
    Tab,
}

impl Separator {
    fn split(self, raw: &str) -> Vec<String> {
        if raw.is_empty() {
            return Vec::new();
        }
        match self {
            Separator::Text(text) => raw.split(text).map(str::to_owned).collect(),
            Separator::Space => raw.replace("%20", "+").split('+').map(str::to_owned).collect(),
            Separator::Tab => raw.split("%09").map(str::to_owned).collect(),
            Separator::Pipe => raw.replace("%7C", "|").replace("%7c", "|").split('|').map(str::to_owned).collect(),
        }
    }
}

/// What a parameter's schema makes of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Scalar,
    List,
    Record,
}

fn expected(types: Types) -> Expected {
    match types {
        Types { array: true, .. } => Expected::List,
        // A union of text and object stays text: there is no telling them apart.
        Types { object: true, string: false, number: false, boolean: false, .. } => Expected::Record,
        _ => Expected::Scalar,
    }
}

fn decoded(raw: &str) -> Result<String, String> {
    encode::decode(raw).ok_or_else(|| "is not UTF-8 once it is decoded".to_owned())
}

/// One text that holds the whole value, percent-encoded: path styles, and what is not exploded.
pub fn joined(param: &Param, raw: &str, separator: Separator, tied: bool, named: &Named) -> Result<Value, String> {
    build(param, raw, separator, tied, named, decoded)
}

/// As [`joined`] for a header, where nothing is percent-encoded.
pub fn plain(param: &Param, text: &str, named: &Named) -> Result<Value, String> {
    build(param, text, Separator::Text(","), param.explode, named, |t| Ok(t.trim().to_owned()))
}

fn build(
    param: &Param,
    raw: &str,
    separator: Separator,
    tied: bool,
    named: &Named,
    decode: impl Fn(&str) -> Result<String, String>,
) -> Result<Value, String> {
    match expected(schema::types(&param.schema, named)) {
        Expected::Scalar => Ok(coerce(&decode(raw)?, &param.schema, named)),
        Expected::List => {
            let items = separator.split(raw);
            list(param, items.iter().map(|item| decode(item)), named)
        }
        Expected::Record => {
            let pieces = separator.split(raw);
            let mut pairs = Vec::new();
            if tied {
                for piece in &pieces {
                    let (name, value) = piece.split_once('=').ok_or("is an object and is written `name=value`")?;
                    pairs.push((decode(name)?, decode(value)?));
                }
            } else {
                for pair in pieces.chunks(2) {
                    let [name, value] = pair else {
                        return Err(
                            "is an object and is written as names and values in turn; one value is missing".into()
                        );
                    };
                    pairs.push((decode(name)?, decode(value)?));
                }
            }
            Ok(record(param, pairs, named))
        }
    }
}

/// The exploded pieces of a `matrix` parameter; `tied` takes the name off a piece.
pub fn matrix(
    param: &Param,
    pieces: &[&str],
    tied: impl Fn(&str) -> Option<String>,
    named: &Named,
) -> Result<Value, String> {
    let foreign = || format!("is written in the style `matrix`: each piece starts with `;{}=`", param.name);
    match expected(schema::types(&param.schema, named)) {
        Expected::Record => {
            let mut pairs = Vec::new();
            for piece in pieces {
                let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
                pairs.push((decoded(name)?, decoded(value)?));
            }
            Ok(record(param, pairs, named))
        }
        Expected::List => {
            let raws: Option<Vec<String>> = pieces.iter().map(|piece| tied(piece)).collect();
            list(param, raws.ok_or_else(foreign)?.iter().map(|raw| decoded(raw)), named)
        }
        Expected::Scalar => {
            let [piece] = pieces else { return Err(foreign()) };
            Ok(coerce(&decoded(&tied(piece).ok_or_else(foreign)?)?, &param.schema, named))
        }
    }
}

/// A value found, and the indices of the pairs it took.
pub type Found = Option<(Value, Vec<usize>)>;

/// A parameter written as pairs of a query or of cookies: decoded names, raw values. `free` says whether a name is no
/// other parameter's, and so may be a member of an exploded object.
pub fn pairs(
    param: &Param,
    all: &[(String, String)],
    separator: Separator,
    free: &dyn Fn(&str) -> bool,
    named: &Named,
) -> Result<Found, String> {
    let expected = expected(schema::types(&param.schema, named));
    if expected == Expected::Record && param.explode {
        let declared = schema::property_names(&param.schema, named);
        let mine = |name: &str| {
            free(name) && (declared.contains(&name) || declared.is_empty() || open(&param.schema, name, named))
        };
        let (mut taken, mut members) = (Vec::new(), Vec::new());
        for (at, (name, raw)) in all.iter().enumerate().filter(|(_, (name, _))| mine(name)) {
            taken.push(at);
            members.push((name.clone(), decoded(raw)?));
        }
        return Ok((!taken.is_empty()).then(|| (record(param, members, named), taken)));
    }
    let taken: Vec<usize> =
        all.iter().enumerate().filter(|(_, (name, _))| *name == param.name).map(|(at, _)| at).collect();
    let mut raws = all.iter().filter(|(name, _)| *name == param.name).map(|(_, raw)| raw.as_str());
    let value = match (expected, raws.clone().count()) {
        (_, 0) => return Ok(None),
        (Expected::List, _) if param.explode => list(param, raws.map(decoded), named)?,
        (Expected::List, _) => {
            let items: Vec<String> = raws.flat_map(|raw| separator.split(raw)).collect();
            list(param, items.iter().map(|item| decoded(item)), named)?
        }
        (_, 1) => joined(param, raws.next().unwrap_or_default(), separator, false, named)?,
        _ => return Err("is given more than once, but is a single value".into()),
    };
    Ok(Some((value, taken)))
}

/// Whether an object takes members that it does not declare.
fn open(schema: &Value, name: &str, named: &Named) -> bool {
    schema::property(schema, name, named).is_some()
}

fn list(param: &Param, items: impl Iterator<Item = Result<String, String>>, named: &Named) -> Result<Value, String> {
    let schema = schema::items(&param.schema, named).unwrap_or(&Value::Null);
    let items: Result<Vec<Value>, String> = items.map(|item| Ok(coerce(&item?, schema, named))).collect();
    items.map(Value::Array)
}

fn record(param: &Param, pairs: Vec<(String, String)>, named: &Named) -> Value {
    let members: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, text)| {
            let schema = schema::property(&param.schema, &name, named).unwrap_or(&Value::Null);
            let value = coerce(&text, schema, named);
            (name, value)
        })
        .collect();
    members.into()
}
