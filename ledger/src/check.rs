//! What may go into the books at all.

use crate::{CURRENCY, LedgerError, MAX_CENTS};
use uaps_model::Money;

/// Longest text kept of what a provider said.
const MAX_FOREIGN: usize = 1000;

/// Cents from zero to [`MAX_CENTS`].
pub(crate) fn cents(what: &'static str, cents: i64) -> Result<i64, LedgerError> {
    match cents {
        0..=MAX_CENTS => Ok(cents),
        _ => Err(LedgerError::Invalid { what, reason: format!("must be from 0 to {MAX_CENTS} cents, not {cents}") }),
    }
}

/// Cents of the currency that accounts are kept in.
pub(crate) fn money(what: &'static str, money: Money) -> Result<i64, LedgerError> {
    if money.currency != CURRENCY {
        return Err(LedgerError::Currency { what, found: money.currency });
    }
    cents(what, money.cents)
}

/// Text of 1 to 255 bytes without control characters.
pub(crate) fn name(what: &'static str, text: &str) -> Result<(), LedgerError> {
    if text.is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
        let reason = "must be 1 to 255 bytes long, without control characters".to_owned();
        return Err(LedgerError::Invalid { what, reason });
    }
    Ok(())
}

/// Enough of an e-mail address to write to it. Whether it exists, only a message can tell.
pub(crate) fn email(text: &str) -> Result<(), LedgerError> {
    name("the e-mail address", text)?;
    match text.split_once('@') {
        Some((user, host))
            if !user.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !text.chars().any(char::is_whitespace) =>
        {
            Ok(())
        }
        _ => Err(LedgerError::Invalid {
            what: "the e-mail address",
            reason: format!("must look like name@example.com, not `{text}`"),
        }),
    }
}

/// Text from a provider, cut rather than refused: what it says must never keep a purchase from being settled.
pub(crate) fn foreign(text: &str) -> String {
    // No database takes the character zero, and no terminal should be told what to do.
    text.chars().take(MAX_FOREIGN).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_model::Currency;

    #[test]
    fn amounts_are_bounded_and_of_one_currency() {
        assert_eq!(money("x", Money::usd(0)).unwrap(), 0);
        assert_eq!(money("x", Money::usd(MAX_CENTS)).unwrap(), MAX_CENTS);
        assert!(money("x", Money::usd(-1)).is_err());
        assert!(money("x", Money::usd(MAX_CENTS + 1)).is_err());
        let euros = Money { cents: 5, currency: Currency::new("EUR").unwrap() };
        assert!(matches!(money("x", euros), Err(LedgerError::Currency { .. })));
    }

    #[test]
    fn an_email_looks_like_one() {
        assert!(email("ada@example.com").is_ok());
        for bad in ["", "ada", "@example.com", "ada@", "a@b@c", "a b@example.com", "a\n@example.com"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn foreign_text_is_cut_between_characters() {
        assert_eq!(foreign(&"é".repeat(5000)).chars().count(), MAX_FOREIGN);
        assert_eq!(foreign("a\0b\u{1b}]c"), "a\u{fffd}b\u{fffd}]c");
    }
}
