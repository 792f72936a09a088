//! The command line of `penumbra-gateway`.

mod keys;
mod purchases;
mod serve;

use crate::{Config, ConfigError};
use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use ledger::{Ledger, PurchaseState};
use std::process::ExitCode;
use uaps_model::{AccessLevel, Catalog};

/// One gateway for many APIs: one key, one bill, one set of tools
#[derive(Debug, Parser)]
#[command(name = "penumbra-gateway", version, arg_required_else_help = false)]
pub struct Cli {
    /// Where the ledger is; overrides the environment
    #[arg(long, env = "DATABASE_URL", global = true, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway (the default)
    Serve {
        /// Host and port to listen on
        #[arg(long, env = "PENUMBRA_LISTEN", value_name = "HOST:PORT")]
        listen: Option<String>,
    },
    /// Make, list and revoke keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Add money to a key
    Credit {
        /// The key's id, as `keys list` shows it
        id: String,
        /// US cents
        #[arg(long, allow_negative_numbers = true)]
        cents: i64,
        /// Where the money came from; the same reference counts once
        #[arg(long)]
        reference: String,
    },
    /// List purchases, newest first
    Purchases {
        /// Only those in this state: sent, unknown, captured or released
        #[arg(long)]
        state: Option<PurchaseState>,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Prove that the books are right; exit 1 if they are not
    Audit {
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a key and print its secret, this once
    Create {
        /// Whose key it is
        #[arg(long)]
        email: String,
        /// Money it starts with, in US cents
        #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
        credit_cents: i64,
        /// What it may do: identified or authenticated
        #[arg(long, default_value_t = AccessLevel::Authenticated)]
        level: AccessLevel,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List all keys, without their secrets
    List {
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Refuse a key from now on
    Revoke {
        /// The key's id, as `keys list` shows it
        id: String,
    },
}

/// How a command prints its result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Wrong use: exit 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

impl Cli {
    /// Runs the command. Errors are printed; the code is 0 for well, 1 for failed, 2 for wrong use.
    pub async fn run(self, catalog: Catalog) -> ExitCode {
        match self.dispatch(catalog).await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("error: {error:#}");
                let usage = error.is::<Usage>() || error.is::<ConfigError>();
                ExitCode::from(if usage { 2 } else { 1 })
            }
        }
    }

    async fn dispatch(self, catalog: Catalog) -> anyhow::Result<ExitCode> {
        let mut config = Config::from_env()?;
        let set = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        config.database_url = set(self.database_url).unwrap_or(config.database_url);
        match self.command.unwrap_or(Command::Serve { listen: None }) {
            Command::Serve { listen } => {
                config.listen = set(listen).unwrap_or(config.listen);
                serve::serve(config, catalog).await?;
            }
            Command::Keys(command) => keys::run(&open(&config).await?, command).await?,
            Command::Credit { id, cents, reference } => {
                keys::credit(&open(&config).await?, &id, cents, &reference).await?;
            }
            Command::Purchases { state, format } => purchases::list(&open(&config).await?, state, format).await?,
            Command::Audit { format } => return purchases::audit(&open(&config).await?, format).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn open(config: &Config) -> anyhow::Result<Ledger> {
    Ok(Ledger::open(&config.database_url).await?)
}

/// Prints to standard output. A reader that has gone away (`| head`) is no error.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::{ErrorKind, Write};
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("can't write to standard output"),
        _ => Ok(()),
    }
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// Runs a command line against a database and gives its exit code.
    async fn run(database: &str, line: &str) -> String {
        let words = ["penumbra-gateway", "--database-url", database].into_iter().chain(line.split(' '));
        match Cli::try_parse_from(words) {
            Ok(cli) => format!("{:?}", cli.run(Catalog::fixed(&[])).await),
            Err(error) => format!("{:?}", ExitCode::from(u8::try_from(error.exit_code()).unwrap())),
        }
    }

    #[tokio::test]
    async fn codes_tell_success_from_wrong_use() {
        Cli::command().debug_assert();
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("money.db").display());
        let [well, failed, wrong] = [0, 1, 2].map(|code| format!("{:?}", ExitCode::from(code)));
        for (line, expected) in [
            ("keys create --email a@example.com --credit-cents 500", &well),
            ("keys create --email a@example.com --level identified --format json", &well),
            ("keys create --email nonsense", &wrong),
            ("keys create --email a@example.com --credit-cents -5", &wrong),
            ("keys create --email a@example.com --level root", &wrong),
            ("keys list", &well),
            ("keys revoke key_1", &wrong),
            ("credit key_1 --cents 5 --reference r", &wrong),
            ("purchases --state unknown", &well),
            ("purchases --state lost", &wrong),
            ("audit", &well),
            ("frobnicate", &wrong),
            ("serve --listen nowhere", &wrong),
            ("serve --listen 192.0.2.1:1", &failed),
        ] {
            assert_eq!(&run(&database, line).await, expected, "{line}");
        }
        let key =
            open(&Config { database_url: database.clone(), ..Config::default() }).await.unwrap().keys().await.unwrap();
        let id = &key[0].id;
        assert_eq!(run(&database, &format!("credit {id} --cents 5 --reference r")).await, well);
        assert_eq!(run(&database, &format!("credit {id} --cents 6 --reference r")).await, wrong);
        assert_eq!(run(&database, &format!("keys revoke {id}")).await, well);
        assert_eq!(run("postgres://x", "keys list").await, failed);
    }
}
