//! The oracle as a process: `oracle CLIENT`, where CLIENT is a program that calls a typed client.
//!
//! One JSON object on standard input, `{service, cases: [{tool, sample, arguments}]}`; a JSON object a line on standard
//! output for each case, in order: `{tool, sample, verdict, detail}`. `cargo xtask corpus` reads them.

use oracle::{Recorder, TypedProcess, Verdict, compare};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use uaps_model::Service;

#[derive(Deserialize)]
struct Job {
    service: Service,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    tool: String,
    sample: String,
    arguments: Value,
}

#[derive(Serialize)]
struct Line<'a> {
    tool: &'a str,
    sample: &'a str,
    /// `same`, `unread`, `refused` or `differ`.
    verdict: &'static str,
    detail: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "error: {reason}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), String> {
    let program = std::env::args_os().nth(1).ok_or("name the program that calls the typed client")?;
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| format!("the job can't be read: {error}"))?;
    let job: Job = serde_json::from_str(&text).map_err(|error| format!("the job can't be read: {error}"))?;
    gateway::install_crypto();
    let recorder = Recorder::start().await.map_err(|error| format!("no port is free: {error}"))?;
    let mut typed = TypedProcess::new(Path::new(&program), &recorder.url);
    for case in &job.cases {
        let operation = job.service.operation(&case.tool).ok_or_else(|| format!("no tool `{}`", case.tool))?;
        let call = async || typed.call(&case.tool, &case.arguments).await;
        let (verdict, detail) = match compare(&recorder, &job.service, operation, &case.arguments, call).await {
            Verdict::Same { unread: None } => ("same", None),
            Verdict::Same { unread } => ("unread", unread),
            Verdict::Refused { executor, client } => {
                ("refused", Some(format!("the executor: {executor}; the typed client: {client}")))
            }
            Verdict::Differ(difference) => ("differ", Some(difference)),
        };
        let line = Line { tool: &case.tool, sample: &case.sample, verdict, detail };
        let line = serde_json::to_string(&line).map_err(|error| error.to_string())?;
        writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())?;
    }
    Ok(())
}
