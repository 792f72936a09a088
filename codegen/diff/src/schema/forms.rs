//! Discriminators: which property tells the forms of a value apart, and which of its values stands for which form.
//!
//! No validator judges by them. Whoever reads an answer does, and whoever writes a request, so that a value that stands for
//! something is compared like a value of an enumeration.

use super::Named;
use super::canonical::is_annotation;
use super::shape::Shape;
use super::side::{Side, lead, target};
use super::variance::Variance;
use super::walk::{Walk, each};
use crate::found::Shift;
use crate::path::{Path, Step};
use crate::{Effect, Kind};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What a side says of its forms.
#[derive(Debug, Default)]
struct Forms<'s> {
    /// Properties that tell them apart.
    properties: BTreeSet<&'s str>,
    /// Which value stands for which named schema.
    mapping: BTreeMap<&'s str, &'s str>,
    /// Named schemas among the alternatives.
    alternatives: BTreeSet<&'s str>,
}

impl<'s> Walk<'_, 's> {
    /// Compares what tells the forms of a value apart. With `follow` also where it stands in a schema that is referred to.
    pub(super) fn forms(&mut self, before: &[&'s Value], after: &[&'s Value], follow: bool, path: &Path) {
        let old = Forms::of(before, self.schemas.before, follow);
        let new = Forms::of(after, self.schemas.after, follow);
        let Some(property) = old.properties.first().filter(|_| !new.properties.is_empty()) else {
            return self.presence_of_forms(&old, &new, path);
        };
        if old.properties != new.properties {
            let (was, is) = (old.words(), new.words());
            let message = format!("the forms of {} are told apart by `{is}` instead of `{was}`", path.label());
            self.say(Kind::DiscriminatorChanged, Shift::Changed, path, message).values(was, is);
        }
        let path = path.then(Step::Property((*property).to_owned()));
        for (value, was) in &old.mapping {
            match new.mapping.get(value) {
                Some(is) if old.exchanged(&new, was, is) => {
                    let message = format!("`{value}` at {} stands for `{is}` instead of `{was}`", path.label());
                    let text = |name: &str| format!("{value} {name}");
                    self.say(Kind::DiscriminatorChanged, Shift::Changed, &path, message).values(text(was), text(is));
                }
                Some(is) => self.refer(was, is, Variance::Same),
                None if new.implies(value, was, self.schemas.after) => self.refer(was, was, Variance::Same),
                None => {
                    let gone = new.lost(&old, was) || excludes(after, self.schemas.after, property, value);
                    let shift = if gone { Shift::Narrowed } else { Shift::Changed };
                    let message = format!("`{value}` at {} no longer stands for `{was}`", path.label());
                    self.say(Kind::EnumValueRemoved, shift, &path, message).values(json(value), None);
                }
            }
        }
        for (value, is) in new.mapping.iter().filter(|(value, _)| !old.mapping.contains_key(*value)) {
            if !old.implies(value, is, self.schemas.before) {
                let message = format!("`{value}` at {} stands for `{is}`", path.label());
                self.say(Kind::EnumValueAdded, Shift::Widened, &path, message).values(None, json(value));
            }
        }
    }

    /// Where only one side tells forms apart, if any.
    fn presence_of_forms(&mut self, old: &Forms<'s>, new: &Forms<'s>, path: &Path) {
        let (effect, was, is, message) = match (old.properties.is_empty(), new.properties.is_empty()) {
            (false, true) => {
                let message = format!("the forms of {} are no longer told apart by `{}`", path.label(), old.words());
                (self.effect(Shift::Widened), Some(old.words()), None, message)
            }
            // What is written down for the first time was there before, for all anybody knows.
            (true, false) => {
                let message = format!("the forms of {} are told apart by `{}`", path.label(), new.words());
                (Effect::Compatible, None, Some(new.words()), message)
            }
            _ => return,
        };
        self.with_effect(Kind::DiscriminatorChanged, effect, path, message).values(was, is);
    }
}

impl<'s> Forms<'s> {
    /// Gathers what schemas say that all judge one value. A schema that is only extended tells its own forms apart, of which
    /// the value is one.
    fn of(parts: &[&'s Value], named: &'s Named, follow: bool) -> Self {
        let mut forms = Forms::default();
        let (mut todo, mut followed) = (parts.to_vec(), BTreeSet::new());
        while let Some(part) = todo.pop() {
            let Value::Object(object) = part else { continue };
            forms.read(object, named);
            let parts = object.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let extends = judging(object).count() > 0 || parts.iter().filter(|part| judges(part)).count() > 1;
            todo.extend(parts.iter().filter(|part| !extends || part.get("$ref").is_none()));
            if let Some((name, target)) = target(object, named).filter(|_| follow && !extends)
                && followed.insert(name)
            {
                todo.push(target);
            }
        }
        forms
    }

    fn read(&mut self, object: &'s Map<String, Value>, named: &'s Named) {
        if let Some(discriminator) = object.get("discriminator") {
            self.properties.extend(discriminator.get("propertyName").and_then(Value::as_str));
            let mapping = discriminator.get("mapping").and_then(Value::as_object);
            for (value, reference) in mapping.into_iter().flatten() {
                let reference = reference.as_str().unwrap_or_default();
                let name = lead(reference, named).map_or(reference, |(name, _)| name);
                self.mapping.entry(value).or_insert(name);
            }
        }
        for union in ["anyOf", "oneOf"].into_iter().filter_map(|keyword| object.get(keyword)?.as_array()) {
            let union: Vec<&Value> = union.iter().collect();
            self.alternatives.extend(each(&union).iter().filter_map(|branch| Side::peel(branch).name(named)));
        }
    }

    fn words(&self) -> String {
        self.properties.iter().copied().collect::<Vec<_>>().join(" and ")
    }

    /// Whether it is one of the forms.
    fn has(&self, name: &str) -> bool {
        self.alternatives.contains(name) || self.mapping.values().any(|other| *other == name)
    }

    /// Whether another of the forms took the place of one. Where neither side knows the other's, it has another name.
    fn exchanged(&self, new: &Forms<'_>, before: &str, after: &str) -> bool {
        before != after && (new.has(before) || self.has(after))
    }

    /// Whether a value stands for a schema without a word: it is the name of one of the forms.
    fn implies(&self, value: &str, name: &str, named: &Named) -> bool {
        let known =
            if self.alternatives.is_empty() { named.contains_key(name) } else { self.alternatives.contains(name) };
        value == name && known
    }

    /// Whether one of the forms before is none any more, and no other came that might be it.
    fn lost(&self, old: &Forms<'_>, name: &str) -> bool {
        !self.alternatives.is_empty() && !self.has(name) && self.alternatives.is_subset(&old.alternatives)
    }
}

/// Whether a list of values at a property lacks one.
fn excludes<'s>(parts: &[&'s Value], named: &'s Named, property: &str, value: &str) -> bool {
    let shape = Shape::of(&Side::peel(parts), named);
    let at = shape.properties.get(property).map(|parts| Shape::of(&Side::peel(parts), named));
    at.and_then(|shape| shape.values).is_some_and(|values| !values.contains_key(&json(value)))
}

/// What a schema says that makes it more than the parts it is made of.
fn judging(object: &Map<String, Value>) -> impl Iterator<Item = &String> {
    object.keys().filter(|keyword| !is_annotation(keyword) && !["$ref", "allOf", "type"].contains(&keyword.as_str()))
}

/// Whether a part says anything.
fn judges(part: &Value) -> bool {
    part.as_object().is_none_or(|object| object.keys().any(|keyword| !is_annotation(keyword)))
}

/// Text as it stands in a list of values.
fn json(text: &str) -> String {
    Value::from(text).to_string()
}
