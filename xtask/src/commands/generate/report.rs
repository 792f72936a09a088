//! What a run has to say at its end.

use super::Args;
use crate::disk::{Mode, State};
use crate::exit::Outcome;
use crate::output::{count, note, print};
use crate::workspace::shown;
use anyhow::Result;
use std::path::PathBuf;

/// Tells what differed, in the way of the mode.
pub(super) fn report(args: &Args, changes: &[(PathBuf, State)], selected: usize, compiled: usize) -> Result<Outcome> {
    let surplus = changes.iter().filter(|(_, state)| *state == State::Surplus).count();
    match args.mode() {
        Mode::Check => {
            for (path, state) in changes {
                print(&format!("problem: {} {}\nfix: {}\n", shown(path), words(*state), args.remedy()))?;
            }
            match changes.len() {
                0 => note(&format!("{} checked: every generated file is as it should be", count(selected, "provider"))),
                stale => {
                    note(&format!("{} checked: {} out of date", count(selected, "provider"), count(stale, "file")))
                }
            }
            return Ok(Outcome::of(!changes.is_empty()));
        }
        Mode::DryRun => {
            for (path, state) in changes {
                let verb = if *state == State::Surplus { "would remove" } else { "would write" };
                print(&format!("{verb} {}\n", shown(path)))?;
            }
            note("nothing was written");
        }
        Mode::Write if changes.is_empty() => {
            note(&format!("nothing changed: {} up to date", count(selected, "provider")));
        }
        Mode::Write => note(&format!(
            "compiled {} of {}: {} written, {} removed",
            compiled,
            count(selected, "provider"),
            count(changes.len() - surplus, "file"),
            surplus
        )),
    }
    Ok(Outcome::Well)
}

fn words(state: State) -> &'static str {
    match state {
        State::Fresh => "is as it should be",
        State::Missing => "is missing",
        State::Stale => "is out of date",
        State::Surplus => "should not be there",
    }
}
