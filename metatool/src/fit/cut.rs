//! The longest beginning of a JSON value that fits into a number of bytes.
//!
//! Small members of an object stay whole and the large ones share what is left; an array keeps its first items, a string its
//! first characters. Nothing is ever half an item, and every place where something is missing is told, with where it goes on.

use serde_json::{Map, Value};

/// Members of an object get at least so many bytes each; where there are more than that gives room for, the last ones go.
const LEAST: usize = 48;

/// Where a container goes on: the value at a JSON pointer, from its `offset`th item, member or character on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    pub(crate) offset: usize,
}

/// A place where something was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Left {
    /// Where the rest begins.
    pub(crate) rest: Place,
    /// How much of the container there is, in `unit`.
    pub(crate) of: usize,
    /// `items`, `members` or `characters`.
    pub(crate) unit: &'static str,
    /// The bytes that are missing.
    pub(crate) bytes: usize,
}

/// The longest beginning of what `whole` holds at `place`, in at most `budget` bytes of JSON (or the few that an empty value
/// takes), and what is missing, the largest first. `None` where there is no such place.
pub(crate) fn cut(whole: &Value, place: &Place, budget: usize) -> Option<(Value, Vec<Left>)> {
    let found = whole.pointer(&place.pointer)?;
    let mut left = Vec::new();
    let value = fit(found, place, budget, &mut left);
    left.sort_by_key(|left| std::cmp::Reverse(left.bytes));
    Some((value, left))
}

/// Bytes of a value as compact JSON.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(yes) => 5 - usize::from(*yes),
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => text_size(text),
        Value::Array(items) => 1 + items.len().max(1) + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            let inner: usize = members.iter().map(|(name, value)| text_size(name) + 1 + size(value)).sum();
            1 + members.len().max(1) + inner
        }
    }
}

fn text_size(text: &str) -> usize {
    2 + text.chars().map(char_size).sum::<usize>()
}

/// What a character takes within quotes.
fn char_size(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    }
}

fn fit(value: &Value, at: &Place, budget: usize, left: &mut Vec<Left>) -> Value {
    if at.offset == 0 && size(value) <= budget {
        return value.clone();
    }
    match value {
        Value::String(text) => string(text, at, budget, left),
        Value::Array(items) => array(items, at, budget, left),
        Value::Object(members) => object(members, at, budget, left),
        short => short.clone(),
    }
}

fn string(text: &str, at: &Place, budget: usize, left: &mut Vec<Left>) -> Value {
    let (mut kept, mut room) = (String::new(), budget.saturating_sub(2));
    for c in text.chars().skip(at.offset) {
        // At least one, or no page would ever get past it.
        if char_size(c) > room && !kept.is_empty() {
            break;
        }
        room = room.saturating_sub(char_size(c));
        kept.push(c);
    }
    let (of, end) = (text.chars().count(), at.offset + kept.chars().count());
    if end < of {
        let bytes = text.chars().skip(end).map(char_size).sum();
        left.push(Left { rest: on(at, end), of, unit: "characters", bytes });
    }
    Value::String(kept)
}

fn array(items: &[Value], at: &Place, budget: usize, left: &mut Vec<Left>) -> Value {
    let (mut kept, mut room) = (Vec::new(), budget.saturating_sub(2));
    for (index, item) in items.iter().enumerate().skip(at.offset) {
        let size = size(item) + usize::from(!kept.is_empty());
        if size > room {
            // One that fits nowhere is cut itself, or no page would ever get past it.
            if kept.is_empty() {
                kept.push(fit(item, &below(at, &index.to_string()), room, left));
            }
            break;
        }
        room -= size;
        kept.push(item.clone());
    }
    let end = at.offset + kept.len();
    if let Some(rest) = items.get(end..).filter(|rest| !rest.is_empty()) {
        let bytes = rest.iter().map(size).sum();
        left.push(Left { rest: on(at, end), of: items.len(), unit: "items", bytes });
    }
    Value::Array(kept)
}

fn object(members: &Map<String, Value>, at: &Place, budget: usize, left: &mut Vec<Left>) -> Value {
    let mut room = budget.saturating_sub(2);
    let all: Vec<(&String, &Value, usize)> =
        members.iter().skip(at.offset).map(|(name, value)| (name, value, text_size(name) + 2)).collect();
    let mut count = 0;
    for (_, value, name) in &all {
        let least = name + size(value).min(LEAST);
        if least > room && count > 0 {
            break;
        }
        room = room.saturating_sub(least);
        count += 1;
    }
    let kept = all.get(..count).unwrap_or_default();
    let names: usize = kept.iter().map(|(_, _, name)| name).sum();
    let share = share(kept.iter().map(|(_, value, _)| size(value)), budget.saturating_sub(2 + names));
    let fitted = kept
        .iter()
        .map(|(name, value, _)| ((*name).clone(), fit(value, &below(at, name), share, left)))
        .collect::<Map<_, _>>();
    let end = at.offset + count;
    if end < members.len() {
        let bytes = members.iter().skip(end).map(|(name, value)| text_size(name) + size(value)).sum();
        left.push(Left { rest: on(at, end), of: members.len(), unit: "members", bytes });
    }
    Value::Object(fitted)
}

/// The most that each may take, so that all together take no more than `room`: what the small ones don't need, the large
/// ones get.
fn share(sizes: impl Iterator<Item = usize>, mut room: usize) -> usize {
    let mut sizes: Vec<usize> = sizes.collect();
    sizes.sort_unstable();
    let mut count = sizes.len();
    for size in sizes {
        if size > room / count {
            return room / count;
        }
        room -= size;
        count -= 1;
    }
    usize::MAX
}

fn on(at: &Place, offset: usize) -> Place {
    Place { pointer: at.pointer.clone(), offset }
}

fn below(at: &Place, name: &str) -> Place {
    let name = name.replace('~', "~0").replace('/', "~1");
    Place { pointer: format!("{}/{name}", at.pointer), offset: 0 }
}
