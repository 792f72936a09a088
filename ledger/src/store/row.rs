//! From columns to types. What can't be read was not written by us.

use crate::{CredentialId, Fingerprint, LedgerError};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::fmt::Display;
use std::str::FromStr;
use uaps_model::{Currency, Money};

/// A text column that has a type of its own.
pub(super) fn parsed<T: FromStr<Err: Display>>(row: &AnyRow, column: &str) -> Result<T, LedgerError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|error: T::Err| LedgerError::Corrupt(format!("{column}: {error}")))
}

/// Likewise for a column that may be empty.
pub(super) fn parsed_opt<T: FromStr<Err: Display>>(row: &AnyRow, column: &str) -> Result<Option<T>, LedgerError> {
    match row.try_get::<Option<&str>, _>(column)? {
        Some(_) => parsed(row, column).map(Some),
        None => Ok(None),
    }
}

pub(super) fn credential(row: &AnyRow) -> Result<CredentialId, LedgerError> {
    parsed(row, "credential_id")
}

pub(super) fn time(row: &AnyRow, column: &str) -> Result<Timestamp, LedgerError> {
    timestamp(row.try_get(column)?)
}

/// Likewise for a column that may be empty.
pub(super) fn time_opt(row: &AnyRow, column: &str) -> Result<Option<Timestamp>, LedgerError> {
    row.try_get::<Option<i64>, _>(column)?.map(timestamp).transpose()
}

fn timestamp(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| LedgerError::Corrupt(error.to_string()))
}

pub(super) fn fingerprint(row: &AnyRow) -> Result<Fingerprint, LedgerError> {
    Ok(hash(row, "fingerprint")?.into())
}

pub(super) fn hash(row: &AnyRow, column: &str) -> Result<[u8; 32], LedgerError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| LedgerError::Corrupt(format!("{column} is not 32 bytes long")))
}

/// An amount and the row's `currency`.
pub(super) fn money(row: &AnyRow, column: &str) -> Result<Money, LedgerError> {
    Ok(Money { cents: row.try_get(column)?, currency: currency(row)? })
}

/// Likewise for a column that may be empty.
pub(super) fn money_opt(row: &AnyRow, column: &str) -> Result<Option<Money>, LedgerError> {
    let cents: Option<i64> = row.try_get(column)?;
    let currency = currency(row)?;
    Ok(cents.map(|cents| Money { cents, currency }))
}

fn currency(row: &AnyRow) -> Result<Currency, LedgerError> {
    let code: &str = row.try_get("currency")?;
    Currency::new(code).ok_or_else(|| LedgerError::Corrupt(format!("`{code}` is no currency")))
}

/// 32 bytes from their hexadecimal digits.
pub(super) fn unhex(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let pairs = digits.as_bytes().chunks_exact(2);
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(bytes)
}

/// Bytes as JSON carries them.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(nibble)]));
        }
    }
    text
}
