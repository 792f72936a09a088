//! How much there is of everything, asked with one pass over each table.

use crate::LedgerError;
use sqlx::{AnyConnection, Row as _};

/// Rows, in all and of a kind.
#[derive(Debug)]
pub(super) struct Totals {
    /// Those that store their balance.
    pub accounts: i64,
    pub approvals: i64,
    pub fee_holds: i64,
    pub topups: i64,
    pub entries: i64,
    pub journals: i64,
    pub credits: i64,
    pub purchases: i64,
    pub captured: i64,
    pub refunded: i64,
}

impl Totals {
    pub async fn ask(conn: &mut AnyConnection) -> Result<Totals, LedgerError> {
        let small = "SELECT (SELECT count(*) FROM account WHERE posted IS NOT NULL), (SELECT count(*) FROM approval),
                            (SELECT count(*) FROM fee_hold), (SELECT count(*) FROM topup), (SELECT count(*) FROM entry)";
        let small = sqlx::query(small).fetch_one(&mut *conn).await?;
        let journals = "SELECT count(*), count(*) FILTER (WHERE kind = 'credit') FROM journal";
        let journals = sqlx::query(journals).fetch_one(&mut *conn).await?;
        let purchases = "SELECT count(*), count(*) FILTER (WHERE state = 'captured'),
                                count(*) FILTER (WHERE refunded > 0) FROM purchase";
        let purchases = sqlx::query(purchases).fetch_one(conn).await?;
        Ok(Totals {
            accounts: small.try_get(0)?,
            approvals: small.try_get(1)?,
            fee_holds: small.try_get(2)?,
            topups: small.try_get(3)?,
            entries: small.try_get(4)?,
            journals: journals.try_get(0)?,
            credits: journals.try_get(1)?,
            purchases: purchases.try_get(0)?,
            captured: purchases.try_get(1)?,
            refunded: purchases.try_get(2)?,
        })
    }
}
