//! `cargo xtask diff`: what changed for users since a revision, and whether it breaks them.

mod allow;
mod sides;

use crate::exit::Outcome;
use crate::output::{count, note, print};
use crate::providers;
use crate::workspace::shown;
use allow::AllowList;
use anyhow::Result;
use clap::ValueEnum;
use sides::Side;
use std::path::PathBuf;
use uaps_diff::{Bump, Change};
use uaps_spec::Sources;

/// Tells which changes of operations, schemas, access, prices and tool names break users
///
/// Both sides are compiled by this compiler, so that a change of the compiler is not a change of a provider. A breaking
/// change makes the exit status 1, unless SPECS/diff-allow.yaml gives a reason for its fingerprint.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Providers to compare; all of them where none is named
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// What to compare with: a git revision, or another folder of providers
    #[arg(long, value_name = "REV|DIR")]
    against: String,
    /// Folder of the providers [default: specs in the project]
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// How changes are written
    #[arg(long, value_enum, default_value_t = Format::Full)]
    format: Format,
}

/// How changes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// By provider, with places, values, and how to allow what breaks
    Full,
    /// One line each
    Concise,
    /// One JSON array
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

impl From<Format> for uaps_diff::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Full => uaps_diff::Format::Full,
            Format::Concise => uaps_diff::Format::Concise,
            Format::Json => uaps_diff::Format::Json,
            Format::Github => uaps_diff::Format::Github,
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let specs = providers::specs_folder(args.specs.as_ref())?;
    let mut sources = Sources::default();
    let list = AllowList::read(&mut sources, &specs.join("diff-allow.yaml"))?;
    let before = sides::before(&args.against, &specs)?;
    let before = Side::compile(before.path(), &args.ids)?;
    let after = Side::compile(&specs, &args.ids)?;
    sides::check_ids(&args.ids, &before, &after)?;

    let mut changes: Vec<Change> = Vec::new();
    let broken: Vec<_> = before.broken.keys().chain(after.broken.keys()).cloned().collect();
    for (id, why) in &before.broken {
        let reason = format!("the provider does not compile as it was before: {}", why.reason);
        changes.push(uaps_diff::not_comparable(id, &why.codes, &reason));
    }
    // What doesn't compile now can't be allowed: it is no change, it is a mistake.
    for (id, why) in &after.broken {
        note(&format!("error: `{id}` does not compile as it is now: {}; see `cargo xtask validate {id}`", why.reason));
    }
    let whole = |side: &'_ Side| side.services.iter().filter(|s| !broken.contains(&s.id)).cloned().collect::<Vec<_>>();
    changes.extend(uaps_diff::compare_all(&whole(&before), &whole(&after)));

    let bump = Bump::of(&changes).as_str();
    let (judged, unused) = uaps_diff::judge(changes, &list.entries);
    // A list that is compared in part can't be judged as a whole.
    let unused = if args.ids.is_empty() { unused } else { Vec::new() };
    let findings = list.findings(&unused);
    if !findings.is_empty() {
        // Not between the changes: those may be read by a program.
        note(uaps_lint::render(uaps_lint::Format::Full, &sources, &findings, false).trim_end());
    }
    print(&uaps_diff::render(args.format.into(), &judged, &shown(&specs.join("diff-allow.yaml"))))?;
    let breaking = judged.iter().filter(|judged| judged.change.is_breaking()).count();
    let fails = judged.iter().filter(|judged| judged.fails()).count();
    note(&format!(
        "{} against {}: {breaking} breaking ({} allowed), {} compatible; version bump: {bump}",
        count(judged.len(), "change"),
        args.against,
        breaking - fails,
        judged.len() - breaking
    ));
    let wrong = !after.broken.is_empty();
    Ok(Outcome::of(wrong || fails > 0 || findings.iter().any(uaps_spec::Diagnostic::is_error)))
}
