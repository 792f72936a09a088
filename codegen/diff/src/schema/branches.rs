//! Alternatives: `anyOf` and `oneOf`.

use super::Named;
use super::canonical::schema;
use super::shape::Shape;
use super::side::{Side, said};
use super::types::Types;
use super::walk::{Walk, each};
use crate::Kind;
use crate::found::Shift;
use crate::path::{Path, Step};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// An alternative with what it is known by.
struct Branch<'s> {
    parts: Vec<&'s Value>,
    /// The name of the schema it refers to.
    name: Option<&'s str>,
    /// What it says, as text.
    text: String,
    /// A value that only it has at a property: `kind: cat`.
    tag: Option<String>,
    title: Option<&'s str>,
    types: Types,
}

impl<'s> Walk<'_, 's> {
    /// Compares the lists of alternatives that must all be satisfied.
    pub(super) fn unions(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        if old.unions.len() == new.unions.len() {
            for (old, new) in old.unions.iter().zip(&new.unions) {
                self.branches(&each(old), &each(new), path);
            }
            return;
        }
        let (shift, message) = match (old.unions.len(), new.unions.len()) {
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

    /// Compares alternatives: by name, by what they say, by tag, title or type, and the last two with each other.
    pub(super) fn branches(&mut self, old: &[Vec<&'s Value>], new: &[Vec<&'s Value>], path: &Path) {
        let (old_named, new_named) = (self.schemas.before, self.schemas.after);
        let mut old: Vec<Branch<'s>> = old.iter().map(|parts| Branch::new(parts, old_named)).collect();
        let mut new: Vec<Branch<'s>> = new.iter().map(|parts| Branch::new(parts, new_named)).collect();
        let mut both: Vec<(Branch<'s>, Branch<'s>)> = Vec::new();
        let labels = |side: &[Branch<'s>]| -> Vec<Types> { side.iter().map(|branch| branch.types).collect() };
        let (old_types, new_types) = (labels(&old), labels(&new));
        take(&mut old, &mut new, &mut both, |branch| branch.name.map(str::to_owned));
        take(&mut old, &mut new, &mut both, |branch| Some(branch.text.clone()));
        take(&mut old, &mut new, &mut both, |branch| branch.tag.clone());
        take(&mut old, &mut new, &mut both, |branch| branch.title.map(str::to_owned));
        take(&mut old, &mut new, &mut both, |branch| Some(branch.types.words()));
        take(&mut old, &mut new, &mut both, |_| Some(String::new()));
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

/// Moves out of what is left the pairs with a key that one alternative of each side has and no other.
fn take<'s>(
    old: &mut Vec<Branch<'s>>,
    new: &mut Vec<Branch<'s>>,
    both: &mut Vec<(Branch<'s>, Branch<'s>)>,
    key: impl Fn(&Branch<'s>) -> Option<String>,
) {
    let keys = |side: &[Branch<'s>]| -> Vec<Option<String>> { side.iter().map(&key).collect() };
    let (old_keys, new_keys) = (keys(old), keys(new));
    let alone = |keys: &[Option<String>], key: &Option<String>| keys.iter().filter(|other| *other == key).count() == 1;
    let shared: Vec<&Option<String>> =
        old_keys.iter().filter(|key| key.is_some() && alone(&old_keys, key) && alone(&new_keys, key)).collect();
    for wanted in shared {
        let find = |side: &[Branch<'s>]| side.iter().position(|branch| key(branch) == *wanted);
        if let (Some(a), Some(b)) = (find(old), find(new)) {
            both.push((old.remove(a), new.remove(b)));
        }
    }
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
            tag: shape.properties.iter().find_map(single),
            title: said(parts, "title", None).and_then(Value::as_str),
            types: shape.types,
            parts: parts.to_vec(),
        }
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
