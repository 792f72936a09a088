//! Sales, remembered.

use crate::answer::Answer;
use serde_json::Value;
use std::collections::BTreeMap;

/// The sales of every stand-in.
#[derive(Default)]
pub(crate) struct Book(BTreeMap<String, Shelf>);

/// The sales of one.
#[derive(Default)]
struct Shelf {
    /// The sale as it stands, by its id as text.
    sales: BTreeMap<String, Value>,
    /// The id of the sale, by tool and the caller's reference.
    references: BTreeMap<(String, String), String>,
    /// The first answer, by tool and idempotency key.
    answers: BTreeMap<(String, String), Answer>,
    accepted: usize,
}

impl Book {
    /// How many sales there were.
    pub(crate) fn count(&self, service: &str) -> usize {
        self.0.get(service).map_or(0, |shelf| shelf.accepted)
    }

    /// A sale as it stands.
    pub(crate) fn find(&self, service: &str, id: &str) -> Option<&Value> {
        self.0.get(service)?.sales.get(id)
    }

    /// Likewise, to be changed.
    pub(crate) fn find_mut(&mut self, service: &str, id: &str) -> Option<&mut Value> {
        self.0.get_mut(service)?.sales.get_mut(id)
    }

    /// What an earlier purchase with this key was answered.
    pub(crate) fn answered(&self, service: &str, tool: &str, key: &str) -> Option<Answer> {
        self.0.get(service)?.answers.get(&(tool.to_owned(), key.to_owned())).cloned()
    }

    /// The id of the sale that a tool made under this reference.
    pub(crate) fn referred(&self, service: &str, tool: &str, reference: &str) -> Option<&str> {
        let found = self.0.get(service)?.references.get(&(tool.to_owned(), reference.to_owned()))?;
        Some(found.as_str())
    }

    /// Remembers by which reference a sale can be found.
    pub(crate) fn refer(&mut self, service: &str, tool: &str, reference: String, id: String) {
        let shelf = self.0.entry(service.to_owned()).or_default();
        shelf.references.insert((tool.to_owned(), reference), id);
    }

    /// Takes a sale down, and the answer under its key if it has one.
    pub(crate) fn accept(
        &mut self,
        service: &str,
        id: String,
        sale: Value,
        key: Option<(String, String)>,
        answer: Answer,
    ) {
        let shelf = self.0.entry(service.to_owned()).or_default();
        shelf.accepted += 1;
        shelf.sales.insert(id, sale);
        if let Some(key) = key {
            shelf.answers.insert(key, answer);
        }
    }
}
