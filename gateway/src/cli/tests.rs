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
        ("keys create --email a@example.com --parent key_1", &wrong),
        ("keys create --email a@example.com --budget-cents 500 --approval-above 100", &well),
        ("keys create --email a@example.com --approval-above -1", &wrong),
        ("approvals", &well),
        ("approvals --format json --limit 5", &well),
        ("approvals deny apr_1 --reason r", &wrong),
        ("approvals deny apr_1", &wrong),
        ("approvals approve apr_1", &wrong),
        ("purchases --state held", &well),
        ("keys revoke key_1", &wrong),
        ("credit key_1 --cents 5 --reference r", &wrong),
        ("purchases --state unknown --limit 5", &well),
        ("purchases --state needs_operator", &well),
        ("purchases --state lost", &wrong),
        ("resolve pur_1 --not-bought --reason r", &wrong),
        ("resolve pur_1 --reason r", &wrong),
        ("resolve pur_1 --captured 5 --not-bought --reason r", &wrong),
        ("refund pur_1 --reference r", &wrong),
        ("restore /no/such.backup", &wrong),
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
    for (flags, expected) in [
        ("", &well),
        (
            " --purchase-cents 500 --budget-cents 900 --purchases 3 --window-hours 2 --service shop --expires 2999-01-01",
            &well,
        ),
        (" --approval-above 1000", &well),
        (" --confirm-above 0 --confirm-destructive", &well),
        (" --confirm-above -1", &wrong),
        (" --approval-above -1", &wrong),
        (" --purchase-cents -1", &wrong),
        (" --window-hours 0", &wrong),
        (" --expires tomorrow", &wrong),
    ] {
        assert_eq!(&run(&database, &format!("keys limit {id}{flags}")).await, expected, "{flags}");
    }
    assert_eq!(run(&database, "keys limit key_1 --purchases 3").await, wrong);
    let child = format!("keys create --email a@example.com --parent {id} --purchases 3");
    assert_eq!(run(&database, &child).await, well);
    assert_eq!(run(&database, &format!("{child} --credit-cents 5")).await, wrong);
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
        (&["approvals"], "POST /v1/approvals/{id}"),
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

#[tokio::test]
async fn the_operator_denies_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("money.db").display());
    let ledger = Ledger::open(&database).await.unwrap();
    let limits = ledger::Limits { approval_above: Some(500), ..ledger::Limits::default() };
    let new = ledger::NewKey::new("a@example.com", AccessLevel::Authenticated);
    let new = ledger::NewKey { credit_cents: 5000, limits, ..new };
    let who = ledger.create_key(new).await.unwrap().credential.id;
    let order = ledger::NewPurchase {
        credential: who.clone(),
        service: "shop".into(),
        tool: "place_order".into(),
        idempotency_key: "k".into(),
        fingerprint: ledger::Fingerprint::of("k"),
        quote: None,
        amount: uaps_model::Money::usd(1000),
        request: None,
        order: Some("{}".into()),
    };
    let ledger::Begun::Held(purchase, approval) = ledger.begin_purchase(order).await.unwrap() else { panic!() };
    let [well, _, wrong] = codes();
    assert_eq!(run(&database, &format!("resolve {} --not-bought --reason r", purchase.id)).await, wrong);
    let line = format!("approvals deny {} --reason dear", approval.id);
    assert_eq!([run(&database, &line).await, run(&database, &line).await], [well, wrong]);
    let denied = ledger.purchase(&purchase.id).await.unwrap().unwrap();
    assert_eq!(denied.reason.as_deref(), Some("operator did not approve it: dear"));
    assert_eq!(denied.answer.unwrap().status, 403);
    assert_eq!(ledger.balance(&who).await.unwrap().available_cents, 5000);
}

/// Words, and what the purchase is then.
#[tokio::test]
async fn an_unknown_purchase_is_settled_by_what_the_operator_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("money.db").display());
    let ledger = Ledger::open(&database).await.unwrap();
    let new = ledger::NewKey { credit_cents: 5000, ..ledger::NewKey::new("a@example.com", AccessLevel::Authenticated) };
    let who = ledger.create_key(new).await.unwrap().credential.id;
    let mut ids = Vec::new();
    for key in ["bought", "refused", "underway"] {
        let new = ledger::NewPurchase {
            credential: who.clone(),
            service: "shop".into(),
            tool: "place_order".into(),
            idempotency_key: key.into(),
            fingerprint: ledger::Fingerprint::of(key),
            quote: None,
            amount: uaps_model::Money::usd(1000),
            request: None,
            order: None,
        };
        let ledger::Begun::Started(purchase) = ledger.begin_purchase(new).await.unwrap() else { panic!() };
        ids.push(purchase.id);
    }
    let [bought, refused, underway] = ids.try_into().unwrap();
    for id in [&bought, &refused] {
        ledger.mark_unknown(id, "timeout").await.unwrap();
    }
    let [well, _, wrong] = codes();
    for (line, expected) in [
        (format!("resolve {underway} --not-bought --reason x"), &wrong),
        (format!("resolve {bought} --captured -1 --reason x"), &wrong),
        (format!("resolve {bought} --captured 900 --transaction o-1 --reason invoice"), &well),
        (format!("resolve {bought} --captured 900 --reason again"), &wrong),
        (format!("resolve {refused} --not-bought --reason call"), &well),
        (format!("refund {refused} --reference r-0"), &wrong),
        (format!("refund {bought} --cents 901 --reference r-1"), &wrong),
        (format!("refund {bought} --cents 300 --reference r-1"), &well),
        (format!("refund {bought} --cents 300 --reference r-1"), &well),
        (format!("refund {bought} --reference r-2"), &well),
        (format!("refund {bought} --reference r-3"), &wrong),
        ("audit".to_owned(), &well),
    ] {
        assert_eq!(&run(&database, &line).await, expected, "{line}");
    }
    let state = async |id| ledger.purchase(id).await.unwrap().unwrap().state.to_string();
    assert_eq!([state(&bought).await, state(&refused).await], ["refunded", "released"]);
    let balance = ledger.balance(&who).await.unwrap();
    assert_eq!((balance.posted_cents, balance.held_cents), (5000, 1000));
}

#[test]
fn the_password_of_a_ledger_is_not_shown() {
    for (url, expected) in [
        ("sqlite://penumbra.db?mode=rwc", "sqlite://penumbra.db?mode=rwc"),
        ("sqlite::memory:", "sqlite::memory:"),
        ("postgres://me:s3cr3t@db.example/books", "postgres://me@db.example/books"),
        ("postgres://db.example/books?password=s3cr3t&sslmode=require", "postgres://db.example/books?sslmode=require"),
        ("postgres:///books?password=s3cr3t", "postgres:///books"),
    ] {
        assert_eq!(shown(url), expected);
    }
}
