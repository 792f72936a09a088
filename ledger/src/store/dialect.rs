//! The two ways of saying the same to a database.

use sqlx::{AnyConnection, AssertSqlSafe, SqlStr};

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// What stands in our SQL for something that the two say differently, and how each says it.
const WORDS: &[(&str, &str, &str)] = &[
    // Whether what stands before is in a list, given as JSON.
    ("{in $1}", "IN (SELECT value FROM json_each($1))", "= ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))"),
    // Pairs of texts, given as JSON.
    (
        "{pairs $1}",
        "(SELECT value ->> 0 AS a, value ->> 1 AS b FROM json_each($1))",
        "(SELECT value ->> 0 AS a, value ->> 1 AS b FROM jsonb_array_elements($1::jsonb))",
    ),
    // A journal with its purchase `p`, and an entry, as `stored::Told` reads them: one JSON array, with the id beside it, or columns.
    (
        "{journal j}",
        "json_array(j.position, p.held, p.charged, p.receivable, j.created_at,
                    json_array(lower(hex(j.hash)), p.state, j.id, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id,
                               j.source_ref, j.description)) AS told, j.id AS id",
        "j.id, j.position, j.hash, p.state, p.held, p.charged, p.receivable, j.kind, j.credential_id, j.purchase_id, j.fee_hold_id,
         j.source_ref, j.description, j.created_at",
    ),
    (
        "{entry e}",
        "json_array(e.journal_id, json_array(e.seq, e.account_id, e.amount, e.currency, e.balance_after, e.account_version)) AS told,
         e.journal_id AS id",
        "e.journal_id, e.seq, e.account_id, e.amount, e.currency, e.balance_after, e.account_version",
    ),
    // SQLite has one writer; elsewhere rows are locked.
    ("{lock}", "", "FOR UPDATE"),
    ("{lock one}", "", "FOR NO KEY UPDATE OF account"),
    ("{lock free}", "", "FOR UPDATE SKIP LOCKED"),
];

impl Dialect {
    /// Our SQL in the words of this database.
    pub(crate) fn sql(self, text: &str) -> SqlStr {
        use sqlx::SqlSafeStr as _;
        AssertSqlSafe(self.text(text)).into_sql_str()
    }

    fn text(self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, sqlite, postgres) in WORDS {
            if text.contains(word) {
                text = text.replace(word, if self == Dialect::Sqlite { sqlite } else { postgres });
            }
        }
        text
    }

    /// How long the arguments of a statement should be at most. What does not fit into one record of TLS (16 KiB) leaves in
    /// two pieces; the second then waits until the first is acknowledged, and a receiver puts that off for 40 ms.
    pub(crate) fn most_bytes(self) -> usize {
        match self {
            Dialect::Sqlite => usize::MAX,
            Dialect::Postgres => 12 * 1024,
        }
    }

    /// Begins a transaction that will write.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            // Without `IMMEDIATE` two of them could both read and then find that only one may write.
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Begins a transaction that reads one moment of the database. Without statistics, PostgreSQL takes statements over young
    /// tables for dear ones: it compiles them and starts other processes for them each time, which takes far longer than they do. And with its
    /// 4 MB for a sort or for groups it writes to its disk what fits into memory well.
    /// Who sees a moment may have to wait for another connection that sees it too.
    pub(crate) fn begin_snapshot(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off;
                 SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB';
                 SET LOCAL idle_in_transaction_session_timeout = 0"
            }
        }
    }
}

/// Says something that takes and gives nothing. Transactions are begun and ended this way: a database may end one by itself,
/// and whoever counts them would be wrong from then on.
pub(crate) async fn say(connection: &mut AnyConnection, what: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(what).execute(connection).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_hears_its_own_words() {
        let text = "SELECT id FROM account WHERE credential_id {in $1} {lock one}";
        assert_eq!(
            Dialect::Sqlite.text(text),
            "SELECT id FROM account WHERE credential_id IN (SELECT value FROM json_each($1)) "
        );
        assert_eq!(
            Dialect::Postgres.text(text),
            "SELECT id FROM account WHERE credential_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb))) \
             FOR NO KEY UPDATE OF account"
        );
    }
}
