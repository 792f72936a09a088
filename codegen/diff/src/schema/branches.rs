//! Alternatives: `anyOf` and `oneOf`.

use super::Named;
use super::canonical::{content, schema};
use super::shape::Shape;
use super::side::{Side, said};
use super::types::Types;
use super::walk::{Walk, each};
use crate::Kind;
use crate::found::Shift;
use crate::path::{Path, Step};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// An alternative with what it is known by.
struct Branch<'s> {
    parts: Vec<&'s Value>,
    /// The name of the schema it refers to.
    name: Option<&'s str>,
    /// What it says, as text.
    text: String,
    /// What it says, whatever the order of what it is made of.
    content: String,
    /// A value that only it has at a property: `kind: cat`.
    tag: Option<String>,
    title: Option<&'s str>,
    types: Types,
}

impl<'s> Walk<'_, 's> {
    /// Compares the lists of alternatives that must all be satisfied: by what they say, and the rest by position.
    pub(super) fn unions(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let key = |union: &&Vec<&'s Value>| Some(contents(union));
        let (mut gone, mut come) = (old.unions.iter().collect::<Vec<_>>(), new.unions.iter().collect::<Vec<_>>());
        let mut both = Vec::new();
        take(&mut gone, &mut come, &mut both, Turn::Any, key);
        if gone.len() == come.len() {
            both.extend(gone.drain(..).zip(come.drain(..)));
        }
        for (old, new) in both {
            self.branches(&each(old), &each(new), path);
        }
        let (shift, message) = match (gone.len(), come.len()) {
            (0, 0) => return,
            (0, _) => (Shift::Narrowed, format!("{} must also fit one of several alternatives", path.label())),
            (_, 0) => (Shift::Widened, format!("{} need not fit one of several alternatives any more", path.label())),
            _ => (Shift::Changed, format!("the alternatives of {} have changed, which can't be judged", path.label())),
        };
        let text = |shape: &Shape<'s>| {
            let lists = shape.unions.iter().map(|union| union.iter().map(|branch| schema(branch)).collect::<Vec<_>>());
            (!shape.unions.is_empty()).then(|| format!("{:?}", lists.collect::<Vec<_>>()))
        };
        self.say(Kind::ConstraintChanged, shift, path, message).values(text(old), text(new));
    }

    /// Compares alternatives: by what they say, by name, by tag, title or type; then those that have nothing but a type by
    /// position, and the last two with each other.
    pub(super) fn branches(&mut self, old: &[Vec<&'s Value>], new: &[Vec<&'s Value>], path: &Path) {
        let (old_named, new_named) = (self.schemas.before, self.schemas.after);
        let mut old: Vec<Branch<'s>> = old.iter().map(|parts| Branch::new(parts, old_named)).collect();
        let mut new: Vec<Branch<'s>> = new.iter().map(|parts| Branch::new(parts, new_named)).collect();
        let mut both: Vec<(Branch<'s>, Branch<'s>)> = Vec::new();
        let labels = |side: &[Branch<'s>]| -> Vec<Types> { side.iter().map(|branch| branch.types).collect() };
        let (old_types, new_types) = (labels(&old), labels(&new));
        alike_once(&mut old);
        alike_once(&mut new);
        let mut pair = |turn, key: &dyn Fn(&Branch<'s>) -> Option<String>| {
            take(&mut old, &mut new, &mut both, turn, key);
        };
        pair(Turn::Any, &|branch| Some(branch.content.clone()));
        pair(Turn::Alone, &|branch| branch.name.map(str::to_owned));
        pair(Turn::Alone, &|branch| branch.tag.clone());
        pair(Turn::Alone, &|branch| branch.title.map(str::to_owned));
        pair(Turn::Alone, &|branch| Some(branch.types.words()));
        pair(Turn::AsMany, &|branch| branch.is_nameless().then(|| branch.types.words()));
        pair(Turn::Alone, &|_| Some(String::new()));
        for (old, new) in &both {
            let label = old.label(&old_types);
            self.walk(&old.parts, &new.parts, &path.then(Step::Alternative(label)));
        }
        for branch in old {
            let place = path.then(Step::Alternative(branch.label(&old_types)));
            let message = format!("{} may no longer be {}", path.label(), branch.words(&old_types));
            self.say(Kind::AlternativeRemoved, Shift::Narrowed, &place, message);
        }
        for branch in new {
            let place = path.then(Step::Alternative(branch.label(&new_types)));
            let message = format!("{} may be {}", path.label(), branch.words(&new_types));
            self.say(Kind::AlternativeAdded, Shift::Widened, &place, message);
        }
    }
}

/// Which of those with one key are a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The only one on either side.
    Alone,
    /// The first with the first, where both sides have as many.
    AsMany,
    /// The first with the first, while there is one.
    Any,
}

/// Moves pairs with one key out of what is left.
fn take<T>(old: &mut Vec<T>, new: &mut Vec<T>, both: &mut Vec<(T, T)>, turn: Turn, key: impl Fn(&T) -> Option<String>) {
    let count = |side: &[T]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        side.iter().filter_map(&key).for_each(|key| *counts.entry(key).or_default() += 1);
        counts
    };
    let (old_counts, new_counts) = (count(old), count(new));
    for (wanted, was) in old_counts {
        let is = new_counts.get(&wanted).copied().unwrap_or_default();
        let pairs = match turn {
            Turn::Alone => usize::from(was == 1 && is == 1),
            Turn::AsMany if was != is => 0,
            Turn::AsMany | Turn::Any => was.min(is),
        };
        let find = |side: &[T]| side.iter().position(|one| key(one).as_ref() == Some(&wanted));
        for _ in 0..pairs {
            if let (Some(a), Some(b)) = (find(old), find(new)) {
                both.push((old.remove(a), new.remove(b)));
            }
        }
    }
}

/// Drops what says the same as one before it.
fn alike_once(branches: &mut Vec<Branch<'_>>) {
    let mut known = BTreeSet::new();
    branches.retain(|branch| known.insert(branch.content.clone()));
}

/// What schemas say, whatever their order.
fn contents(schemas: &[&Value]) -> String {
    let mut texts: Vec<String> = schemas.iter().map(|schema| content(schema)).collect();
    texts.sort();
    texts.join(" ")
}

impl<'s> Branch<'s> {
    fn new(parts: &[&'s Value], named: &'s Named) -> Self {
        let side = Side::peel(parts);
        let shape = Shape::of(&side, named);
        let single = |(name, schemas): (&&str, &Vec<&Value>)| {
            let value = schemas.iter().find_map(|schema| match (schema.get("const"), schema.get("enum")) {
                (Some(value), _) => Some(value),
                (None, Some(Value::Array(values))) if values.len() == 1 => values.first(),
                _ => None,
            })?;
            Some(format!("{name}={value}"))
        };
        let texts: Vec<String> = parts.iter().map(|part| schema(part)).collect();
        Branch {
            name: side.name(named),
            text: texts.join(" "),
            content: contents(parts),
            tag: shape.properties.iter().find_map(single),
            title: said(parts, "title", None).and_then(Value::as_str),
            types: shape.types,
            parts: parts.to_vec(),
        }
    }

    /// Whether only its place tells it from others of its type.
    fn is_nameless(&self) -> bool {
        self.name.is_none() && self.tag.is_none() && self.title.is_none()
    }

    /// What tells it from the others, whatever their order. `all` are the types of the list it comes from.
    fn label(&self, all: &[Types]) -> String {
        let alone = all.iter().filter(|types| **types == self.types).count() == 1;
        match (self.name, &self.tag) {
            (Some(name), _) => name.to_owned(),
            (None, Some(tag)) => tag.clone(),
            (None, None) if alone => self.types.words(),
            _ => {
                let digest = Sha256::digest(&self.text);
                digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }

    fn words(&self, all: &[Types]) -> String {
        match self.name {
            Some(name) => format!("`{name}`"),
            None => self.title.map_or_else(|| self.label(all), |title| format!("`{title}`")),
        }
    }
}
