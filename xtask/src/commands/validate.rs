//! `cargo xtask validate`: every finding of every provider, in one run.

use crate::exit::Outcome;
use crate::output::{count, diagnostics, note, tally};
use crate::providers;
use crate::workspace::shown;
use anyhow::Result;
use clap::ValueEnum;
use std::path::PathBuf;
use uaps_spec::Sources;

/// Checks providers against UAPS-1
///
/// Errors make the exit status 1; warnings alone leave it 0. Nothing is written.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Providers to check; all of them where none is named
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Folder of the providers [default: specs in the project]
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    /// With the lines they are about, and what mends them
    Full,
    /// One line each: file:line:column: code message
    Concise,
    /// One JSON document
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl From<Format> for uaps_lint::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Full => uaps_lint::Format::Full,
            Format::Concise => uaps_lint::Format::Concise,
            Format::Json => uaps_lint::Format::Json,
            Format::Github => uaps_lint::Format::Github,
            Format::Sarif => uaps_lint::Format::Sarif,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let specs = providers::specs_folder(args.specs.as_ref())?;
    let folders = providers::select(&providers::all(&specs)?, &args.ids)?;
    let mut sources = Sources::default();
    let mut found = Vec::new();
    for folder in &folders {
        match providers::load(&mut sources, folder) {
            Ok(input) => found.extend(uaps_lint::check(&mut sources, input).1),
            Err(broken) => found.extend(broken),
        }
    }
    // Formats for programs are whole even when there is nothing to say.
    if !found.is_empty() || matches!(args.format, Format::Json | Format::Sarif) {
        diagnostics(args.format.into(), &sources, &found)?;
    }
    if folders.is_empty() {
        note(&format!("there is no provider in {}; add one with `cargo xtask scaffold-provider`", shown(&specs)));
        return Ok(Outcome::Well);
    }
    note(&format!("checked {}: {}", count(folders.len(), "provider"), tally(&found)));
    Ok(Outcome::of(found.iter().any(uaps_spec::Diagnostic::is_error)))
}
