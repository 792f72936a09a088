//! From columns to types. What can't be read was not written by us.

use crate::{CredentialId, Fingerprint, LedgerError};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::fmt::Display;
use std::str::FromStr;
use uaps_model::{Currency, Money};

/// A text column that has a type of its own.
pub(super) fn parsed<T: FromStr<Err: Display>>(row: &SqliteRow, column: &str) -> Result<T, LedgerError> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|error: T::Err| LedgerError::Corrupt(format!("{column}: {error}")))
}

/// Likewise for a column that may be empty.
pub(super) fn parsed_opt<T: FromStr<Err: Display>>(row: &SqliteRow, column: &str) -> Result<Option<T>, LedgerError> {
    match row.try_get::<Option<String>, _>(column)? {
        Some(_) => parsed(row, column).map(Some),
        None => Ok(None),
    }
}

pub(super) fn credential(row: &SqliteRow) -> Result<CredentialId, LedgerError> {
    parsed(row, "credential_id")
}

pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, LedgerError> {
    timestamp(row.try_get(column)?)
}

pub(super) fn timestamp(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| LedgerError::Corrupt(error.to_string()))
}

pub(super) fn fingerprint(row: &SqliteRow) -> Result<Fingerprint, LedgerError> {
    let bytes: Vec<u8> = row.try_get("fingerprint")?;
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|_| LedgerError::Corrupt("a fingerprint is not 32 bytes long".to_owned()))?;
    Ok(bytes.into())
}

/// An amount and the row's `currency`.
pub(super) fn money(row: &SqliteRow, column: &str) -> Result<Money, LedgerError> {
    Ok(Money { cents: row.try_get(column)?, currency: currency(row)? })
}

/// Likewise for a column that may be empty.
pub(super) fn money_opt(row: &SqliteRow, column: &str) -> Result<Option<Money>, LedgerError> {
    let cents: Option<i64> = row.try_get(column)?;
    let currency = currency(row)?;
    Ok(cents.map(|cents| Money { cents, currency }))
}

fn currency(row: &SqliteRow) -> Result<Currency, LedgerError> {
    let code: String = row.try_get("currency")?;
    Currency::new(&code).ok_or_else(|| LedgerError::Corrupt(format!("`{code}` is no currency")))
}
