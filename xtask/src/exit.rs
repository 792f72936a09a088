//! Exit statuses: 0 all well, 1 findings, 2 wrong use or a failure of the machine.

use std::process::ExitCode;

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing to complain about.
    Well,
    /// It found something, and has said so.
    Findings,
}

impl Outcome {
    /// `Findings` where there are any.
    pub(crate) fn of(findings: bool) -> Self {
        if findings { Outcome::Findings } else { Outcome::Well }
    }
}

/// Tells an error, and turns the end of a command into the status of the process.
pub(crate) fn code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        // Whoever reads our output has read enough: `cargo xtask validate | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}
