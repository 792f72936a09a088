//! Money: whole minor units and a currency. There is no floating point anywhere near it.

use serde::{Deserialize, Serialize};

/// An ISO 4217 code, three upper-case letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar, the default of UAPS-1.
    pub const USD: Currency = Currency(*b"USD");

    /// Wraps a code such as `EUR`; case does not matter. `None` where it is not three ASCII letters.
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Currency(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Decimal places of the minor unit, from ISO 4217: 2 for most, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Currency::new(&code).ok_or_else(|| format!("`{code}` is not an ISO 4217 currency code"))
    }
}

impl From<Currency> for String {
    fn from(c: Currency) -> String {
        c.as_str().to_owned()
    }
}

/// An amount in whole minor units (cents, for most currencies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units. Negative only as a difference.
    pub cents: i64,
    /// What they are units of.
    pub currency: Currency,
}

/// The largest amount accepted from outside, in minor units: ten trillion.
const MAX_MINOR: i128 = 10_000_000_000_000;

/// Why a decimal text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// Not a decimal number.
    NotANumber,
    /// Below zero.
    Negative,
    /// A fraction of the minor unit remains.
    Fraction,
    /// Above ten trillion minor units.
    TooLarge,
}

impl std::fmt::Display for MoneyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MoneyError::NotANumber => "is not a decimal number",
            MoneyError::Negative => "is negative",
            MoneyError::Fraction => "has a fraction of the smallest unit",
            MoneyError::TooLarge => "is absurdly large",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// An amount of US cents.
    pub fn usd(cents: i64) -> Self {
        Money { cents, currency: Currency::USD }
    }

    /// Reads decimal text exactly: `places` digits after the point make one minor unit.
    ///
    /// `("19.99", USD, 2)` is 1999 cents; `("1999", USD, 0)` is too. Exponents (`1.5e3`) are understood, because that
    /// is how a JSON number may be written.
    pub fn parse(text: &str, currency: Currency, places: u32) -> Result<Self, MoneyError> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((m, e)) => (m, e.parse::<i32>().map_err(|_| MoneyError::NotANumber)?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || all.len() > 40 || !all.bytes().all(|b| b.is_ascii_digit()) {
            return Err(MoneyError::NotANumber);
        }
        let mut value: i128 = all.parse().map_err(|_| MoneyError::TooLarge)?;
        if value == 0 {
            return Ok(Money { cents: 0, currency });
        }
        if negative {
            return Err(MoneyError::Negative);
        }
        let fraction_digits = i32::try_from(fraction.len()).map_err(|_| MoneyError::NotANumber)?;
        let places = i32::try_from(places).map_err(|_| MoneyError::NotANumber)?;
        let mut shift = places.saturating_add(exponent).saturating_sub(fraction_digits);
        while shift > 0 {
            value = value.checked_mul(10).filter(|v| *v <= MAX_MINOR).ok_or(MoneyError::TooLarge)?;
            shift -= 1;
        }
        while shift < 0 {
            if value % 10 != 0 {
                return Err(MoneyError::Fraction);
            }
            value /= 10;
            shift += 1;
        }
        match i64::try_from(value) {
            Ok(cents) if value <= MAX_MINOR => Ok(Money { cents, currency }),
            _ => Err(MoneyError::TooLarge),
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = self.currency.exponent() as usize;
        let sign = if self.cents < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.cents.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let point = if places == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str, expected: Result<i64, MoneyError>) {
        let currency = Currency::new(code).unwrap();
        assert_eq!(Money::parse(text, currency, currency.exponent()).map(|m| m.cents), expected, "{text} {code}");
    }

    #[test]
    fn decimals_are_exact() {
        check("19.99", "USD", Ok(1999));
        check("0.1", "USD", Ok(10));
        check("1e2", "USD", Ok(10_000));
        check("1.999e1", "USD", Ok(1999));
        check("1500", "JPY", Ok(1500));
        check("1.234", "KWD", Ok(1234));
        check("19.990", "USD", Ok(1999));
        check("-0", "USD", Ok(0));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        check("19.999", "USD", Err(MoneyError::Fraction));
        check("0.5", "JPY", Err(MoneyError::Fraction));
        check("-1", "USD", Err(MoneyError::Negative));
        check("1e30", "USD", Err(MoneyError::TooLarge));
        check("1e2147483647", "USD", Err(MoneyError::TooLarge));
        check("1e-2147483648", "USD", Err(MoneyError::Fraction));
        check("", "USD", Err(MoneyError::NotANumber));
        check("NaN", "USD", Err(MoneyError::NotANumber));
        check("1,000", "USD", Err(MoneyError::NotANumber));
        check(".5", "USD", Err(MoneyError::NotANumber));
    }

    #[test]
    fn money_prints_in_its_own_unit() {
        assert_eq!(Money::usd(1999).to_string(), "19.99 USD");
        assert_eq!(Money::usd(-5).to_string(), "-0.05 USD");
        assert_eq!(Money { cents: 1500, currency: Currency::new("jpy").unwrap() }.to_string(), "1500 JPY");
    }
}
