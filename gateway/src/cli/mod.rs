//! The command line of `penumbra-gateway`.

mod approvals;
mod backup;
mod keys;
mod limits;
mod purchases;
mod refund;
mod resolve;
mod serve;
mod topups;

use crate::Config;
use crate::resolve::Evidence;
use crate::stripe::reconcile::DAYS;
use anyhow::{Context, anyhow};
use clap::{Parser, Subcommand, ValueEnum};
use ledger::{Ledger, LedgerError, PurchaseState, TopupState};
use limits::LimitFlags;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use uaps_model::{AccessLevel, Catalog};
use url::Url;

/// One gateway for many APIs: one key, one bill, one set of tools
#[derive(Debug, Parser)]
#[command(
    name = "penumbra-gateway",
    version,
    arg_required_else_help = false,
    after_help = "Exit codes: 0 well, 1 the books are wrong or differ from Stripe's, 2 anything else that failed"
)]
pub struct Cli {
    /// Where the ledger is; overrides the environment
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true,
        default_value_t = Config::default().database_url
    )]
    database_url: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway (the default)
    Serve {
        /// Host and port to listen on
        #[arg(long, env = "PENUMBRA_LISTEN", value_name = "HOST:PORT", default_value_t = Config::default().listen)]
        listen: String,
        /// A folder with services beside those that are compiled in, as `cargo xtask gen --out` writes it
        #[arg(long, env = "PENUMBRA_CATALOG", value_name = "DIR")]
        catalog: Option<OsString>,
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
        /// Only those in this state: held, sent, unknown, needs_operator, captured, refunded or released
        #[arg(long)]
        state: Option<PurchaseState>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List purchases that wait for an approval, oldest first, or deny one
    ///
    /// A yes sends the order at once, so it needs the running gateway: POST /v1/approvals/{id} with a key above, or
    /// POST /admin/approvals/{id} with the admin token.
    #[command(args_conflicts_with_subcommands = true)]
    Approvals {
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(subcommand)]
        command: Option<ApprovalsCommand>,
    },
    /// List top-ups, newest first, or compare them with Stripe
    #[command(args_conflicts_with_subcommands = true)]
    Topups {
        /// Only those in this state: open, paid, expired or returned
        #[arg(long)]
        state: Option<TopupState>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(subcommand)]
        command: Option<TopupsCommand>,
    },
    /// Settle a purchase whose outcome is unknown, by what the provider says of it
    #[command(group(clap::ArgGroup::new("outcome").required(true).args(["captured", "not_bought"])))]
    Resolve {
        /// The purchase's id, as `purchases --state needs_operator` shows it
        id: String,
        /// It was bought, and the provider charged so many US cents
        #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
        captured: Option<i64>,
        /// The provider's own id of the sale
        #[arg(long, value_name = "ID", requires = "captured")]
        transaction: Option<String>,
        /// It was certainly not bought: the money is given back
        #[arg(long)]
        not_bought: bool,
        /// How you know; kept with the purchase
        #[arg(long)]
        reason: String,
    },
    /// Give money of a captured purchase back to its key
    Refund {
        /// The purchase's id
        id: String,
        /// US cents; all that is left where it isn't given
        #[arg(long, allow_negative_numbers = true)]
        cents: Option<i64>,
        /// Where the refund comes from (the provider's refund, a case); the same reference counts once
        #[arg(long)]
        reference: String,
    },
    /// Write a copy of the ledger into a new file, while the gateway runs
    Backup {
        /// The file; it must not exist
        file: PathBuf,
    },
    /// Put a copy in place of a ledger that is gone; exit 1 if its books are wrong
    Restore {
        /// A file that `backup` wrote
        file: PathBuf,
    },
    /// Prove that the books are right; exit 1 if they are not
    Audit {
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Debug, Subcommand)]
enum ApprovalsCommand {
    /// Say no: the money is free again, and nothing is bought
    Deny {
        /// The approval's id, as `approvals` shows it
        id: String,
        /// Why; whoever asked is told
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
enum TopupsCommand {
    /// Ask Stripe for what was missed and book it; exit 1 if something differs that can't be mended so
    Reconcile {
        /// How many days to look back; what is open or disputed is always looked at
        #[arg(long, default_value_t = DAYS, value_parser = clap::value_parser!(u32).range(1..=3660))]
        days: u32,
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
        /// What it may do
        #[arg(long, value_enum, default_value_t)]
        level: Level,
        /// The id of the key above it, whose money it spends and within whose limits it stays
        #[arg(long, value_name = "ID", conflicts_with = "credit_cents")]
        parent: Option<String>,
        #[command(flatten)]
        limits: LimitFlags,
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
    /// Set what a key may spend, in place of what it might before; without a flag nothing is limited
    Limit {
        /// The key's id, as `keys list` shows it
        id: String,
        #[command(flatten)]
        limits: LimitFlags,
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

/// The levels that a key can have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Reads and writes
    Identified,
    /// Buys, too
    #[default]
    Authenticated,
}

impl From<Level> for AccessLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Identified => AccessLevel::Identified,
            Level::Authenticated => AccessLevel::Authenticated,
        }
    }
}

impl Cli {
    /// Runs the command. Errors are printed; the code is 0 for well, 1 for books that are wrong, 2 for any error.
    pub async fn run(self, catalog: Catalog) -> ExitCode {
        match self.dispatch(catalog).await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::from(2)
            }
        }
    }

    async fn dispatch(self, catalog: Catalog) -> anyhow::Result<ExitCode> {
        let mut config = Config::from_env()?;
        // What is set to nothing counts as not set.
        let set = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        config.database_url = set(self.database_url).unwrap_or(config.database_url);
        match self.command {
            None => serve::serve(config, catalog).await?,
            Some(command) => return command.run(config, catalog).await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Command {
    async fn run(self, mut config: Config, catalog: Catalog) -> anyhow::Result<ExitCode> {
        match self {
            Command::Serve { listen, catalog: folder } => {
                config.catalog = folder.filter(|folder| !folder.is_empty()).map(PathBuf::from).or(config.catalog);
                config.listen = Some(listen).filter(|text| !text.trim().is_empty()).unwrap_or(config.listen);
                serve::serve(config, catalog).await?;
            }
            Command::Keys(command @ KeysCommand::Create { parent: None, .. }) => {
                keys::run(&create(&config).await?, command).await?
            }
            Command::Keys(command) => keys::run(&open(&config).await?, command).await?,
            Command::Credit { id, cents, reference } => {
                keys::credit(&open(&config).await?, &id, cents, &reference).await?;
            }
            Command::Purchases { state, limit, format } => {
                purchases::list(&open(&config).await?, state, limit, format).await?;
            }
            Command::Approvals { command: Some(ApprovalsCommand::Deny { id, reason }), .. } => {
                approvals::deny(&open(&config).await?, &id, &reason).await?;
            }
            Command::Approvals { limit, format, command: None } => {
                approvals::list(&open(&config).await?, limit, format).await?;
            }
            Command::Topups { command: Some(TopupsCommand::Reconcile { days, format }), .. } => {
                let ledger = open(&config).await?;
                return topups::reconcile(config, ledger, days, format).await;
            }
            Command::Topups { state, limit, format, command: None } => {
                topups::list(&open(&config).await?, state, limit, format).await?;
            }
            Command::Resolve { id, captured, transaction, not_bought: _, reason } => {
                let evidence = Evidence { captured, transaction, reason };
                resolve::run(&open(&config).await?, &id, evidence).await?;
            }
            Command::Refund { id, cents, reference } => {
                refund::run(&open(&config).await?, &id, cents, &reference).await?;
            }
            Command::Backup { file } => {
                backup::backup(&open(&config).await?, &shown(&config.database_url), &file).await?
            }
            Command::Restore { file } => return backup::restore(&config.database_url, &file).await,
            Command::Audit { format } => {
                let ledger = open(&config).await?;
                return purchases::audit(&ledger, &shown(&config.database_url), format).await;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The ledger, made if it isn't there: only where a first one is to be expected.
async fn create(config: &Config) -> anyhow::Result<Ledger> {
    Ok(Ledger::open(&config.database_url).await?)
}

/// The ledger that is there. A mistyped path must not become an empty ledger whose books are right.
async fn open(config: &Config) -> anyhow::Result<Ledger> {
    Ledger::open_existing(&config.database_url).await.map_err(|error| match error {
        LedgerError::Absent { .. } => anyhow!(
            "{error} in --database-url or DATABASE_URL; `penumbra-gateway serve` or `penumbra-gateway keys create` makes one"
        ),
        other => other.into(),
    })
}

/// Where the ledger is, for people to read: without a password.
fn shown(database_url: &str) -> String {
    let Some(mut url) = Url::parse(database_url).ok().filter(|url| url.scheme() != "sqlite") else {
        return database_url.to_owned();
    };
    // One that has no user can't have a password either.
    let _ = url.set_password(None);
    let rest: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "password").collect();
    url.set_query(None);
    if !rest.is_empty() {
        url.query_pairs_mut().extend_pairs(rest);
    }
    url.into()
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
mod tests;
