//! Opening, and opening again what a dead process left.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, LedgerError, PurchaseState};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;
use std::process::{Command, Stdio};
use uaps_model::Fault;

/// Set in the process that is to die; holds its database's URL.
const DOOMED: &str = "LEDGER_TEST_DOOMED";

/// Leaves one purchase of each kind and an open fee, and dies without a last word.
async fn live_and_die(url: &str) -> ! {
    let shop = Shop::on(Ledger::open(url).await.unwrap(), 1000).await;
    shop.start("sent", 300).await;
    let done = shop.start("done", 100).await;
    shop.capture(&done.id, 100).await;
    let _fee = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    assert_eq!(shop.balance().await, "posted 900, held 305, available 595");
    std::process::abort();
}

#[tokio::test]
async fn what_a_dead_process_left_is_put_in_order() {
    if let Ok(url) = std::env::var(DOOMED) {
        live_and_die(&url).await;
    }
    let (_dir, url) = lasting().await;
    let died = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "open::what_a_dead_process_left_is_put_in_order"])
        .env(DOOMED, &url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(!died.success());

    let ledger = Ledger::open(&url).await.unwrap();
    let who = ledger.keys().await.unwrap()[0].id.clone();
    let shop = Shop { ledger, who };
    assert_eq!(shop.balance().await, "posted 900, held 300, available 600");
    let find = async |key| shop.ledger.find_purchase(&shop.who, key).await.unwrap().unwrap();
    let sent = find("sent").await;
    assert_eq!((sent.state, sent.held.cents), (PurchaseState::Unknown, 300));
    assert_eq!(sent.reason.as_deref(), Some("the gateway stopped before the provider's answer was recorded"));
    assert_eq!(find("done").await.state, PurchaseState::Captured);
    shop.assert_audit_clean().await;
    shop.capture(&sent.id, 300).await;
    assert_eq!(shop.balance().await, "posted 600, held 0, available 600");
}

#[tokio::test]
async fn what_a_living_process_does_is_left_alone() {
    let (_dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let sent = shop.start("sent", 300).await;
    let fee = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();

    let second = Ledger::open(&url).await.unwrap();
    assert_eq!(second.purchase(&sent.id).await.unwrap().unwrap().state, PurchaseState::Sent);
    fee.settle();
    assert_eq!(shop.balance().await, "posted 995, held 300, available 695");

    // The first goes in good order, the second lives on: still nothing to put in order.
    shop.ledger.close().await;
    drop(shop);
    let third = Ledger::open(&url).await.unwrap();
    assert_eq!(third.purchase(&sent.id).await.unwrap().unwrap().state, PurchaseState::Sent);

    // Now all are gone.
    drop((second, third));
    let last = eventually_alone(&url).await;
    assert_eq!(last.purchase(&sent.id).await.unwrap().unwrap().state, PurchaseState::Unknown);
}

/// Opens; a second time if the last ledger was not quite gone.
async fn eventually_alone(url: &str) -> Ledger {
    for _ in 0..50 {
        let ledger = Ledger::open(url).await.unwrap();
        if ledger.purchases(Some(PurchaseState::Sent), 100).await.unwrap().is_empty() {
            return ledger;
        }
        ledger.close().await;
        drop(ledger);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("somebody is still there");
}

#[tokio::test]
async fn the_settings_are_the_safe_ones() {
    let (_dir, url) = lasting().await;
    let ledger = Ledger::open(&url).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut outsider(&url).await).await.unwrap();
    assert_eq!(mode, "wal");
    drop(ledger);
}

async fn refused(url: &str) -> LedgerError {
    let error = Ledger::open(url).await.expect_err(url);
    assert_eq!((error.fault(), error.retryable()), (Fault::Us, false), "{error}");
    error
}

fn url_of(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

#[tokio::test]
async fn a_place_that_can_not_be_is_named() {
    let (dir, url) = lasting().await;
    let said =
        async |path: &Path| refused(&url_of(path)).await.to_string().replace(&dir.path().display().to_string(), "DIR");
    let text = dir.path().join("notes.txt");
    std::fs::write(&text, "dear diary, ".repeat(100)).unwrap();
    let foreign = dir.path().join("other.db");
    let mut other = outsider(&format!("{}?mode=rwc", url_of(&foreign))).await;
    sqlx::query("CREATE TABLE notes (text TEXT)").execute(&mut other).await.unwrap();
    let mut all = vec![said(&foreign).await];
    for path in [dir.path().to_owned(), dir.path().join("no/such.db"), text.join("x.db"), text] {
        all.push(said(&path).await);
    }
    all.push(refused("postgres://me:secret@127.0.0.1:1/ledger").await.to_string());
    all.push(refused("ledger.db").await.to_string());
    all.push(refused("sqlite://ledger.db?colour=blue").await.to_string());
    all.push(refused(&format!("{url}?mode=ro")).await.to_string().replace(&dir.path().display().to_string(), "DIR"));
    all.push(refused("sqlite:///proc/self/ledger.db").await.to_string());
    insta::assert_snapshot!(all.join("\n"), @r"
    can't open the ledger `DIR/other.db`: it is the database of another program; name another file
    can't open the ledger `DIR`: it is a directory; name a file in it
    can't open the ledger `DIR/no/such.db`: its directory does not exist; create it first
    can't open the ledger `DIR/notes.txt/x.db`: its directory does not exist; create it first
    can't open the ledger `DIR/notes.txt`: it is not a SQLite database; name another file
    can't open the ledger `ledger on 127.0.0.1`: error communicating with database: Connection refused (os error 111)
    the database URL has no scheme; use sqlite://PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME
    the database URL can't be read: unknown query parameter `colour` while parsing connection URL; use sqlite://PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME
    can't open the ledger `DIR/ledger.db`: unable to open database file; the file and its directory must be readable and writable
    can't open the ledger `/proc/self/ledger.db-lock`: No such file or directory (os error 2); the file and its directory must be writable
    ");
    assert!(!dir.path().join("no").exists());
}

#[tokio::test]
async fn what_must_be_there_is_not_made() {
    let (dir, url) = lasting().await;
    let empty = dir.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    for (url, path) in [
        (url.clone(), dir.path().join("ledger.db").display().to_string()),
        (url_of(&empty), empty.display().to_string()),
        (url_of(&dir.path().join("no/such.db")), dir.path().join("no/such.db").display().to_string()),
        ("sqlite::memory:".to_owned(), ":memory:".to_owned()),
    ] {
        let error = Ledger::open_existing(&url).await.unwrap_err();
        assert_eq!(error.to_string(), format!("there is no ledger at `{path}`; check the database URL"));
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was made");
    assert_eq!(std::fs::metadata(&empty).unwrap().len(), 0);

    Ledger::open(&url).await.unwrap().close().await;
    assert!(Ledger::open_existing(&url).await.unwrap().audit().await.unwrap().is_clean());
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let (_dir, url) = lasting().await;
    Ledger::open(&url).await.unwrap().close().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut outsider(&url).await)
    .await
    .unwrap();
    let error = refused(&url).await;
    assert!(matches!(error, LedgerError::NewerSchema { found: 9999, .. }), "{error}");
}

#[tokio::test]
async fn a_changed_migration_is_noticed() {
    let (_dir, url) = lasting().await;
    Ledger::open(&url).await.unwrap().close().await;
    let change = sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'");
    change.execute(&mut outsider(&url).await).await.unwrap();
    let error = refused(&url).await;
    assert!(matches!(error, LedgerError::Migrate(_)), "{error}");
}

#[tokio::test]
async fn an_older_schema_with_data_in_it_is_brought_up_to_date() {
    let (_dir, url) = lasting().await;
    let all = sqlx::migrate!("migrations/sqlite");
    let first: Vec<_> = all.iter().take(1).cloned().collect();
    let create: SqliteConnectOptions = url.parse::<SqliteConnectOptions>().unwrap().create_if_missing(true);
    let mut old = create.connect().await.unwrap();
    sqlx::migrate::Migrator::with_migrations(first).run(&mut old).await.unwrap();
    // A key that bought something for 400 of its 1000, with 100 more on the way.
    sqlx::raw_sql(
        "BEGIN;
         INSERT INTO credential VALUES ('key_00000000000000000000000000000001', 'ada@example.com', 'authenticated',
             x'0000000000000000000000000000000000000000000000000000000000000000', 1, NULL);
         INSERT INTO account (id, kind, credential_id, currency, posted, pending, version) VALUES
             (10, 'customer', 'key_00000000000000000000000000000001', 'USD', 1000, 100, 1),
             (11, 'receivable', 'key_00000000000000000000000000000001', 'USD', 0, 0, 0);
         INSERT INTO entry VALUES ('txn_00000000000000000000000000000001', 1, 10, 1000, 'USD', 1000, 1),
             ('txn_00000000000000000000000000000001', 2, 1, -1000, 'USD', NULL, NULL);
         INSERT INTO journal VALUES ('txn_00000000000000000000000000000001', 'credit',
             'key_00000000000000000000000000000001', NULL, NULL, 'invoice', 'Credit invoice', 2);
         INSERT INTO purchase (id, credential_id, service, tool, idempotency_key, fingerprint, state, currency, held,
             charged, created_at, updated_at)
         VALUES ('pur_00000000000000000000000000000001', 'key_00000000000000000000000000000001', 'rideshare', 'book_ride',
             'one', x'0000000000000000000000000000000000000000000000000000000000000000', 'captured', 'USD', 500, 400, 3, 3),
             ('pur_00000000000000000000000000000002', 'key_00000000000000000000000000000001', 'rideshare', 'book_ride',
             'two', x'0000000000000000000000000000000000000000000000000000000000000000', 'unknown', 'USD', 100, NULL, 5, 5);
         UPDATE account SET posted = 600, version = 2 WHERE id = 10;
         INSERT INTO entry VALUES ('txn_00000000000000000000000000000002', 1, 10, -400, 'USD', 600, 2),
             ('txn_00000000000000000000000000000002', 2, 3, 400, 'USD', NULL, NULL);
         INSERT INTO journal VALUES ('txn_00000000000000000000000000000002', 'purchase',
             'key_00000000000000000000000000000001', 'pur_00000000000000000000000000000001', NULL, NULL, 'Purchase', 4);
         COMMIT;",
    )
    .execute(&mut old)
    .await
    .unwrap();
    sqlx::Connection::close(old).await.unwrap();

    let ledger = Ledger::open(&url).await.unwrap();
    let report = ledger.audit().await.unwrap();
    assert!(report.is_clean(), "{report}");
    let [who] = ledger.keys().await.unwrap().try_into().unwrap();
    let shop = Shop { ledger, who: who.id };
    assert_eq!(shop.balance().await, "posted 600, held 100, available 500");
    let bought = shop.ledger.find_purchase(&shop.who, "one").await.unwrap().unwrap();
    assert_eq!(shop.ledger.refund(&bought.id, 400, "case").await.unwrap().state, PurchaseState::Refunded);
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn a_question_that_waited_before_it_could_be_confirmed_can_not() {
    let (_dir, url) = lasting().await;
    let before: Vec<_> = sqlx::migrate!("migrations/sqlite").iter().take(5).cloned().collect();
    let create: SqliteConnectOptions = url.parse::<SqliteConnectOptions>().unwrap().create_if_missing(true);
    let mut old = create.connect().await.unwrap();
    sqlx::migrate::Migrator::with_migrations(before).run(&mut old).await.unwrap();
    sqlx::raw_sql(
        "BEGIN;
         INSERT INTO credential (id, email, level, secret_hash, created_at)
         VALUES ('key_00000000000000000000000000000001', 'ada@example.com', 'authenticated', zeroblob(32), 1);
         INSERT INTO account (kind, credential_id, currency, posted, pending, version) VALUES
             ('customer', 'key_00000000000000000000000000000001', 'USD', 0, 0, 0),
             ('receivable', 'key_00000000000000000000000000000001', 'USD', 0, 0, 0);
         INSERT INTO purchase (id, credential_id, service, tool, idempotency_key, fingerprint, state, currency, held,
             request, created_at, updated_at)
         VALUES ('pur_00000000000000000000000000000001', 'key_00000000000000000000000000000001', 'rideshare', 'book_ride',
             'one', zeroblob(32), 'held', 'USD', 0, '{}', 3, 3);
         INSERT INTO approval (id, purchase_id, demanded_by, state, created_at, expires_at)
         VALUES ('apr_00000000000000000000000000000001', 'pur_00000000000000000000000000000001',
             'key_00000000000000000000000000000001', 'waiting', 3, 9000000000000);
         COMMIT;",
    )
    .execute(&mut old)
    .await
    .unwrap();
    sqlx::Connection::close(old).await.unwrap();

    let ledger = Ledger::open(&url).await.unwrap();
    let [waiting] = ledger.approvals(None, 10).await.unwrap().try_into().unwrap();
    assert!(!waiting.confirmable);
    let report = ledger.audit().await.unwrap();
    assert!(report.is_clean(), "{report}");
}
