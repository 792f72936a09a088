//! The audit finds what is wrong, each by the name of what it breaks.

use crate::context::{Shop, answer};
use crate::store::{RANDOM_ID, ZEROES, disarm, lasting, outsider};
use ledger::{Begun, Ledger, Limits, NewPurchase};
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// A ledger with something of everything.
async fn history(url: &str) -> Shop {
    let shop = Shop::on(Ledger::open(url).await.unwrap(), 1000).await;
    let (bought, refused) = (shop.start("bought", 500).await, shop.start("refused", 100).await);
    shop.capture(&bought.id, 400).await;
    shop.ledger.release(&refused.id, "refused", answer("")).await.unwrap();
    shop.ledger.refund(&bought.id, 50, "case").await.unwrap();
    shop.start("open", 100).await;
    let fee = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    fee.settle();
    shop.ledger.settle_fees(&shop.who).await.unwrap();
    let fee = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    drop(fee);
    shop.ledger.settle_fees(&shop.who).await.unwrap();
    let limits = Limits { approval_above: Some(80), ..Limits::default() };
    shop.ledger.set_limits(&shop.who, limits).await.unwrap();
    let asked = NewPurchase { order: Some("{}".to_owned()), ..shop.order("asked", 90) };
    assert!(matches!(shop.ledger.begin_purchase(asked).await.unwrap(), Begun::Held(..)));
    shop
}

/// Does damage, and names the invariants that the audit then finds broken.
#[track_caller]
fn check(damage: &str, expected: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found: Vec<String> = runtime.block_on(async {
        let (_dir, url) = lasting().await;
        let shop = history(&url).await;
        shop.assert_audit_clean().await;
        let mut db = outsider(&url).await;
        disarm(&mut db).await;
        let done = sqlx::raw_sql(AssertSqlSafe(damage)).execute(&mut db).await.unwrap();
        assert_ne!(done.rows_affected(), 0, "{damage}");
        let report = shop.ledger.audit().await.unwrap();
        // Every change of what was written shows in the chain, but for the end that is cut off.
        let chain = report.checks.iter().find(|check| check.name == "I14 hash-chain").unwrap();
        let written = damage.contains("entry") || damage.contains("journal");
        let cut_off = damage == "DELETE FROM journal WHERE kind = 'usage'";
        assert_eq!(chain.violations > 0, written && !cut_off, "{damage}: {report}");
        let broken = report.checks.iter().filter(|check| check.violations > 0 && check.name != chain.name);
        broken.inspect(|check| assert!(!check.examples.is_empty())).map(|check| check.name.to_owned()).collect()
    });
    assert_eq!(found, expected, "{damage}");
}

#[test]
fn each_damage_is_found() {
    let (i1, i2, i3) = ("I1 journals-balance", "I2 books-balance", "I3 posted-is-entries");
    let (i4, i5, i6) = ("I4 pending-is-holds", "I5 nothing-below-zero", "I6 versions-chain");
    let (i7, i8) = ("I7 captured-once", "I8 captured-amount");
    let (fees, credits, asked) = ("I10 fees-settled-once", "I11 credits-once", "I15 held-is-asked");
    check("UPDATE entry SET amount = amount + 1 WHERE account_version = 2", &[i1, i2, i3, i6]);
    check("UPDATE entry SET amount = amount + 1 WHERE account_id = 3", &[i1, i2, i8, "I12 refunds-booked"]);
    check("DELETE FROM entry WHERE account_version = 1", &[i1, i2, i3, i6]);
    // Entries that no journal seals count for nothing.
    check("DELETE FROM journal WHERE kind = 'credit'", &[i2, i3, i6]);
    check("DELETE FROM journal WHERE kind = 'purchase'", &[i2, i3, i6, i7]);
    check("DELETE FROM journal WHERE kind = 'usage'", &[i2, i3, i6, fees]);
    check("UPDATE account SET posted = posted + 1 WHERE kind = 'customer'", &[i3]);
    check("UPDATE account SET pending = pending - 1 WHERE kind = 'customer'", &[i4]);
    check("UPDATE account SET pending = 5000 WHERE kind = 'customer'", &[i4, i5]);
    check("UPDATE account SET version = version + 1 WHERE kind = 'customer'", &[i6]);
    check("UPDATE entry SET account_version = 9 WHERE account_version = 3", &[i6]);
    check("UPDATE entry SET balance_after = balance_after - 1 WHERE account_version = 1", &[i6]);
    check(
        "UPDATE purchase SET state = 'released', charged = NULL WHERE state = 'captured'",
        &[i7, "I12 refunds-booked"],
    );
    check("UPDATE purchase SET state = 'captured', charged = held WHERE state = 'released'", &[i7]);
    check("UPDATE journal SET purchase_id = 'pur_of_nobody' WHERE kind = 'purchase'", &[i7]);
    check(
        "UPDATE journal SET purchase_id = (SELECT id FROM purchase WHERE state = 'released') WHERE kind = 'purchase'",
        &[i7],
    );
    check(
        "DROP INDEX journal_captures_once;
         INSERT INTO entry SELECT 'again', seq, account_id, amount, currency, NULL, NULL FROM entry
         WHERE journal_id = (SELECT id FROM journal WHERE kind = 'purchase');
         INSERT INTO journal SELECT 'again', kind, credential_id, purchase_id, NULL, NULL, '', 0, NULL, NULL FROM journal
         WHERE kind = 'purchase'",
        &[i3, i6, i7],
    );
    check("UPDATE purchase SET state = 'released' WHERE state = 'sent'", &[i4]);
    check("UPDATE purchase SET charged = charged + 1 WHERE state = 'captured'", &[i8]);
    check("UPDATE purchase SET receivable = 5 WHERE state = 'captured'", &[i8]);
    check("UPDATE fee_hold SET state = 'released' WHERE state = 'settled'", &[fees]);
    check("UPDATE fee_hold SET state = 'settled' WHERE state = 'released'", &[fees]);
    check("UPDATE fee_hold SET used = used + 1 WHERE state = 'settled'", &[fees]);
    check("UPDATE fee_hold SET amount = 1 WHERE state = 'settled'", &[fees]);
    check("UPDATE journal SET source_ref = NULL WHERE kind = 'credit'", &[credits]);
    check("UPDATE purchase SET refunded = refunded + 1 WHERE state = 'captured'", &["I12 refunds-booked"]);
    check("UPDATE purchase SET refunded = 5000 WHERE state = 'captured'", &["I12 refunds-booked"]);
    check("DELETE FROM journal WHERE kind = 'refund'", &[i2, i3, i6, "I12 refunds-booked"]);
    check("DELETE FROM approval", &[asked]);
    check("UPDATE approval SET state = 'approved'", &[asked]);
    check("UPDATE approval SET purchase_id = 'pur_of_nobody'", &[asked]);
    check("UPDATE approval SET purchase_id = (SELECT id FROM purchase WHERE state = 'sent')", &[asked]);
    check("UPDATE approval SET decided_by = 'client:key_of_nobody'", &[asked]);
    check("UPDATE purchase SET state = 'sent' WHERE state = 'held'", &[asked]);
    // What leaves all sums right shows in the chain alone.
    check("UPDATE journal SET description = 'a gift' WHERE kind = 'credit'", &[]);
    check(&format!("UPDATE journal SET hash = {ZEROES} WHERE kind = 'credit'"), &[]);
    check("UPDATE journal SET position = 77 WHERE kind = 'credit'", &[i6]);
    check("UPDATE journal SET position = NULL WHERE kind = 'credit'", &[i6]);
    check("UPDATE journal SET hash = NULL WHERE kind = 'credit'", &[]);
    // Nothing hides behind the least of all ids.
    check(
        "INSERT INTO entry SELECT '', seq, account_id, amount, currency, NULL, NULL FROM entry
         WHERE journal_id = (SELECT id FROM journal WHERE kind = 'refund');
         INSERT INTO journal SELECT '', kind, credential_id, purchase_id, NULL, 'x', '', 0, NULL, NULL FROM journal
         WHERE kind = 'refund'",
        &[i3, i6, "I12 refunds-booked"],
    );
    // Nor before the first place of the chain.
    check("UPDATE journal SET position = -position", &[i6]);
    // No damage: the report has no other reason to complain.
    check("UPDATE credential SET email = 'eve@example.com'", &[]);
}

#[tokio::test]
async fn the_report_is_a_table() {
    let (_dir, url) = lasting().await;
    let report = history(&url).await.ledger.audit().await.unwrap();
    // Ids and times are in the hash.
    let text = report.to_string();
    let (text, hash) = text.trim_end().rsplit_once(": ").unwrap();
    assert_eq!(hash.len(), 64);
    insta::assert_snapshot!(text, @"
    name                       checked violations  what
    I1 journals-balance              4          0  the entries of each journal sum to zero in each currency
    I2 books-balance                 8          0  all entries of a currency sum to zero, and each belongs to a journal
    I3 posted-is-entries             2          0  the posted balance of an account is the sum of its entries
    I4 pending-is-holds              2          0  the pending amount of an account is the sum of its open holds, those of the keys below included
    I5 nothing-below-zero            2          0  no credential has less than zero available, and no debt is below zero
    I6 versions-chain                4          0  an account's versions run from 1 without a gap, and each balance follows from the one before
    I7 captured-once                 4          0  a captured purchase has exactly one capture in the journal, every other purchase none
    I8 captured-amount               1          0  a capture moves what was charged; what is owed of it is no more than the excess over the hold
    I9 one-purchase-a-key            4          0  a credential has one purchase under each idempotency key
    I10 fees-settled-once            2          0  a settled hold of fees has exactly one journal of what was used of it, every other one none
    I11 credits-once                 1          0  each source of credit is booked once
    I12 refunds-booked               1          0  what came back of a purchase is the sum of its refunds, and no more than it was charged
    I13 topups-booked                0          0  of a top-up is booked what was paid less what went back or is disputed, and the journal has the same in all
    I14 hash-chain                   4          0  each journal is as it was written, and none is missing between them
    I15 held-is-asked                1          0  a held purchase waits for exactly one answer, no other purchase waits, and a client answers what it may
    journal 4 ends the chain
    ");
}

#[tokio::test]
async fn every_entry_is_seen_where_ids_are_in_no_order() {
    const MANY: u64 = 10_000;
    let (_dir, url) = lasting().await;
    let shop = history(&url).await;
    let mut db = outsider(&url).await;
    disarm(&mut db).await;
    // Ids of chance, so that the journals of any piece lie between those of all others.
    let many = format!(
        "CREATE TEMP TABLE many AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})
         SELECT n, {RANDOM_ID} AS id FROM n;
         INSERT INTO entry SELECT id, 1, 1, 5, 'USD', NULL, NULL FROM many;
         INSERT INTO entry SELECT id, 2, 2, -5, 'USD', NULL, NULL FROM many;
         INSERT INTO journal SELECT many.id, kind, credential_id, NULL, NULL, many.id, '', 0, 1000 + n, {ZEROES}
         FROM many, (SELECT kind, credential_id FROM journal WHERE kind = 'credit') AS credit"
    );
    sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut db).await.unwrap();
    let report = shop.ledger.audit().await.unwrap();
    let found = |number: &str| {
        let check = report.checks.iter().find(|check| check.name.starts_with(number)).unwrap();
        (check.checked, check.violations)
    };
    assert_eq!(found("I1 "), (4 + MANY, 0), "{report}");
    assert_eq!(found("I2 "), (8 + 2 * MANY, 0), "{report}");
    assert_eq!(found("I14 "), (4 + MANY, MANY), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_sees_a_moment_of_books_that_others_write_in() {
    let (_dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1_000_000).await;
    let seen = Ledger::open(&url).await.unwrap();
    let audits = async {
        let mut sizes = Vec::new();
        for _ in 0..10 {
            let report = seen.audit().await.unwrap();
            assert!(report.is_clean(), "{report}");
            sizes.push(report.chain.unwrap().position);
        }
        sizes
    };
    let trade = async {
        for n in 0.. {
            let purchase = shop.start(&n.to_string(), 5).await;
            shop.capture(&purchase.id, 5).await;
        }
    };
    let sizes = tokio::select! { sizes = audits => sizes, () = trade => unreachable!() };
    assert!(sizes.is_sorted() && sizes.first() < sizes.last(), "{sizes:?}");
}

#[tokio::test]
async fn an_audit_that_nobody_waits_for_leaves_nobody_in_its_moment() {
    let (_dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1_000).await;
    for n in 1..=10 {
        let _ = tokio::time::timeout(Duration::from_micros(500 * n), shop.ledger.audit()).await;
    }
    let purchase = shop.start("after", 100).await;
    shop.capture(&purchase.id, 100).await;
    for _ in 0..20 {
        assert_eq!(shop.balance().await, "posted 900, held 0, available 900");
    }
    shop.assert_audit_clean().await;
}
