//! Two schemas, step by step into the values they describe.

use super::shape::Shape;
use super::side::{Side, said};
use super::types::Types;
use super::variance::Variance;
use super::{Origin, Schemas, Site};
use crate::found::{Added, Found, Shift};
use crate::path::Path;
use crate::{Direction, Effect, Kind, Subject};
use serde_json::Value;
use std::collections::HashSet;

/// Steps into a value before the walk ends. No document goes as deep without a name on the way.
const MAX_DEPTH: usize = 64;

/// The addresses of schemas that are compared.
type Addresses = Vec<*const Value>;

/// A walk from one place.
pub(super) struct Walk<'w, 's> {
    pub(super) schemas: &'w mut Schemas<'s>,
    pub(super) found: &'w mut Found,
    subject: Subject,
    origin: Origin,
    pub(super) direction: Direction,
    variance: Variance,
    /// Whether what is found is weighed and not told.
    aside: bool,
    seen: HashSet<(Addresses, Addresses)>,
    depth: usize,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(schemas: &'w mut Schemas<'s>, found: &'w mut Found, site: Site, variance: Variance) -> Self {
        let Site { subject, origin, direction, .. } = site;
        let (aside, seen, depth) = (false, HashSet::new(), 0);
        Walk { schemas, found, subject, origin, direction, variance, aside, seen, depth }
    }

    /// A walk of its own through schemas within those at hand; `None` from one that is such a walk, which would have no end.
    pub(super) fn aside<'a>(&'a mut self, found: &'a mut Found, variance: Variance) -> Option<Walk<'a, 's>> {
        (!self.aside).then(|| Walk {
            schemas: self.schemas,
            found,
            subject: self.subject.clone(),
            origin: self.origin.clone(),
            direction: self.direction,
            variance: self.variance.then(variance),
            aside: true,
            seen: HashSet::new(),
            depth: self.depth,
        })
    }

    /// Notes that a named schema took the place of another, in a schema within the one at hand.
    pub(super) fn refer(&mut self, before: &'s str, after: &'s str, variance: Variance) {
        self.schemas.refer((before, after, self.direction, self.variance.then(variance)), &self.origin);
    }

    /// Compares schemas that all judge the value at `path`.
    pub(super) fn walk(&mut self, before: &[&'s Value], after: &[&'s Value], path: &Path) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        self.enter(before, after, path);
        self.depth -= 1;
    }

    fn enter(&mut self, before: &[&'s Value], after: &[&'s Value], path: &Path) {
        let (old, new) = (Side::peel(before), Side::peel(after));
        let (old_named, new_named) = (self.schemas.before, self.schemas.after);
        let names = old.name(old_named).zip(new.name(new_named));
        let follow = names.is_none();
        let annotation = |sides: [&[&'s Value]; 2], named, keyword| {
            sides.into_iter().find_map(|parts| said(parts, keyword, Some(named).filter(|_| follow)))
        };
        // Where values are ruled out, or told from others, nothing is said of them.
        let describes = self.variance == Variance::Same && !self.aside;
        for keyword in ["default", "deprecated"].into_iter().filter(|_| describes) {
            let old = annotation([before, &old.parts], old_named, keyword);
            let new = annotation([after, &new.parts], new_named, keyword);
            self.annotation(keyword, old, new, path);
        }
        if describes {
            self.forms(&[before, &old.parts].concat(), &[after, &new.parts].concat(), follow, path);
        }
        if let Some((old_name, new_name)) = names {
            if old.null != new.null {
                self.null(&Shape::of(&old, old_named), &Shape::of(&new, new_named), path);
            }
            self.refer(old_name, new_name, Variance::Same);
            return;
        }
        let addresses = |side: &Side<'s>| side.parts.iter().map(|part| std::ptr::from_ref::<Value>(part)).collect();
        if self.seen.insert((addresses(&old), addresses(&new))) {
            let (old_shape, new_shape) = (Shape::of(&old, old_named), Shape::of(&new, new_named));
            self.null(&old_shape, &new_shape, path);
            self.shapes((&old, &old_shape), (&new, &new_shape), path);
        }
    }

    fn shapes(&mut self, old: (&Side<'s>, &Shape<'s>), new: (&Side<'s>, &Shape<'s>), path: &Path) {
        let ((old_side, old), (new_side, new)) = (old, new);
        // One schema that became one of several, or the other way round.
        if let ([], [branches]) = (old.unions.as_slice(), new.unions.as_slice())
            && !new.says_more
        {
            return self.branches(std::slice::from_ref(&old_side.parts), &each(branches), path);
        }
        if let ([branches], []) = (old.unions.as_slice(), new.unions.as_slice())
            && !old.says_more
        {
            return self.branches(&each(branches), std::slice::from_ref(&new_side.parts), path);
        }
        if !self.types(old, new, path) {
            return;
        }
        self.scalars(old, new, path);
        self.object(old, new, path);
        self.list(old, new, path);
        self.unions(old, new, path);
        self.opaque(old, new, path);
    }

    /// Whether both have a type in common, so that there is more to compare; what differs is told.
    fn types(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) -> bool {
        let (was, is) = (old.types.without_null(), new.types.without_null());
        if was == is || (old.values.is_some() && new.values.is_some()) {
            return true;
        }
        let (lost, gained) = (was.without(is), is.without(was));
        let (kind, shift) = match (lost.is_empty(), gained.is_empty()) {
            (false, true) => (Kind::TypeNarrowed, Shift::Narrowed),
            (true, _) => (Kind::TypeWidened, Shift::Widened),
            (false, false) => (Kind::TypeChanged, Shift::Changed),
        };
        let message = format!("{} is {} instead of {}", path.label(), is.words(), was.words());
        self.say(kind, shift, path, message).values(was.words(), is.words());
        // Of what takes anything, nothing else can be said.
        let anything = Types::ALL.without_null();
        lost.or(gained).is_numeric() || was != anything && is != anything && !was.and(is).is_empty()
    }

    fn null(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        match (old.accepts_null(), new.accepts_null()) {
            (false, true) => {
                let message = format!("{} may be null", path.label());
                self.say(Kind::NullAdded, Shift::Widened, path, message);
            }
            (true, false) => {
                let message = format!("{} may no longer be null", path.label());
                self.say(Kind::NullRemoved, Shift::Narrowed, path, message);
            }
            _ => {}
        }
    }

    /// What describes and still matters to callers.
    fn annotation(&mut self, keyword: &str, old: Option<&Value>, new: Option<&Value>, path: &Path) {
        if keyword == "deprecated" {
            let on = |value: Option<&Value>| value == Some(&Value::Bool(true));
            let (kind, verb) = match (on(old), on(new)) {
                (false, true) => (Kind::Deprecated, "is deprecated"),
                (true, false) => (Kind::DeprecationWithdrawn, "is no longer deprecated"),
                _ => return,
            };
            let message = format!("{} {verb}", path.label());
            self.found.add(kind, Effect::Compatible, &self.subject, path.pointer(), message);
        } else if old != new && self.direction == Direction::Request {
            let words = |value: Option<&Value>| value.map_or("nothing".to_owned(), brief);
            let message =
                format!("{} means {} instead of {} where it is left out", path.label(), words(new), words(old));
            // A default that is written down for the first time was there before, for all anybody knows.
            let effect = if old.is_some() { Effect::Breaking } else { Effect::Compatible };
            self.found
                .add(Kind::DefaultChanged, effect, &self.subject, path.pointer(), message)
                .values(old.map(ToString::to_string), new.map(ToString::to_string));
        }
    }

    /// Adds a change whose effect follows from how the values changed.
    pub(super) fn say(&mut self, kind: Kind, shift: Shift, path: &Path, message: String) -> Added<'_> {
        self.with_effect(kind, self.effect(shift), path, message)
    }

    /// Adds a change that is judged by what people do with a value: its effect where the value itself is meant, and how the
    /// set of values changed where those are ruled out or told from others.
    pub(super) fn by_habit(
        &mut self,
        kind: Kind,
        (effect, shift): (Effect, Shift),
        path: &Path,
        message: String,
    ) -> Added<'_> {
        let effect = if self.variance == Variance::Same { effect } else { self.effect(shift) };
        self.with_effect(kind, effect, path, message)
    }

    /// What a change of the schema at hand does.
    pub(super) fn effect(&self, shift: Shift) -> Effect {
        self.variance.shift(shift).effect(self.direction)
    }

    /// Adds a change whose effect is known.
    pub(super) fn with_effect(&mut self, kind: Kind, effect: Effect, path: &Path, message: String) -> Added<'_> {
        self.found.add(kind, effect, &self.subject, path.pointer(), message)
    }
}

/// Each schema as a side of its own.
pub(super) fn each<'s>(branches: &[&'s Value]) -> Vec<Vec<&'s Value>> {
    branches.iter().map(|branch| vec![*branch]).collect()
}

/// A value in a sentence.
pub(super) fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("`{}…`", text.get(..cut).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}
