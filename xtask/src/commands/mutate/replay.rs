//! One mutant again, to be looked at.

use super::Args;
use super::supervise::Run;
use crate::exit::Outcome;
use crate::output::{note, print};
use anyhow::{Context, Result};
use std::path::Path;
use uaps_mutate::Original;
use uaps_mutate::job::Job;

/// Writes the mutant `place` names, and says what comes of it.
pub(super) fn run(args: &Args, worker: &Path, documents: Vec<(String, String)>, place: &str) -> Result<Outcome> {
    let wrong = || format!("--replay {place} names no mutant of {}; write FILE:NUMBER", args.selection.dir.display());
    let (name, number) = place.rsplit_once(':').with_context(wrong)?;
    let number: u64 = number.parse().ok().with_context(wrong)?;
    let (name, text) = documents.into_iter().find(|(known, _)| known == name).with_context(wrong)?;
    let mutant = Original::new(name.as_str(), text.as_str()).mutant(args.seed, number);
    let job = Job {
        // Alone, its numbers are those of the run.
        documents: vec![(name, text)],
        seed: args.seed,
        first: number,
        step: 1,
        end: number + 1,
        clients_every: args.clients_every,
        shrink: args.shrink,
    };
    let mut found = false;
    let mut shown = mutant.text;
    let made_of = if mutant.whole { "the whole document" } else { "a slice" };
    note(&format!("made from {made_of}: {}", mutant.changes.join(", ")));
    Run { worker, timeout: args.timeout, job: &job }.on_every_core(|_, tried| {
        found = !tried.verdict.findings.is_empty();
        for finding in &tried.verdict.findings {
            note(&format!("{:?}: {}", finding.kind, finding.text));
        }
        shown = tried.smallest.unwrap_or(std::mem::take(&mut shown));
    })?;
    if !found {
        note("nothing is found with it");
    }
    print(&shown)?;
    Ok(Outcome::of(found))
}
