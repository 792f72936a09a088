//! What the supervisor and its workers say to each other: a [`Job`] on standard input, a [`Line`] for each step.

use crate::{Original, Trial, Verdict};
use serde::{Deserialize, Serialize};

/// The mutants a worker is to try.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// Name and text of each document.
    pub documents: Vec<(String, String)>,
    /// What chance depends on.
    pub seed: u64,
    /// The first mutant of the run that is this worker's.
    pub first: u64,
    /// From one of its mutants to the next.
    pub step: u64,
    /// Where the run ends.
    pub end: u64,
    /// Each which mutant gets a typed client; 0 for none.
    pub clients_every: u64,
    /// Whether failing documents are made smaller.
    pub shrink: bool,
}

/// A line of a worker's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// It has read its job.
    Ready,
    /// It begins with a mutant. If nothing follows, that one is why.
    Begins(u64),
    /// What came of it.
    Ends {
        /// The mutant.
        number: u64,
        /// What came of it.
        verdict: Verdict,
        /// The smallest document that fails like its first finding.
        smallest: Option<String>,
    },
}

/// Which mutant of which document a number of the run is. Every document gets its turn, also those that came later.
pub fn place(number: u64, documents: usize) -> (usize, u64) {
    let documents = documents.max(1) as u64;
    (usize::try_from(number % documents).unwrap_or(0), number / documents)
}

/// What is tried with a mutant of a document. A client takes most of the time, and rendering much of the rest.
pub fn trial(number: u64, clients_every: u64) -> Trial {
    Trial {
        client: clients_every > 0 && number.is_multiple_of(clients_every),
        render: number % 8 == 3,
        twice: number % 32 == 5,
        purchases: number % 16 == 7,
    }
}

/// Tries the mutants of a job, and says each line. Ends early where nobody listens.
pub fn work(job: &Job, mut say: impl FnMut(&Line) -> bool) {
    let documents: Vec<Original> = job.documents.iter().map(|(name, text)| Original::new(name, text)).collect();
    if !say(&Line::Ready) {
        return;
    }
    let mut at = job.first;
    while at < job.end {
        let (document, number) = place(at, documents.len());
        let Some(document) = documents.get(document) else { return };
        let trial = trial(number, job.clients_every);
        if !say(&Line::Begins(at)) {
            return;
        }
        let mutant = document.mutant(job.seed, number);
        let verdict = crate::judge(&mutant.text, trial);
        let smallest = verdict.findings.first().filter(|_| job.shrink);
        let smallest = smallest.map(|finding| crate::shrink(&mutant.text, trial, finding));
        if !say(&Line::Ends { number: at, verdict, smallest }) {
            return;
        }
        at += job.step.max(1);
    }
}
