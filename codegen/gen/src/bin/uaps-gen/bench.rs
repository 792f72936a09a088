//! Times: our generator and progenitor as it comes, in turns, in one process.

use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::time::Instant;
use uaps_gen::clients::{generate, raw};
use uaps_model::Service;

#[derive(Deserialize)]
struct Request {
    /// How often each is run.
    rounds: usize,
    documents: Vec<Job>,
}

#[derive(Deserialize)]
struct Job {
    id: String,
    service: Service,
    /// The document that ours reads.
    document: serde_json::Value,
    /// The document as its vendor wrote it, which progenitor reads.
    original: serde_json::Value,
}

#[derive(Serialize)]
struct File {
    path: String,
    text: String,
}

/// Either both made a client and there are times, or there is a reason.
#[derive(Default, Serialize)]
struct Answer {
    id: String,
    refused: Option<String>,
    raw_seconds: Vec<f64>,
    seconds: Vec<f64>,
    raw_text: String,
    files: Vec<File>,
}

/// A line for each document.
pub(super) fn run() -> Result<(), String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| format!("the request can't be read: {error}"))?;
    let request: Request =
        serde_json::from_str(&text).map_err(|error| format!("the request can't be read: {error}"))?;
    // Progenitor panics on most documents; that it does is an answer here.
    std::panic::set_hook(Box::new(|_| {}));
    for job in &request.documents {
        let line = serde_json::to_string(&measure(job, request.rounds)).map_err(|error| error.to_string())?;
        writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn measure(job: &Job, rounds: usize) -> Answer {
    let mut answer = Answer { id: job.id.clone(), ..Answer::default() };
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        match raw(&job.original) {
            Ok(text) => answer.raw_text = text,
            Err(reason) => return Answer { refused: Some(reason), ..answer },
        }
        answer.raw_seconds.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        match std::panic::catch_unwind(|| generate(&job.service, &job.document)) {
            Ok(Ok(files)) => {
                answer.seconds.push(start.elapsed().as_secs_f64());
                answer.files = files.into_iter().map(|file| File { path: file.path, text: file.text }).collect();
            }
            Ok(Err(error)) => return Answer { refused: Some(format!("ours: {error}")), ..answer },
            Err(_) => return Answer { refused: Some("ours panicked".to_owned()), ..answer },
        }
    }
    answer
}
