//! The tables, as far as rows are written to them, and the statements that write many rows at once: all rows of a table
//! travel as one JSON text, each as an array of what its columns hold. Names would be read anew with each value.

use super::cells::{Cell, Cells};
use super::dialect::Dialect;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    /// As hexadecimal digits in JSON.
    Bytes,
}

use Kind::{Bytes, Number, Text};

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// Which of them change after the row was made.
    changing: &'static [&'static str],
}

pub(super) const CREDENTIAL: Table = Table {
    name: "credential",
    columns: &[
        ("id", Text),
        ("email", Text),
        ("level", Text),
        ("secret_hash", Bytes),
        ("parent_id", Text),
        ("limits", Text),
        ("created_at", Number),
        ("revoked_at", Number),
    ],
    changing: &["limits", "revoked_at"],
};

pub(super) const NEW_ACCOUNT: Table = Table {
    name: "account",
    columns: &[
        ("kind", Text),
        ("credential_id", Text),
        ("currency", Text),
        ("posted", Number),
        ("pending", Number),
        ("version", Number),
    ],
    changing: &[],
};

pub(super) const ACCOUNT: Table = Table {
    name: "account",
    columns: &[("id", Number), ("posted", Number), ("pending", Number), ("version", Number)],
    changing: &["posted", "pending", "version"],
};

pub(super) const QUOTE: Table = Table {
    name: "quote",
    columns: &[
        ("id", Text),
        ("credential_id", Text),
        ("service", Text),
        ("tool", Text),
        ("fingerprint", Bytes),
        ("currency", Text),
        ("amount", Number),
        ("created_at", Number),
        ("expires_at", Number),
    ],
    changing: &[],
};

pub(super) const PURCHASE: Table = Table {
    name: "purchase",
    columns: &[
        ("id", Text),
        ("credential_id", Text),
        ("service", Text),
        ("tool", Text),
        ("idempotency_key", Text),
        ("fingerprint", Bytes),
        ("quote_id", Text),
        ("state", Text),
        ("currency", Text),
        ("held", Number),
        ("charged", Number),
        ("receivable", Number),
        ("refunded", Number),
        ("transaction_id", Text),
        ("reason", Text),
        ("request", Text),
        ("answer_status", Number),
        ("answer_content_type", Text),
        ("answer_body", Bytes),
        ("created_at", Number),
        ("updated_at", Number),
    ],
    // Whose turn it is to ask about it is not the books' business: see `queue`.
    changing: &[
        "state",
        "charged",
        "receivable",
        "refunded",
        "transaction_id",
        "reason",
        "request",
        "answer_status",
        "answer_content_type",
        "answer_body",
        "updated_at",
    ],
};

pub(super) const APPROVAL: Table = Table {
    name: "approval",
    columns: &[
        ("id", Text),
        ("purchase_id", Text),
        ("demanded_by", Text),
        ("confirmable", Number),
        ("state", Text),
        ("decided_by", Text),
        ("created_at", Number),
        ("expires_at", Number),
        ("decided_at", Number),
    ],
    changing: &["state", "decided_by", "decided_at"],
};

pub(super) const FEE_HOLD: Table = Table {
    name: "fee_hold",
    columns: &[
        ("id", Text),
        ("credential_id", Text),
        ("service", Text),
        ("state", Text),
        ("currency", Text),
        ("amount", Number),
        ("used", Number),
        ("calls", Number),
        ("created_at", Number),
        ("resolved_at", Number),
    ],
    changing: &["state", "used", "calls", "resolved_at"],
};

pub(super) const TOPUP: Table = Table {
    name: "topup",
    columns: &[
        ("id", Text),
        ("credential_id", Text),
        ("idempotency_key", Text),
        ("currency", Text),
        ("amount", Number),
        ("session", Text),
        ("url", Text),
        ("payment", Text),
        ("paid", Number),
        ("returned", Number),
        ("booked", Number),
        ("bookings", Number),
        ("expired_at", Number),
        ("created_at", Number),
        ("updated_at", Number),
    ],
    changing: &["session", "url", "payment", "paid", "returned", "booked", "bookings", "expired_at", "updated_at"],
};

pub(super) const DISPUTE: Table = Table {
    name: "dispute",
    columns: &[("id", Text), ("topup_id", Text), ("state", Text), ("amount", Number), ("updated_at", Number)],
    changing: &["state", "amount", "updated_at"],
};

pub(super) const INBOX: Table =
    Table { name: "inbox", columns: &[("source", Text), ("event_id", Text), ("received_at", Number)], changing: &[] };

pub(super) const ENTRY: Table = Table {
    name: "entry",
    columns: &[
        ("journal_id", Text),
        ("seq", Number),
        ("account_id", Number),
        ("amount", Number),
        ("currency", Text),
        ("balance_after", Number),
        ("account_version", Number),
    ],
    changing: &[],
};

pub(super) const JOURNAL: Table = Table {
    name: "journal",
    columns: &[
        ("id", Text),
        ("kind", Text),
        ("credential_id", Text),
        ("purchase_id", Text),
        ("fee_hold_id", Text),
        ("source_ref", Text),
        ("description", Text),
        ("created_at", Number),
        ("position", Number),
        ("hash", Bytes),
    ],
    changing: &[],
};

impl Table {
    /// Makes rows.
    pub(super) fn insert(&self, dialect: Dialect) -> String {
        let names = self.names(|_| true);
        format!("INSERT INTO {} ({names}) {}", self.name, self.rows(dialect, |_| true))
    }

    /// Makes rows, or changes those that are there.
    pub(super) fn upsert(&self, dialect: Dialect) -> String {
        let changes: Vec<String> = self.changing.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        // SQLite would take the `ON` for that of a join; `WHERE` tells it otherwise.
        let insert = self.insert(dialect);
        format!("{insert} WHERE TRUE ON CONFLICT (id) DO UPDATE SET {}{}", changes.join(", "), self.kept())
    }

    /// Changes rows, by their `id`.
    pub(super) fn update(&self, dialect: Dialect) -> String {
        let changes: Vec<String> = self.changing.iter().map(|name| format!("{name} = r.{name}")).collect();
        let rows = self.rows(dialect, |name| self.is_in_change(name));
        format!("UPDATE {0} SET {1} FROM ({rows}) AS r WHERE {0}.id = r.id", self.name, changes.join(", "))
    }

    /// A row as [`Table::insert`] and [`Table::upsert`] take it.
    pub(super) fn row(&self, row: Cells<'_>) -> String {
        self.text(row, |_| true)
    }

    /// A row as [`Table::update`] takes it.
    pub(super) fn changes(&self, row: Cells<'_>) -> String {
        self.text(row, |name| self.is_in_change(name))
    }

    fn is_in_change(&self, name: &str) -> bool {
        name == "id" || self.changing.contains(&name)
    }

    fn text(&self, row: Cells<'_>, wanted: impl Fn(&str) -> bool) -> String {
        debug_assert!(row.iter().map(|(name, _)| name).eq(self.columns.iter().map(|(name, _)| name)), "{row:?}");
        let cells: Vec<Cell<'_>> = row.into_iter().filter(|(name, _)| wanted(name)).map(|(_, cell)| cell).collect();
        // Texts and numbers can always be written.
        serde_json::to_string(&cells).unwrap_or_default()
    }

    /// What a row that is there must have kept: that which it belongs to. Otherwise it is not changed, and the count tells.
    fn kept(&self) -> String {
        let owner = self.columns.iter().map(|(name, _)| *name).find(|name| name.ends_with("_id"));
        owner.map(|owner| format!(" WHERE {}.{owner} = excluded.{owner}", self.name)).unwrap_or_default()
    }

    fn names(&self, wanted: impl Fn(&str) -> bool) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).filter(|name| wanted(name)).collect();
        names.join(", ")
    }

    /// The rows of the JSON text that is the statement's only argument.
    fn rows(&self, dialect: Dialect, wanted: impl Fn(&str) -> bool) -> String {
        let columns = self.columns.iter().filter(|(name, _)| wanted(name)).enumerate();
        let values = columns.map(|(at, (name, kind))| {
            let value = match (dialect, kind) {
                (Dialect::Sqlite, Text | Number) | (Dialect::Postgres, Text) => format!("value ->> {at}"),
                (Dialect::Sqlite, Bytes) => format!("unhex(value ->> {at})"),
                (Dialect::Postgres, Number) => format!("(value ->> {at})::BIGINT"),
                (Dialect::Postgres, Bytes) => format!("decode(value ->> {at}, 'hex')"),
            };
            format!("{value} AS {name}")
        });
        let from = match dialect {
            Dialect::Sqlite => "json_each($1)",
            Dialect::Postgres => "jsonb_array_elements($1::jsonb)",
        };
        format!("SELECT {} FROM {from}", values.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_one_statement() {
        insta::assert_snapshot!(DISPUTE.upsert(Dialect::Sqlite), @"INSERT INTO dispute (id, topup_id, state, amount, updated_at) SELECT value ->> 0 AS id, value ->> 1 AS topup_id, value ->> 2 AS state, value ->> 3 AS amount, value ->> 4 AS updated_at FROM json_each($1) WHERE TRUE ON CONFLICT (id) DO UPDATE SET state = excluded.state, amount = excluded.amount, updated_at = excluded.updated_at WHERE dispute.topup_id = excluded.topup_id");
        insta::assert_snapshot!(INBOX.insert(Dialect::Postgres), @"INSERT INTO inbox (source, event_id, received_at) SELECT value ->> 0 AS source, value ->> 1 AS event_id, (value ->> 2)::BIGINT AS received_at FROM jsonb_array_elements($1::jsonb)");
        insta::assert_snapshot!(ACCOUNT.update(Dialect::Sqlite), @"UPDATE account SET posted = r.posted, pending = r.pending, version = r.version FROM (SELECT value ->> 0 AS id, value ->> 1 AS posted, value ->> 2 AS pending, value ->> 3 AS version FROM json_each($1)) AS r WHERE account.id = r.id");
    }

    #[test]
    fn a_change_travels_without_what_stays() {
        let dispute = || {
            let text = |name, text: &'static str| (name, Cell::from(text));
            let rest = [("amount", Cell::from(5)), ("updated_at", Cell::Null)];
            let mut row = vec![text("id", "d"), text("topup_id", "t"), text("state", "w\"on")];
            row.extend(rest);
            row
        };
        assert_eq!(DISPUTE.row(dispute()), r#"["d","t","w\"on",5,null]"#);
        assert_eq!(DISPUTE.changes(dispute()), r#"["d","w\"on",5,null]"#);
    }
}
