//! Query strings.

use super::super::{MAX_ERRORS, encode, pointer};
use super::coerce::coerce;
use super::parts::{self, Separator};
use super::take;
use crate::schema::{self, Named};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaps_model::{FieldError, Operation, Param, Place, Style, nearest};

/// Members of a `deepObject` deeper than this are refused.
const MAX_DEPTH: usize = 16;

/// Reads every query parameter; whatever is left over is an error, up to as many as are reported.
pub fn decode(
    op: &Operation,
    query: &str,
    named: &Named,
    arguments: &mut Map<String, Value>,
    errors: &mut Vec<FieldError>,
) {
    let all: Vec<(String, String)> = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let mut left: Vec<bool> = vec![true; all.len()];
    let is_param = |name: &str| op.params_in(Place::Query).any(|p| p.name == name);
    for param in op.params_in(Place::Query) {
        let decoded = read(param, &all, &|name| !is_param(name), named).map(|found| {
            let (value, taken) = found?;
            for at in taken {
                left.get_mut(at).into_iter().for_each(|left| *left = false);
            }
            Some(value)
        });
        if decoded.is_err() {
            // The error below speaks for these pairs; they are not unknown.
            all.iter().zip(&mut left).filter(|((name, _), _)| *name == param.name).for_each(|(_, l)| *l = false);
        }
        take(arguments, errors, param, decoded);
    }
    for ((name, _), _) in all.iter().zip(&left).filter(|(_, left)| **left).take(MAX_ERRORS) {
        errors.push(FieldError { pointer: pointer(name), detail: unknown(op, name) });
    }
}

/// One parameter out of all pairs. `free` says whether a name is no other parameter's.
pub fn read(
    param: &Param,
    all: &[(String, String)],
    free: &dyn Fn(&str) -> bool,
    named: &Named,
) -> Result<parts::Found, String> {
    if param.json {
        return json(param, all);
    }
    let separator = match param.style {
        Style::DeepObject => return deep(param, all, named),
        Style::SpaceDelimited => Separator::Space,
        Style::PipeDelimited => Separator::Pipe,
        Style::TabDelimited => Separator::Tab,
        _ => Separator::Text(","),
    };
    parts::pairs(param, all, separator, free, named)
}

fn unknown(op: &Operation, name: &str) -> String {
    let names: Vec<&str> = op.params_in(Place::Query).map(|p| p.name.as_str()).collect();
    match nearest(name, names.iter().copied()).first() {
        Some(near) => format!("is no query parameter of this operation; did you mean `{near}`?"),
        None if names.is_empty() => "is no query parameter of this operation, which has none".into(),
        None => format!("is no query parameter of this operation, which has {}", names.join(", ")),
    }
}

/// A decoded name and a raw value in which a space is `%20`, whichever way it was written.
pub fn pair(raw: &str) -> (String, String) {
    let raw = raw.replace('+', "%20");
    let (name, value) = raw.split_once('=').unwrap_or((&raw, ""));
    (encode::decode(name).unwrap_or_else(|| name.to_owned()), value.to_owned())
}

fn json(param: &Param, all: &[(String, String)]) -> Result<parts::Found, String> {
    let Some((at, (_, raw))) = all.iter().enumerate().find(|(_, (name, _))| *name == param.name) else {
        return Ok(None);
    };
    Ok(Some((super::json(raw)?, vec![at])))
}

/// `name[a][b]=value`, or plain `name=value` for a value that is no object.
fn deep(param: &Param, all: &[(String, String)], named: &Named) -> Result<parts::Found, String> {
    let mut tree = Tree::default();
    let mut taken = Vec::new();
    for (at, (name, raw)) in all.iter().enumerate() {
        let Some(keys) = name.strip_prefix(&param.name).and_then(keys) else { continue };
        let text = encode::decode(raw).ok_or("is not UTF-8 once it is decoded")?;
        if keys.len() > MAX_DEPTH {
            return Err("is nested too deeply".into());
        }
        taken.push(at);
        tree.insert(&keys, text);
    }
    Ok((!taken.is_empty()).then(|| (tree.value(&param.schema, named), taken)))
}

/// The keys of `[a][b]`; `None` for anything else.
fn keys(rest: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        let (key, tail) = rest.strip_prefix('[')?.split_once(']')?;
        keys.push(key.to_owned());
        rest = tail;
    }
    Some(keys)
}

#[derive(Default)]
struct Tree {
    text: Option<String>,
    members: BTreeMap<String, Tree>,
}

impl Tree {
    fn insert(&mut self, keys: &[String], text: String) {
        let Some((key, rest)) = keys.split_first() else {
            self.text = Some(text);
            return;
        };
        // `name[]=a&name[]=b` numbers its elements as they come.
        let key = if key.is_empty() { self.members.len().to_string() } else { key.clone() };
        self.members.entry(key).or_default().insert(rest, text);
    }

    fn value(self, schema: &Value, named: &Named) -> Value {
        if self.members.is_empty() {
            return coerce(&self.text.unwrap_or_default(), schema, named);
        }
        let types = schema::types(schema, named);
        if types.array && self.members.keys().all(|key| key.parse::<u32>().is_ok()) {
            let items = schema::items(schema, named).unwrap_or(&Value::Null);
            let mut members: Vec<_> = self.members.into_iter().collect();
            members.sort_by_key(|(key, _)| key.parse::<u32>().unwrap_or(u32::MAX));
            return members.into_iter().map(|(_, member)| member.value(items, named)).collect();
        }
        let members: Map<String, Value> = self
            .members
            .into_iter()
            .map(|(key, member)| {
                let schema = schema::property(schema, &key, named).unwrap_or(&Value::Null);
                let value = member.value(schema, named);
                (key, value)
            })
            .collect();
        members.into()
    }
}
