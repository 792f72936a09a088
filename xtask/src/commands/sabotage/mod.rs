//! `cargo xtask sabotage`: whether the tests would notice. The code is broken in ways that lose money, one after the other,
//! in a copy of the project, and the named tests must fail each time.

mod table;
mod tree;

use crate::exit::Outcome;
use crate::output::{note, print};
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use table::{Sabotage, TABLE};
use tree::Tree;

/// Breaks the code in ways that lose money, and sees that the tests notice each
///
/// The exit status is 1 where a test passes that should not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these, by name; all where none is named
    #[arg(value_name = "NAME", value_parser = names())]
    names: Vec<String>,
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(TABLE.iter().map(|one| one.name))
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let tree = Tree::copy(&Workspace::find()?)?;
    let mut unnoticed = 0;
    for one in TABLE.iter().filter(|one| args.names.is_empty() || args.names.iter().any(|name| name == one.name)) {
        note(&format!("{}: {}", one.name, one.what));
        for (test, noticed) in tree.broken(one.file, one.from, one.to, || tests(&tree, one))? {
            let word = if noticed { "noticed" } else { "UNNOTICED" };
            print(&format!("{:<24}{word:<11}{test}\n", one.name))?;
            unnoticed += usize::from(!noticed);
        }
    }
    Ok(Outcome::of(unnoticed > 0))
}

/// Runs the tests of a broken tree: each, and whether it failed. One that can't even be built notices nothing.
fn tests(tree: &Tree, one: &Sabotage) -> Result<Vec<(String, bool)>> {
    let mut found = Vec::with_capacity(one.tests.len());
    for test in one.tests {
        let built = tree.test(&[&["--no-run"], *test].concat())?;
        if !built.status.success() {
            bail!("`{}` does not build:\n{}", one.name, String::from_utf8_lossy(&built.stderr));
        }
        let ran = tree.test(test)?;
        let said = String::from_utf8_lossy(&ran.stdout);
        if said.contains("running 0 tests") && !said.contains("running 1 test") {
            bail!("`cargo test {}` runs no test", test.join(" "));
        }
        found.push((test.join(" "), !ran.status.success()));
    }
    Ok(found)
}
