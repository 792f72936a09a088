//! What is up to date and what isn't, and why.

use crate::lock::Lock;
use std::collections::BTreeSet;

/// A provider as it stands on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// [`crate::lock::input_hash`] of its texts.
    pub input: String,
    /// [`crate::lock::output_hash`] of its generated files. `None` where one of them is missing.
    pub output: Option<String>,
}

/// Why a provider's files must be written again, or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The lock doesn't know it.
    New,
    /// A person changed manifest, document or overlay.
    InputChanged,
    /// Another version of the generator wrote its files.
    GeneratorChanged,
    /// Its files aren't what the generator wrote.
    OutputEdited,
    /// Its files are gone.
    OutputMissing,
    /// The lock knows it, `specs` doesn't.
    Removed,
}

impl Reason {
    /// In a few words, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::New => "new",
            Reason::InputChanged => "input changed",
            Reason::GeneratorChanged => "generator changed",
            Reason::OutputEdited => "output edited by hand",
            Reason::OutputMissing => "output missing",
            Reason::Removed => "removed",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A provider and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The provider.
    pub id: String,
    /// Every reason why it is stale; empty for a fresh one.
    pub reasons: Vec<Reason>,
}

impl Item {
    /// Whether there is nothing to do.
    pub fn is_fresh(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether its files are to go.
    pub fn is_removed(&self) -> bool {
        self.reasons.contains(&Reason::Removed)
    }
}

/// Compares every provider of `specs` with the lock of the last run; sorted by id. `generator` is [`crate::GENERATOR`].
pub fn plan(lock: &Lock, found: &[Found], generator: &str) -> Vec<Item> {
    let mut items: Vec<Item> =
        found.iter().map(|found| Item { id: found.id.clone(), reasons: reasons(lock, found, generator) }).collect();
    let known: BTreeSet<&str> = found.iter().map(|found| found.id.as_str()).collect();
    let gone = lock.lines().filter(|line| !known.contains(line.id.as_str()));
    items.extend(gone.map(|line| Item { id: line.id.to_string(), reasons: vec![Reason::Removed] }));
    items.sort_by(|a, b| a.id.cmp(&b.id));
    items
}

fn reasons(lock: &Lock, found: &Found, generator: &str) -> Vec<Reason> {
    let Some(line) = lock.get(&found.id) else { return vec![Reason::New] };
    let output = match &found.output {
        None => Some(Reason::OutputMissing),
        Some(output) => (*output != line.output).then_some(Reason::OutputEdited),
    };
    let input = (found.input != line.input).then_some(Reason::InputChanged);
    let generator = (generator != line.generator).then_some(Reason::GeneratorChanged);
    input.into_iter().chain(generator).chain(output).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Line, input_hash};
    use uaps_model::ServiceId;

    #[track_caller]
    fn check(found: &[(&str, &str, Option<&str>)], generator: &str, expected: &[(&str, &[&str])]) {
        let mut lock = Lock::default();
        for id in ["rideshare", "weather"] {
            lock.set(Line {
                id: ServiceId::new(id).unwrap(),
                input: input_hash([("in", "1")]),
                generator: "g1".into(),
                output: input_hash([("out", "1")]),
            });
        }
        let found: Vec<Found> = found
            .iter()
            .map(|(id, input, output)| Found {
                id: (*id).into(),
                input: input_hash([("in", *input)]),
                output: output.map(|output| input_hash([("out", output)])),
            })
            .collect();
        let items = plan(&lock, &found, generator);
        let items: Vec<(&str, Vec<&str>)> =
            items.iter().map(|item| (item.id.as_str(), item.reasons.iter().map(|r| r.as_str()).collect())).collect();
        let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(id, reasons)| (*id, reasons.to_vec())).collect();
        assert_eq!(items, expected);
    }

    #[test]
    fn every_reason_is_named() {
        let fresh = ("rideshare", "1", Some("1"));
        check(&[("weather", "1", Some("1")), fresh], "g1", &[("rideshare", &[]), ("weather", &[])]);
        check(
            &[fresh, ("weather", "2", Some("2"))],
            "g1",
            &[("rideshare", &[]), ("weather", &["input changed", "output edited by hand"])],
        );
        check(&[fresh, ("weather", "1", None)], "g1", &[("rideshare", &[]), ("weather", &["output missing"])]);
        check(&[fresh], "g1", &[("rideshare", &[]), ("weather", &["removed"])]);
        check(
            &[fresh, ("a-new-one", "1", None)],
            "g2",
            &[("a-new-one", &["new"]), ("rideshare", &["generator changed"]), ("weather", &["removed"])],
        );
    }
}
