//! The members that were asked for: `items.name` keeps of every item its name, and nothing else.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uaps_model::nearest;

/// Paths of one call.
const MAX_PATHS: usize = 50;

/// Paths into an answer, as they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<String>);

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Projected {
    pub(crate) value: Value,
    /// The paths that lead nowhere, each with what may have been meant.
    pub(crate) missing: Vec<String>,
}

impl Fields {
    /// Reads paths: members, parted by dots; `$.` before them is understood. What stands in an array is meant of each item,
    /// and a number is one item. An error completes the sentence "it …".
    pub(crate) fn new(paths: Vec<String>) -> Result<Fields, String> {
        if paths.len() > MAX_PATHS {
            return Err(format!("holds {} paths; {MAX_PATHS} are the most", paths.len()));
        }
        let clean = |path: String| {
            let path = path.trim();
            let path = path.strip_prefix('$').unwrap_or(path).trim_start_matches('.');
            path.replace("[*]", "").replace("[]", "").replace('[', ".").replace(']', "")
        };
        let paths: Vec<String> = paths.into_iter().map(clean).collect();
        match paths.iter().any(String::is_empty) {
            true => Err("holds an empty path; write members parted by dots, such as `items.name`".to_owned()),
            false => Ok(Fields(paths)),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps what the paths lead to, in its place. `None` where none leads anywhere.
    pub(crate) fn project(&self, value: &Value) -> Result<Projected, Vec<String>> {
        let (mut kept, mut missing) = (None, Vec::new());
        for path in &self.0 {
            let parts: Vec<&str> = path.split('.').collect();
            match pick(value, &parts) {
                Some(found) => kept = Some(kept.map_or(found.clone(), |kept| merge(kept, found))),
                None => missing.push(explain(value, path, &parts)),
            }
        }
        match kept {
            Some(value) => Ok(Projected { value, missing }),
            None => Err(missing),
        }
    }
}

/// What a path leads to, within the containers that lead there. Names may hold dots themselves.
fn pick(value: &Value, path: &[&str]) -> Option<Value> {
    if path.is_empty() {
        return Some(value.clone());
    }
    match value {
        Value::Object(members) => (1..=path.len()).find_map(|count| {
            let name = path[..count].join(".");
            let found = pick(members.get(&name)?, &path[count..])?;
            Some(Value::Object(Map::from_iter([(name, found)])))
        }),
        Value::Array(items) => {
            if let Some(item) = path[0].parse::<usize>().ok().and_then(|index| items.get(index)) {
                return pick(item, &path[1..]).map(|found| Value::Array(vec![found]));
            }
            // Where an item lacks it, its place stays, so that items can still be counted.
            let found: Vec<Option<Value>> = items.iter().map(|item| pick(item, path)).collect();
            if !items.is_empty() && found.iter().all(Option::is_none) {
                return None;
            }
            Some(found.into_iter().map(|found| found.unwrap_or_else(|| Value::Object(Map::new()))).collect())
        }
        _ => None,
    }
}

/// Two parts of one value.
fn merge(kept: Value, more: Value) -> Value {
    match (kept, more) {
        (Value::Object(mut kept), Value::Object(more)) => {
            for (name, value) in more {
                let merged = match kept.remove(&name) {
                    Some(kept) => merge(kept, value),
                    None => value,
                };
                kept.insert(name, merged);
            }
            Value::Object(kept)
        }
        (Value::Array(kept), Value::Array(more)) if kept.len() == more.len() => {
            kept.into_iter().zip(more).map(|(kept, more)| merge(kept, more)).collect()
        }
        (Value::Array(mut kept), Value::Array(more)) => {
            kept.extend(more);
            Value::Array(kept)
        }
        (kept, _) => kept,
    }
}

/// Where a path leads nowhere, and which member was meant.
fn explain(value: &Value, path: &str, parts: &[&str]) -> String {
    let mut here = vec![value];
    for part in parts {
        here = here.into_iter().flat_map(items).collect();
        let names: BTreeSet<&str> =
            here.iter().filter_map(|value| value.as_object()).flat_map(Map::keys).map(String::as_str).collect();
        let next: Vec<&Value> = here.iter().filter_map(|value| value.get(part)).collect();
        if next.is_empty() {
            let near = nearest(part, names.iter().copied());
            return match near.first() {
                Some(near) => format!("`{path}` (did you mean `{near}`?)"),
                None => format!("`{path}`"),
            };
        }
        here = next;
    }
    format!("`{path}`")
}

/// A value, or the items of an array, however deep.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(inner) => inner.iter().flat_map(items).collect(),
        other => vec![other],
    }
}
