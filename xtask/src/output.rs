//! What goes where: findings to standard output, progress and hints to standard error.

use std::io::{self, IsTerminal, Write};
use uaps_lint::{Format, render};
use uaps_spec::{Diagnostic, Sources};

/// Writes to standard output. A reader that went away is an error that [`crate::exit`] forgives.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a line to standard error.
pub(crate) fn note(text: &str) {
    // A hint that nobody can read is no reason to fail.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes diagnostics to standard output.
pub(crate) fn diagnostics(format: Format, sources: &Sources, found: &[Diagnostic]) -> io::Result<()> {
    let color = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let text = render(format, sources, found, color);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    print(&format!("{text}{end}"))
}

/// `1 provider`, `3 providers`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// `2 errors, 1 warning`.
pub(crate) fn tally(found: &[Diagnostic]) -> String {
    let errors = found.iter().filter(|d| d.is_error()).count();
    format!("{}, {}", count(errors, "error"), count(found.len() - errors, "warning"))
}
