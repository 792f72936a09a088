//! The project's command line: `cargo xtask <command>`. A table of subcommands; each has a file under `commands`.

mod clients;
mod commands;
mod disk;
mod download;
mod exit;
mod files;
mod output;
mod progress;
mod providers;
mod tree;
mod workspace;

use clap::{Parser, Subcommand};
use commands::{bench, corpus, dev, diff, generate, mutate, sabotage, scaffold_provider, simulate, validate};

/// Adds, checks and compiles providers, and runs the whole thing
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit status: 0 all well, 1 findings, 2 wrong use or a failure of the machine.\n\
                  Findings go to standard output, progress and hints to standard error."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    ScaffoldProvider(Box<scaffold_provider::Args>),
    Validate(validate::Args),
    Gen(generate::Args),
    Corpus(corpus::Args),
    Diff(diff::Args),
    Bench(bench::Args),
    Mutate(mutate::Args),
    Simulate(simulate::Args),
    Sabotage(sabotage::Args),
    Dev(dev::Args),
}

fn main() -> std::process::ExitCode {
    exit::code(match Cli::parse().command {
        Command::ScaffoldProvider(args) => scaffold_provider::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Gen(args) => generate::run(&args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Mutate(args) => mutate::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Sabotage(args) => sabotage::run(&args),
        Command::Dev(args) => dev::run(&args),
    })
}
