//! A worker of `cargo xtask mutate`: a job on stdin, lines on stdout. It ends with 0 when its mutants are done, with 2 if
//! the job can't be read; however else it ends, the last mutant it began with is the cause.

use std::io::Write;
use std::process::ExitCode;
use uaps_mutate::job::{Job, work};

fn main() -> ExitCode {
    let job: Job = match serde_json::from_reader(std::io::stdin().lock()) {
        Ok(job) => job,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: the job can't be read: {error}");
            return ExitCode::from(2);
        }
    };
    let mut out = std::io::stdout().lock();
    work(&job, |line| {
        let text = serde_json::to_string(line).unwrap_or_default();
        writeln!(out, "{text}").and_then(|()| out.flush()).is_ok()
    });
    ExitCode::SUCCESS
}
