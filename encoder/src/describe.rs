//! A service as the search wants to know it, worked out once, when the service is compiled.

use crate::{Encoder, Vector, Words};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uaps_model::{Meaning, Operation, Point, Service, words};

/// Shares of a service's direction: what it says of itself; the same under its name; its name alone; its tags.
///
/// The name is short and often telling, the description long and sometimes vague; either alone ranks worse.
const ABOUT: f32 = 0.5;
const NAMED: f32 = 0.5;
const NAME: f32 = 0.3;
const TAGS: f32 = 0.3;

/// How far a service's direction is drawn to that of the common words next to it: people ask in common words, where
/// descriptions have a manner of their own.
const COMMON: f32 = 0.3;
const NEXT: usize = 8;

/// Common words that a service is found by though it does not say them.
const RELATED: usize = 64;

/// What a service and its tools are about. What `old` has read already is taken from there.
pub fn describe(encoder: &Encoder<'_>, common: &Words<'_>, service: &Service, old: Option<&Meaning>) -> Meaning {
    let old = old.filter(|old| old.encoder == crate::NAME);
    let texts = Texts::of(service);
    let fingerprint = fingerprint(&texts.joined());
    let (point, words) = match old.filter(|old| old.service.text == fingerprint) {
        Some(old) => (old.service.clone(), old.words.clone()),
        None => {
            let own = texts.vector(encoder);
            let words = common.nearest(&own, RELATED).into_iter().map(str::to_owned).collect();
            let vector = Vector::blend([(1.0, &own), (COMMON, &common.around(&own, NEXT))]);
            (Point { text: fingerprint, vector: vector.to_text() }, words)
        }
    };
    let tools: BTreeMap<String, Point> = service
        .operations
        .iter()
        .map(|operation| {
            let text = tool_text(operation);
            let fingerprint = self::fingerprint(&text);
            let known = old.and_then(|old| old.tools.get(operation.tool.as_str())).filter(|p| p.text == fingerprint);
            let point =
                known.cloned().unwrap_or_else(|| Point { vector: encoder.encode(&text).to_text(), text: fingerprint });
            (operation.tool.to_string(), point)
        })
        .collect();
    Meaning { encoder: crate::NAME.to_owned(), service: point, words, tools }
}

/// Tells one text from another, and one encoder's reading of it from another's.
pub fn fingerprint(text: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [crate::NAME, text] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

struct Texts {
    name: String,
    about: String,
    tags: String,
}

impl Texts {
    fn of(service: &Service) -> Self {
        // `AusSurfReport` is three words that the vocabulary knows, and one that it doesn't.
        let name = words(&service.name).join(" ");
        let about = match &service.facts.description {
            more if more.is_empty() || *more == service.description => service.description.clone(),
            more => format!("{} {more}", service.description),
        };
        Texts { name, about, tags: service.tags.join(", ") }
    }

    fn joined(&self) -> String {
        format!("{}\n{}\n{}", self.name, self.about, self.tags)
    }

    fn vector(&self, encoder: &Encoder<'_>) -> Vector {
        let named = format!("{}: {}", self.name, self.about);
        let parts = [(ABOUT, &self.about), (NAMED, &named), (NAME, &self.name), (TAGS, &self.tags)];
        let read = parts.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let read: Vec<(f32, Vector)> = read.map(|(weight, text)| (weight, encoder.encode(text))).collect();
        Vector::blend(read.iter().map(|(weight, vector)| (*weight, vector)))
    }
}

/// What a tool does; its name where its document gives no title.
fn tool_text(operation: &Operation) -> String {
    let title = match operation.title.trim() {
        "" => words(operation.tool.as_str()).join(" "),
        title => title.to_owned(),
    };
    match operation.description.trim() {
        "" => title,
        description => format!("{title}: {description}"),
    }
}
