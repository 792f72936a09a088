//! Parameters.

use crate::found::{Found, Shift, subject};
use crate::pairing::variables;
use crate::path::Path;
use crate::schema::{Origin, Schemas, Site};
use crate::service::text;
use crate::{Direction, Effect, Kind, Subject};
use uaps_model::{Operation, Param, Place};

/// Compares parameters: by place and name, then what is left by its position in the path, then by name alone.
pub(crate) fn compare<'s>(before: &'s Operation, after: &'s Operation, schemas: &mut Schemas<'s>, found: &mut Found) {
    let mut old: Vec<&Param> = before.params.iter().collect();
    let mut new: Vec<&Param> = after.params.iter().collect();
    let mut both = Vec::new();
    take_pairs(&mut old, &mut new, &mut both, |a, b| a.place == b.place && same_name(a, b));
    let (old_names, new_names) = (variables(&before.path), variables(&after.path));
    take_pairs(&mut old, &mut new, &mut both, |a, b| {
        let at = |names: &[&str], param: &Param| names.iter().position(|name| *name == param.name);
        a.place == Place::Path && b.place == Place::Path && at(&old_names, a) == at(&new_names, b)
    });
    take_pairs(&mut old, &mut new, &mut both, same_name);

    let subject = subject(before);
    for param in old {
        let message = format!("{} is gone", name(param));
        found.add(Kind::ParameterRemoved, Effect::Breaking, &subject, path(param).pointer(), message);
    }
    for param in new {
        let (kind, effect, message) = match param.required {
            true => (Kind::RequiredParameterAdded, Effect::Breaking, format!("{} is new and required", name(param))),
            false => (Kind::ParameterAdded, Effect::Compatible, format!("{} is new", name(param))),
        };
        found.add(kind, effect, &subject, path(param).pointer(), message);
    }
    for (old, new) in both {
        one(old, new, &subject, found);
        deprecated((before, old), (after, new), &subject, found);
        let site = Site {
            subject: subject.clone(),
            origin: Origin::Tool(before.tool.clone()),
            direction: Direction::Request,
            path: path(old),
        };
        schemas.compare(&old.schema, &new.schema, site, found);
    }
}

/// Moves the pairs out of what is left, in the order of `old`.
fn take_pairs<'s>(
    old: &mut Vec<&'s Param>,
    new: &mut Vec<&'s Param>,
    both: &mut Vec<(&'s Param, &'s Param)>,
    same: impl Fn(&Param, &Param) -> bool,
) {
    old.retain(|a| match new.iter().position(|b| same(a, b)) {
        Some(at) => {
            both.push((a, new.remove(at)));
            false
        }
        None => true,
    });
}

fn same_name(a: &Param, b: &Param) -> bool {
    // The names of header fields have no case.
    a.name == b.name || (a.place == Place::Header && b.place == Place::Header && a.name.eq_ignore_ascii_case(&b.name))
}

fn one(old: &Param, new: &Param, subject: &Subject, found: &mut Found) {
    let pointer = path(old).pointer();
    let mut changed = |kind, message: String, values: [String; 2]| {
        let [before, after] = values;
        found.add(kind, Effect::Breaking, subject, &pointer, message).values(before, after);
    };
    if old.place != new.place {
        let message = format!("{} has become {}", name(old), name(new));
        changed(Kind::ParameterMoved, message, [text(&old.place), text(&new.place)]);
    } else if !same_name(old, new) {
        let message = format!("{} is called `{}` now", name(old), new.name);
        changed(Kind::ParameterRenamed, message, [old.name.clone(), new.name.clone()]);
    } else if old.key != new.key {
        let message = format!("tools take {} under the key `{}` instead of `{}`", name(old), new.key, old.key);
        changed(Kind::ParameterKeyChanged, message, [old.key.clone(), new.key.clone()]);
    }
    if old.place == new.place && style(old) != style(new) {
        let message = format!("{} is written as {} instead of {}", name(old), style(new), style(old));
        changed(Kind::ParameterStyleChanged, message, [style(old), style(new)]);
    }
    let (kind, shift, verb) = match (old.required, new.required) {
        (false, true) => (Kind::ParameterBecameRequired, Shift::Narrowed, "must be given now"),
        (true, false) => (Kind::ParameterBecameOptional, Shift::Widened, "may be left out now"),
        _ => return,
    };
    let message = format!("{} {verb}", name(old));
    found.add(kind, shift.effect(Direction::Request), subject, pointer, message);
}

/// Only the tool's schema says that a parameter is deprecated.
fn deprecated(old: (&Operation, &Param), new: (&Operation, &Param), subject: &Subject, found: &mut Found) {
    let said = |(operation, param): (&Operation, &Param)| {
        let property = operation.input.get("properties").and_then(|properties| properties.get(&param.key));
        property.and_then(|property| property.get("deprecated")) == Some(&true.into())
            && param.schema.get("deprecated") != Some(&true.into())
    };
    let (kind, verb) = match (said(old), said(new)) {
        (false, true) => (Kind::Deprecated, "is deprecated"),
        (true, false) => (Kind::DeprecationWithdrawn, "is no longer deprecated"),
        _ => return,
    };
    found.add(kind, Effect::Compatible, subject, path(old.1).pointer(), format!("{} {verb}", name(old.1)));
}

fn place(param: &Param) -> &'static str {
    match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

fn name(param: &Param) -> String {
    format!("the {} parameter `{}`", place(param), param.name)
}

fn path(param: &Param) -> Path {
    let lower = param.name.to_ascii_lowercase();
    let token = if param.place == Place::Header { &lower } else { &param.name };
    Path::new([place(param), token.as_str()], name(param))
}

/// How a value is written. Reserved characters that go out unencoded are read as the same value.
fn style(param: &Param) -> String {
    let explode = if param.explode { ", exploded" } else { "" };
    if param.json { "JSON".to_owned() } else { format!("{}{explode}", text(&param.style)) }
}
