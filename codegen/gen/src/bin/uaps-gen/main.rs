//! Typed clients, as a process: for each provider a line of JSON on stdin, and one on stdout.
//!
//! `cargo xtask gen` starts it when a client is due, so that nothing else builds typify. It never touches the disk. It ends with
//! 0 once every line is answered, with 2 at a line that can't be read. Built with the feature `peer`, and with the
//! argument `bench`, it takes times instead, for `cargo xtask bench clients`.

#[cfg(feature = "peer")]
mod bench;

use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::process::ExitCode;
use uaps_gen::clients::{ClientFile, generate};
use uaps_model::Service;

#[derive(Deserialize)]
struct Job {
    id: String,
    service: Service,
    /// The OpenAPI document after its overlay.
    document: serde_json::Value,
}

#[derive(Serialize)]
struct File {
    path: String,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Files(Vec<File>),
    Error { message: String },
}

#[derive(Serialize)]
struct Answer {
    id: String,
    #[serde(flatten)]
    outcome: Outcome,
}

fn main() -> ExitCode {
    let outcome = match std::env::args().nth(1).as_deref() {
        None => run(),
        #[cfg(feature = "peer")]
        Some("bench") => bench::run(),
        Some(other) => Err(format!("`{other}` is no argument; the request comes on standard input")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| format!("the request can't be read: {error}"))?;
        let job: Job = serde_json::from_str(&line).map_err(|error| format!("the request can't be read: {error}"))?;
        let answer = Answer { outcome: outcome(&job), id: job.id };
        let line = serde_json::to_string(&answer).map_err(|error| error.to_string())?;
        // A reader that left wants no more lines.
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}

/// A panic in a library costs one provider its client, not the others theirs.
fn outcome(job: &Job) -> Outcome {
    let result = std::panic::catch_unwind(|| generate(&job.service, &job.document));
    match result {
        Ok(Ok(files)) => {
            Outcome::Files(files.into_iter().map(|ClientFile { path, text }| File { path, text }).collect())
        }
        Ok(Err(error)) => Outcome::Error { message: error.to_string() },
        Err(_) => {
            Outcome::Error { message: format!("the client generator panicked on `{}`; its message is above", job.id) }
        }
    }
}
