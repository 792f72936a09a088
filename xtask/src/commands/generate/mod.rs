//! `cargo xtask gen`: catalogue and typed clients, where they are not fresh.

mod compile;
mod meanings;
mod report;
mod write;

use crate::disk::{Guard, Mode};
use crate::exit::Outcome;
use crate::output::note;
use crate::providers;
use crate::tree::Tree;
use crate::workspace::{Workspace, shown};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// Compiles providers into the catalogue and the typed clients
///
/// What gen.lock shows unchanged is skipped. A finding stops the run before anything is written, and nothing is ever
/// half-written.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Providers to compile; all of them where none is named
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Folder of the providers [default: specs in the project]
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// Folder of the output [default: generated in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; derive everything again and fail where a file on disk differs
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    check: bool,
    /// Write nothing; tell what would be written
    #[arg(long)]
    dry_run: bool,
    /// Compile even what is fresh
    #[arg(long)]
    force: bool,
}

impl Args {
    fn mode(&self) -> Mode {
        match (self.check, self.dry_run) {
            (true, _) => Mode::Check,
            (_, true) => Mode::DryRun,
            _ => Mode::Write,
        }
    }

    /// Whether the project's own folders are meant: only then are the files beside them written too.
    fn is_the_project(&self) -> bool {
        self.specs.is_none() && self.out.is_none()
    }

    /// The command that mends what `--check` finds.
    fn remedy(&self) -> String {
        let folder = |flag: &str, path: &Option<PathBuf>| match path {
            Some(path) => format!(" {flag} {}", path.display()),
            None => String::new(),
        };
        format!("cargo xtask gen{}{}", folder("--specs", &self.specs), folder("--out", &self.out))
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let specs = providers::specs_folder(args.specs.as_ref())?;
    let folders = providers::all(&specs)?;
    let selected = providers::select(&folders, &args.ids)?;
    let root = match &args.out {
        Some(out) => std::path::absolute(out).with_context(|| format!("{} is no path", out.display()))?,
        None => Workspace::find()?.path("generated"),
    };
    let is_new = !root.exists();
    if args.mode() == Mode::Write {
        fs::create_dir_all(&root).with_context(|| format!("{} can't be written; nothing was changed", shown(&root)))?;
    }
    let guard = Guard::take(&root)?;
    let result = run_in(args, &Tree::new(root.clone()), &folders, &selected, &specs);
    drop(guard);
    if is_new && args.mode() == Mode::Write {
        // Only an empty folder goes: one that a failed run leaves.
        let _ = fs::remove_dir(&root);
    }
    result
}

fn run_in(
    args: &Args,
    tree: &Tree,
    folders: &[providers::Folder],
    selected: &[providers::Folder],
    specs: &std::path::Path,
) -> Result<Outcome> {
    let again = args.force || args.check;
    let Some(compiled) = compile::stale(tree, selected, again)? else {
        note("nothing was written");
        return Ok(Outcome::Findings);
    };
    for id in compiled.iter().filter(|c| c.was_edited).map(|c| &c.id) {
        note(&format!(
            "the output of `{id}` was changed by hand; what a person writes belongs into {}/{id}",
            shown(specs)
        ));
    }
    let Some(outputs) = compile::outputs(tree, &compiled)? else {
        note("nothing was written");
        return Ok(Outcome::Findings);
    };
    let changes = write::write(args, tree, folders, &compiled, outputs, specs)?;
    report::report(args, &changes, selected.len(), compiled.len())
}
