//! Enumerations, formats, patterns and bounds.

use super::bounds::is_multiple;
use super::shape::Shape;
use super::walk::{Walk, brief};
use crate::Direction;
use crate::Kind;
use crate::found::Shift;
use crate::path::{Path, Step};
use serde_json::{Number, Value};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Formats of which the second takes every value of the first.
const WIDER_FORMATS: [(&str, &str); 2] = [("int32", "int64"), ("float", "double")];

impl<'s> Walk<'_, 's> {
    /// Compares what is said of single values.
    pub(super) fn scalars(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        self.values(old, new, path);
        self.formats(&old.formats, &new.formats, path);
        if old.patterns != new.patterns {
            let shift = shift(&old.patterns, &new.patterns);
            let message = match shift {
                Shift::Widened => format!("{} need not match a pattern any more", path.label()),
                _ => format!("{} must match another pattern", path.label()),
            };
            self.say(Kind::PatternChanged, shift, path, message).values(joined(&old.patterns), joined(&new.patterns));
        }
        for (order, was, is) in old.bounds.differences(&new.bounds) {
            let (kind, shift) = match order {
                Ordering::Greater => (Kind::BoundNarrowed, Shift::Narrowed),
                _ => (Kind::BoundWidened, Shift::Widened),
            };
            let words = |side: &Option<String>| side.clone().unwrap_or_else(|| "no bound".to_owned());
            let message = format!("{} has {} instead of {}", path.label(), words(&is), words(&was));
            self.say(kind, shift, path, message).values(was, is);
        }
        self.divisors(&old.divisors, &new.divisors, path);
        if old.unique != new.unique {
            let (kind, shift, verb) = match new.unique {
                true => (Kind::BoundNarrowed, Shift::Narrowed, "may no longer have equal elements"),
                false => (Kind::BoundWidened, Shift::Widened, "may have equal elements"),
            };
            let text = |unique: bool| format!("uniqueItems {unique}");
            self.say(kind, shift, path, format!("{} {verb}", path.label())).values(text(old.unique), text(new.unique));
        }
    }

    fn values(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let (was, is) = match (&old.values, &new.values) {
            (None, None) => return,
            (None, Some(is)) => {
                let message = format!("{} is one of a list of values now", path.label());
                self.say(Kind::EnumAdded, Shift::Narrowed, path, message).values(None, listed(is));
                return;
            }
            (Some(was), None) => {
                let message = format!("{} is no longer one of a list of values", path.label());
                self.say(Kind::EnumRemoved, Shift::Widened, path, message).values(listed(was), None);
                return;
            }
            (Some(was), Some(is)) => (was, is),
        };
        let request = self.direction == Direction::Request;
        for (text, value) in was.iter().filter(|(text, _)| !is.contains_key(*text)) {
            let verb = if request { "no longer takes" } else { "is never again" };
            let message = format!("{} {verb} {}", path.label(), brief(value));
            self.say(Kind::EnumValueRemoved, Shift::Narrowed, path, message).values(text.clone(), None);
        }
        for (text, value) in is.iter().filter(|(text, _)| !was.contains_key(*text)) {
            let verb = if request { "takes" } else { "may be" };
            let message = format!("{} {verb} {}", path.label(), brief(value));
            self.say(Kind::EnumValueAdded, Shift::Widened, path, message).values(None, text.clone());
        }
    }

    fn formats(&mut self, old: &BTreeSet<&str>, new: &BTreeSet<&str>, path: &Path) {
        if old == new {
            return;
        }
        let (was, is) = (joined(old), joined(new));
        let pair = (was.as_deref().unwrap_or_default(), is.as_deref().unwrap_or_default());
        let shift = if WIDER_FORMATS.contains(&pair) {
            Shift::Widened
        } else if WIDER_FORMATS.contains(&(pair.1, pair.0)) {
            Shift::Narrowed
        } else {
            shift(old, new)
        };
        let words = |side: &Option<String>| side.as_ref().map_or("no format".to_owned(), |s| format!("format {s}"));
        let message = format!("{} has {} instead of {}", path.label(), words(&is), words(&was));
        self.say(Kind::FormatChanged, shift, path, message).values(was, is);
    }

    fn divisors(&mut self, old: &[&Number], new: &[&Number], path: &Path) {
        // Every new divisor that the old ones imply leaves all values; and the other way round.
        let implied = |by: &[&Number], these: &[&Number]| these.iter().all(|d| by.iter().any(|b| is_multiple(b, d)));
        let (kind, shift) = match (implied(old, new), implied(new, old)) {
            (true, true) => return,
            (true, false) => (Kind::BoundWidened, Shift::Widened),
            (false, true) => (Kind::BoundNarrowed, Shift::Narrowed),
            (false, false) => (Kind::BoundNarrowed, Shift::Changed),
        };
        let text = |side: &[&Number]| {
            let numbers: BTreeSet<String> = side.iter().map(ToString::to_string).collect();
            let numbers: Vec<_> = numbers.into_iter().collect();
            (!numbers.is_empty()).then(|| format!("multipleOf {}", numbers.join(" ")))
        };
        let (was, is) = (text(old), text(new));
        let words = |side: &Option<String>| side.clone().unwrap_or_else(|| "no step".to_owned());
        let message = format!("{} has {} instead of {}", path.label(), words(&is), words(&was));
        self.say(kind, shift, path, message).values(was, is);
    }

    /// Compares the elements of lists.
    pub(super) fn list(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let places: BTreeSet<usize> = old.prefix.keys().chain(new.prefix.keys()).copied().collect();
        for at in places {
            let of = |shape: &Shape<'s>| shape.prefix.get(&at).cloned().unwrap_or_else(|| shape.element());
            self.walk(&of(old), &of(new), &path.then(Step::At(at)));
        }
        if !old.items.is_empty() || !new.items.is_empty() {
            self.walk(&old.element(), &new.element(), &path.then(Step::Item));
        }
    }
}

/// How a set of conditions changed, all of which must hold.
fn shift(old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> Shift {
    match (old.is_subset(new), new.is_subset(old)) {
        (true, false) => Shift::Narrowed,
        (false, true) => Shift::Widened,
        _ => Shift::Changed,
    }
}

/// The values of a list, so that another list is another change.
fn listed(values: &BTreeMap<String, &Value>) -> String {
    values.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn joined(set: &BTreeSet<&str>) -> Option<String> {
    let parts: Vec<&str> = set.iter().copied().collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}
