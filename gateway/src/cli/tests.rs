//! Command lines and what they come to.

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

fn codes() -> [String; 3] {
    [0, 1, 2].map(|code| format!("{:?}", ExitCode::from(code)))
}

#[tokio::test]
async fn codes_tell_success_from_error() {
    Cli::command().debug_assert();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("money.db").display());
    let [well, _, wrong] = codes();
    for (line, expected) in [
        ("keys create --email a@example.com --credit-cents 500", &well),
        ("keys create --email a@example.com --level identified --format json", &well),
        ("keys create --email nonsense", &wrong),
        ("keys create --email a@example.com --credit-cents -5", &wrong),
        ("keys create --email a@example.com --level root", &wrong),
        ("keys create --email a@example.com --level anonymous", &wrong),
        ("keys list", &well),
        ("keys revoke key_1", &wrong),
        ("credit key_1 --cents 5 --reference r", &wrong),
        ("purchases --state unknown --limit 5", &well),
        ("purchases --state lost", &wrong),
        ("purchases --limit 0", &wrong),
        ("audit", &well),
        ("audit --format json", &well),
        ("frobnicate", &wrong),
        ("serve --listen nowhere", &wrong),
        ("serve --listen 192.0.2.1:1", &wrong),
    ] {
        assert_eq!(&run(&database, line).await, expected, "{line}");
    }
    let config = Config { database_url: database.clone(), ..Config::default() };
    let key = open(&config).await.unwrap().keys().await.unwrap();
    let id = &key[0].id;
    assert_eq!(run(&database, &format!("credit {id} --cents 5 --reference r")).await, well);
    assert_eq!(run(&database, &format!("credit {id} --cents 6 --reference r")).await, wrong);
    assert_eq!(run(&database, &format!("keys revoke {id}")).await, well);
    assert_eq!(run("postgres://x", "keys list").await, wrong);
    assert_eq!(run("sqlite:///no/such/money.db", "serve --listen 127.0.0.1:0").await, wrong);
}

#[tokio::test]
async fn a_ledger_is_made_only_where_one_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mony.db");
    let database = format!("sqlite://{}", path.display());
    let [well, _, wrong] = codes();
    for line in ["audit", "keys list", "keys revoke key_1", "credit key_1 --cents 5 --reference r", "purchases"] {
        assert_eq!(run(&database, line).await, wrong, "{line}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{line}");
    }
    let error = open(&Config { database_url: database.clone(), ..Config::default() }).await.unwrap_err();
    let said = error.to_string().replace(&folder.path().display().to_string(), "DIR");
    insta::assert_snapshot!(said, @"there is no ledger at `DIR/mony.db`; check the database URL in --database-url or DATABASE_URL; `penumbra-gateway serve` or `penumbra-gateway keys create` makes one");
    assert_eq!(run(&database, "keys create --email a@example.com").await, well);
    assert_eq!(run(&database, "audit").await, well);
}

#[test]
fn help_shows_defaults_and_choices() {
    let help = |path: &[&str]| {
        let mut command = Cli::command();
        command.build();
        let found = path.iter().fold(&mut command, |command, name| command.find_subcommand_mut(name).unwrap());
        found.render_long_help().to_string()
    };
    for (path, needed) in [
        (&[][..], "[default: sqlite://penumbra.db]"),
        (&[], "2 anything else that failed"),
        (&["serve"], "[default: 127.0.0.1:8080]"),
        (&["audit"], "[default: sqlite://penumbra.db]"),
        (&["keys", "create"], "- identified:"),
        (&["keys", "create"], "[default: authenticated]"),
    ] {
        assert!(help(path).contains(needed), "{path:?}: {}", help(path));
    }
    assert!(!help(&["keys", "create"]).contains("anonymous"));
}

#[test]
fn the_address_of_a_ledger_may_come_before_or_after_the_command() {
    for line in
        ["penumbra-gateway --database-url sqlite://x.db audit", "penumbra-gateway audit --database-url sqlite://x.db"]
    {
        assert_eq!(Cli::try_parse_from(line.split(' ')).unwrap().database_url, "sqlite://x.db", "{line}");
    }
}
