//! Names for what other files define, in the document.

use super::find::Target;
use super::location::Location;
use crate::places::{Place, section};
use std::collections::{BTreeMap, HashMap};
use uaps_spec::{Node, escape, unescape};

/// A folder of the document, such as `components` and `schemas`.
pub(super) type Section = &'static [&'static str];

/// Which name stands for which target, in each folder.
#[derive(Default)]
pub(super) struct Names {
    of: HashMap<(Target, Section), String>,
    /// What each name stands for; `None` where its value refers to others, so that it may mean something else elsewhere.
    taken: BTreeMap<(Section, String), Option<serde_json::Value>>,
    /// The last number tried behind each wanted name.
    numbers: HashMap<(Section, String), usize>,
}

impl Names {
    /// Keeps a name that the document gives to a value of its own, or to a target.
    pub(super) fn keep(&mut self, section: Section, name: &str, value: &Node, target: Option<Target>) {
        self.taken.insert((section, name.to_owned()), comparable(value));
        if let Some(target) = target {
            self.of.entry((target, section)).or_insert_with(|| name.to_owned());
        }
    }

    /// Whether the document has a shared object of that name.
    pub(super) fn has(&self, place: Place, is_swagger: bool, name: &str) -> bool {
        section(place, is_swagger).is_some_and(|section| self.taken.contains_key(&(section, name.to_owned())))
    }

    /// The name of a target that has one.
    pub(super) fn get(&self, target: &Target, section: Section) -> Option<&str> {
        self.of.get(&(target.clone(), section)).map(String::as_str)
    }

    /// Names a target. Whether it is new is told too: the same definition in two files is one.
    pub(super) fn give(&mut self, target: Target, section: Section, wanted: &str, value: &Node) -> (String, bool) {
        let value = comparable(value);
        let mut name = wanted.to_owned();
        // Equal values are looked for under the first few names only: a thousand files may call something `Item`.
        let last = *self.numbers.get(&(section, name.clone())).unwrap_or(&1);
        let mut number = 2_usize;
        let is_new = loop {
            match self.taken.get(&(section, name.clone())) {
                None => break true,
                Some(other) if other.is_some() && *other == value => break false,
                Some(_) => name = format!("{wanted}_{number}"),
            }
            number = if number == ALIKE { number.max(last) } else { number } + 1;
        };
        self.numbers.insert((section, wanted.to_owned()), number.saturating_sub(1).max(last));
        self.taken.entry((section, name.clone())).or_insert(value);
        self.of.insert((target, section), name.clone());
        (name, is_new)
    }
}

/// How many names are tried for one that stands for the same value.
const ALIKE: usize = 16;

fn comparable(value: &Node) -> Option<serde_json::Value> {
    let json = value.to_json();
    let text = json.to_string();
    let refers =
        ["\"$ref\"", "\"$dynamicRef\"", "\"$recursiveRef\"", "\"mapping\""].iter().any(|key| text.contains(key));
    (!refers).then_some(json)
}

/// A readable name: the last word of the pointer, else the file's.
pub(super) fn wanted(pointer: &str, location: &Location) -> String {
    let last = pointer.rsplit('/').map(unescape).find(|token| !token.is_empty() && token.parse::<usize>().is_err());
    let name = last.unwrap_or_else(|| location.stem());
    let legal = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    let name: String = name.chars().map(legal).collect();
    let name = name.trim_matches('_');
    if name.is_empty() { "Shared".to_owned() } else { name.to_owned() }
}

/// The reference to a name.
pub(super) fn reference(section: Section, name: &str) -> String {
    format!("#/{}/{}", section.join("/"), escape(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_off_pointers_and_files() {
        let file = Location::File("schemas/Pet.yaml".to_owned());
        assert_eq!(wanted("", &file), "Pet");
        assert_eq!(wanted("/components/schemas/Error", &file), "Error");
        assert_eq!(wanted("/paths/~1pets~1{id}/parameters/0", &file), "parameters");
        assert_eq!(wanted("/paths/~1pets~1{id}", &file), "pets__id");
        assert_eq!(wanted("/é", &file), "Shared");
    }
}
