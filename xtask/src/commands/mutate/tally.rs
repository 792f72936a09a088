//! What came of all the mutants.

use super::supervise::Tried;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;
use uaps_mutate::job::place;
use uaps_mutate::{Kind, Reached};

/// Sums, and the classes of what was found.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    #[serde(skip)]
    documents: Vec<String>,
    mutants: u64,
    refused: u64,
    faulty: u64,
    clean: u64,
    clients: u64,
    /// The longest, and where.
    slowest: (f64, String),
    /// How many a kind.
    kinds: BTreeMap<Kind, u64>,
    classes: Vec<Class>,
}

/// Findings that are one and the same.
#[derive(Debug, Serialize)]
struct Class {
    kind: Kind,
    class: String,
    count: u64,
    /// The first that was met, for `--replay`.
    first: String,
    text: String,
}

impl Tally {
    /// For mutants of documents of these names.
    pub(super) fn new(documents: Vec<String>) -> Self {
        Tally { documents, ..Tally::default() }
    }

    /// Counts a mutant.
    pub(super) fn add(&mut self, number: u64, tried: &Tried) {
        let (document, below) = place(number, self.documents.len());
        let at = format!("{}:{below}", self.documents.get(document).map_or("?", String::as_str));
        self.mutants += 1;
        *match tried.verdict.reached {
            Reached::Refused => &mut self.refused,
            Reached::Faulty => &mut self.faulty,
            Reached::Clean => &mut self.clean,
        } += 1;
        self.clients += u64::from(tried.verdict.client);
        if tried.time > Duration::from_secs_f64(self.slowest.0) {
            self.slowest = (tried.time.as_secs_f64(), at.clone());
        }
        for finding in &tried.verdict.findings {
            *self.kinds.entry(finding.kind).or_default() += 1;
            let class = finding.class();
            match self.classes.iter_mut().find(|known| known.kind == finding.kind && known.class == class) {
                Some(known) => known.count += 1,
                None => self.classes.push(Class {
                    kind: finding.kind,
                    class,
                    count: 1,
                    first: at.clone(),
                    text: finding.text.clone(),
                }),
            }
        }
    }

    /// Where the first failure is, if there is one.
    pub(super) fn first(&self) -> Option<&str> {
        self.classes.iter().find(|class| class.kind != Kind::Unfit).map(|class| class.first.as_str())
    }

    /// One object on a line.
    pub(super) fn json(&self, seconds: f64) -> String {
        let value = serde_json::json!({"seconds": seconds, "result": self});
        format!("{value}\n")
    }

    /// For people.
    pub(super) fn table(&self, seconds: f64) -> String {
        let mut text = String::new();
        let mut row = |name: &str, value: String| _ = writeln!(text, "{name:<12} {value:>9}");
        row("mutants", self.mutants.to_string());
        row("refused", self.refused.to_string());
        row("with errors", self.faulty.to_string());
        row("clean", self.clean.to_string());
        row("clients", self.clients.to_string());
        row("seconds", format!("{seconds:.1}"));
        for (name, kind) in KINDS {
            row(name, self.kinds.get(&kind).copied().unwrap_or_default().to_string());
        }
        let _ = writeln!(text, "slowest      {:>9.2} s, {}", self.slowest.0, self.slowest.1);
        let mut classes: Vec<&Class> = self.classes.iter().collect();
        classes.sort_by_key(|class| (class.kind, std::cmp::Reverse(class.count)));
        for class in classes {
            let name = KINDS.iter().find(|(_, kind)| *kind == class.kind).map_or("", |(name, _)| name);
            let words: String = class.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
            let _ = writeln!(text, "\n{name}, {} times, first in {}\n  {words}", class.count, class.first);
        }
        text
    }
}

const KINDS: [(&str, Kind); 12] = [
    ("panics", Kind::Panic),
    ("aborts", Kind::Abort),
    ("hangs", Kind::Hang),
    ("memory", Kind::Memory),
    ("gave up", Kind::GaveUp),
    ("no client", Kind::Client),
    ("flaws", Kind::Flaw),
    ("unfit", Kind::Unfit),
    ("misplaced", Kind::Misplaced),
    ("scaffold", Kind::Scaffold),
    ("disagree", Kind::Disagreement),
    ("unequal", Kind::Unequal),
];

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_mutate::{Finding, Verdict};

    #[test]
    fn findings_are_counted_by_class() {
        let mut tally = Tally::new(vec!["a.yaml".into(), "b.yaml".into()]);
        let texts = [None, Some("the input schema of `x` is wrong"), None, Some("the input schema of `y` is wrong")];
        for (number, text) in texts.into_iter().enumerate() {
            let findings = text.map(|text| Finding { kind: Kind::Flaw, text: text.to_owned() });
            let verdict =
                Verdict { reached: Reached::Clean, client: number == 0, findings: findings.into_iter().collect() };
            tally.add(number as u64, &Tried { verdict, smallest: None, time: Duration::from_millis(number as u64) });
        }
        assert_eq!(tally.first(), Some("b.yaml:0"));
        let table = tally.table(1.0);
        assert!(table.contains("clean                4\n") && table.contains("flaws                2\n"), "{table}");
        assert!(table.ends_with("flaws, 2 times, first in b.yaml:0\n  the input schema of `x` is wrong\n"), "{table}");
    }
}
