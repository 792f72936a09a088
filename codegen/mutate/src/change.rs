//! Mutations of a tree.

use crate::rng::Rng;
use crate::tree::Tree;
use crate::words;

/// Parts that are put into others may make a document grow without end.
const MAX_VALUES: usize = 20_000;

type Change = fn(&mut Tree, &mut Rng) -> Option<()>;

/// Every mutation, by the name that a replay tells.
const CHANGES: &[(&str, Change)] = &[
    ("delete", delete),
    ("duplicate", duplicate),
    ("swap", swap),
    ("retype", retype),
    ("retype a schema", retype_schema),
    ("insert", insert),
    ("rename a key", rename),
    ("swap keys", swap_keys),
    ("point elsewhere", point),
    ("point elsewhere", point),
    ("splice", splice),
    ("wrap", wrap),
    ("edit text", edit_text),
];

/// Changes a document once; tells what was done.
pub(crate) fn change(tree: &mut Tree, rng: &mut Rng) -> &'static str {
    // Not every document has a place for every change.
    for _ in 0..8 {
        let Some((name, change)) = rng.pick(CHANGES) else { break };
        if change(tree, rng).is_some() {
            return name;
        }
    }
    "nothing"
}

fn any<'t>(tree: &'t mut Tree, rng: &mut Rng) -> Option<&'t mut Tree> {
    let size = tree.size();
    tree.nth(rng.below(size))
}

/// A value below the root for which `wanted` holds.
fn one<'t>(tree: &'t mut Tree, rng: &mut Rng, wanted: impl Fn(&Tree) -> bool) -> Option<&'t mut Tree> {
    let mut found = Vec::new();
    let mut number = 0;
    tree.each("", &mut |_, value| {
        if wanted(value) {
            found.push(number);
        }
        number += 1;
    });
    tree.nth(*rng.pick(&found)?)
}

fn delete(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    match one(tree, rng, |t| matches!(t, Tree::List(i) if !i.is_empty()) || matches!(t, Tree::Map(m) if !m.is_empty()))?
    {
        Tree::List(items) => drop(items.remove(rng.below(items.len()))),
        Tree::Map(members) => drop(members.remove(rng.below(members.len()))),
        _ => {}
    }
    Some(())
}

fn duplicate(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    match one(tree, rng, |t| matches!(t, Tree::List(i) if !i.is_empty()) || matches!(t, Tree::Map(m) if !m.is_empty()))?
    {
        Tree::List(items) => items.push(rng.pick(items)?.clone()),
        Tree::Map(members) => {
            let (key, value) = rng.pick(members)?.clone();
            // Mostly another spelling that may come to the same: a key that occurs twice ends the matter in the reader.
            let key = match rng.below(6) {
                0 => key,
                1 => key.to_uppercase(),
                2 => key.replace(['_', '-'], ""),
                3 => format!("{key}_"),
                4 => key.replace('_', "-"),
                _ => format!("{key}2"),
            };
            members.push((key, value));
        }
        _ => {}
    }
    Some(())
}

fn swap(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let size = tree.size();
    let (one, other) = (rng.below(size), rng.below(size));
    let (early, late) = (one.min(other), one.max(other));
    let (first, second) = (tree.nth(early)?.clone(), tree.nth(late)?.clone());
    *tree.nth(late)? = first;
    *tree.nth(early)? = second;
    (early > 0).then_some(())
}

fn retype(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let value = any(tree, rng)?;
    *value = match (&*value, rng.below(4)) {
        (Tree::Text(text), 0) => Tree::List(vec![Tree::text(text)]),
        (Tree::Text(text), 1) => Tree::single(text, Tree::Raw("true".into())),
        (Tree::List(items), 0) => {
            Tree::Map(items.iter().cloned().enumerate().map(|(n, i)| (n.to_string(), i)).collect())
        }
        (Tree::List(items), 1) => items.first()?.clone(),
        (Tree::Map(members), 0) => Tree::List(members.iter().map(|(_, value)| value.clone()).collect()),
        (Tree::Map(members), 1) => Tree::List(vec![Tree::Map(members.clone())]),
        (Tree::Raw(raw), 0) => Tree::text(raw),
        _ => words::value(rng),
    };
    Some(())
}

/// Most values of a document are no schemas, and most of what can go wrong is in them.
fn retype_schema(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let is_schema = |t: &Tree| match t {
        Tree::Map(members) => {
            members.iter().any(|(key, _)| ["type", "$ref", "properties", "allOf"].contains(&key.as_str()))
        }
        _ => false,
    };
    let Tree::Map(members) = one(tree, rng, is_schema)? else { return None };
    let key = words::key(rng);
    let value = words::value(rng);
    members.retain(|(known, _)| *known != key);
    members.push((key, value));
    Some(())
}

fn insert(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    match one(tree, rng, |t| matches!(t, Tree::List(_) | Tree::Map(_)))? {
        Tree::List(items) => items.insert(rng.below(items.len() + 1), words::value(rng)),
        Tree::Map(members) => members.insert(rng.below(members.len() + 1), (words::key(rng), words::value(rng))),
        _ => {}
    }
    Some(())
}

fn rename(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let Tree::Map(members) = one(tree, rng, |t| matches!(t, Tree::Map(m) if !m.is_empty()))? else { return None };
    let at = rng.below(members.len());
    members.get_mut(at)?.0 = if rng.once_in(3) { words::text(rng) } else { words::key(rng) };
    Some(())
}

fn swap_keys(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let Tree::Map(members) = one(tree, rng, |t| matches!(t, Tree::Map(m) if m.len() > 1))? else { return None };
    let (one, other) = (rng.below(members.len()), rng.below(members.len()));
    let (first, second) = (members.get(one)?.0.clone(), members.get(other)?.0.clone());
    members.get_mut(one)?.0 = second;
    members.get_mut(other)?.0 = first;
    Some(())
}

/// A reference to anywhere: itself, an ancestor, nothing, another file, the middle of something.
fn point(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let mut pointers = Vec::new();
    tree.each("", &mut |pointer, value| {
        if matches!(value, Tree::Map(_)) {
            pointers.push(pointer.to_owned());
        }
    });
    let pointer = rng.pick(&pointers)?.clone();
    let schemas: Vec<&String> =
        pointers.iter().filter(|p| p.starts_with("/components/schemas/") || p.starts_with("/definitions/")).collect();
    let target = match rng.below(12) {
        0 => "#".to_owned(),
        1 => format!("#{}", pointer.replace('/', "%2F")),
        2 => format!("#{}/nowhere", pointer),
        3 => format!("other.yaml#{pointer}"),
        4 => format!("#{}", pointer.replace('a', "%61").replace('~', "%7E")),
        5 => words::text(rng),
        6..9 => format!("#{}", rng.pick(&schemas)?),
        _ => format!("#{pointer}"),
    };
    let reference = Tree::single("$ref", Tree::Text(target));
    let has_reference = |t: &Tree| matches!(t, Tree::Map(m) if m.iter().any(|(key, _)| key == "$ref"));
    let place =
        if rng.once_in(2) { one(tree, rng, has_reference) } else { one(tree, rng, |t| matches!(t, Tree::Map(_))) }?;
    match place {
        // With siblings.
        Tree::Map(members) if rng.once_in(3) => members.insert(0, ("$ref".to_owned(), reference_text(reference)?)),
        place => *place = reference,
    }
    Some(())
}

fn reference_text(reference: Tree) -> Option<Tree> {
    match reference {
        Tree::Map(members) => members.into_iter().next().map(|(_, value)| value),
        _ => None,
    }
}

/// Puts a copy of a part into another place.
fn splice(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let size = tree.size();
    let part = tree.nth(rng.below(size))?.clone();
    if size + part.size() > MAX_VALUES {
        return None;
    }
    *any(tree, rng)? = part;
    Some(())
}

/// Puts a part into something that holds it, once or thrice.
fn wrap(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let size = tree.size();
    let place = one(tree, rng, |t| matches!(t, Tree::Map(_)))?;
    let part = place.clone();
    if size + 3 * part.size() > MAX_VALUES {
        return None;
    }
    let key = rng.word(&[
        "allOf",
        "oneOf",
        "anyOf",
        "prefixItems",
        "not",
        "items",
        "additionalProperties",
        "properties",
        "schema",
    ]);
    let inner = match key {
        "allOf" | "oneOf" | "anyOf" | "prefixItems" => Tree::List(vec![part; 1 + 2 * rng.below(2)]),
        "properties" => Tree::Map(vec![("a".into(), part.clone()), ("A".into(), part)]),
        _ => part,
    };
    *place = Tree::single(key, inner);
    Some(())
}

fn edit_text(tree: &mut Tree, rng: &mut Rng) -> Option<()> {
    let Tree::Text(text) = one(tree, rng, |t| matches!(t, Tree::Text(_)))? else { return None };
    match rng.below(5) {
        0 => *text = words::text(rng),
        1 => text.push_str(&words::text(rng)),
        2 => *text = text.to_uppercase(),
        3 => *text = text.chars().rev().collect(),
        _ => drop(text.pop()),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn document() -> Tree {
        let text = "openapi: 3.0.3\npaths: {/a: {get: {parameters: [{name: b, schema: {$ref: '#/components/schemas/C'}}]}}}\n\
                    components: {schemas: {C: {type: object, properties: {d: {type: string}}}, E: {type: integer}}}\n";
        let mut sources = uaps_spec::Sources::default();
        let file = sources.add("", text);
        Tree::of(&uaps_spec::parse(&sources, file).0.unwrap())
    }

    #[test]
    fn every_change_finds_its_place_and_changes_something() {
        for (name, change) in CHANGES {
            let mutants: BTreeSet<String> = (0..60)
                .filter_map(|number| {
                    let mut tree = document();
                    change(&mut tree, &mut Rng::new(3, name, number))?;
                    Some(tree.json()).filter(|text| *text != document().json())
                })
                .collect();
            assert!(mutants.len() > 5, "`{name}` made {} mutants", mutants.len());
        }
    }

    #[test]
    fn references_come_to_lead_everywhere() {
        let mut targets = String::new();
        for number in 0..200 {
            let mut tree = document();
            point(&mut tree, &mut Rng::new(1, "", number));
            targets.push_str(&tree.json());
        }
        for target in ["\"#\"", "#/components/schemas/E\"", "%2F", "/nowhere", "other.yaml#", "#/paths/~1a"] {
            assert!(targets.contains(target), "{target}");
        }
    }
}
