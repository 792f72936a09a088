//! Whether a webhook's body is Stripe's: `Stripe-Signature: t=<seconds>,v1=<hex>,v1=<hex>,…`.
//!
//! Each `v1` is HMAC-SHA256 over `<seconds>.<body>`, one for each secret that Stripe has just now. The body is the one that
//! arrived, to the byte.

use crate::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far Stripe's clock and ours may be apart, and how long a recorded request can be sent again, in seconds.
const TOLERANCE: u64 = 300;

/// The most signatures that are looked at: a secret of theirs each, and they have two at most.
const MAX_SIGNATURES: usize = 8;

/// Why a body is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Doubt {
    /// No header, several, or one that can't be read.
    #[error("Stripe-Signature must be sent once, as t=…,v1=…")]
    Unreadable,
    /// Signed with no secret of ours, or another body was signed.
    #[error("Stripe-Signature does not fit the body")]
    Wrong,
    /// Signed too long ago, or in the future.
    #[error("Stripe-Signature is more than {TOLERANCE} seconds away from now")]
    Untimely,
}

/// Checks a body against its header at `now`, in seconds since 1970.
pub(super) fn verify(secrets: &[Secret], header: &str, body: &[u8], now: i64) -> Result<(), Doubt> {
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        let (name, value) = part.split_once('=').ok_or(Doubt::Unreadable)?;
        match name.trim() {
            "t" if time.is_some() => return Err(Doubt::Unreadable),
            "t" => time = Some(value.trim()),
            "v1" => signatures.push(hex(value.trim()).ok_or(Doubt::Unreadable)?),
            // Other schemes are not for us.
            _ => {}
        }
    }
    let time = time.filter(|time| !time.is_empty() && time.bytes().all(|b| b.is_ascii_digit()));
    let time = time.ok_or(Doubt::Unreadable)?;
    let seconds: i64 = time.parse().map_err(|_| Doubt::Unreadable)?;
    if signatures.is_empty() || signatures.len() > MAX_SIGNATURES {
        return Err(Doubt::Unreadable);
    }
    // The comparison takes as long for a near miss as for a far one.
    let fits = |secret: &Secret, signature: &[u8; 32]| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
        mac.is_ok_and(|mac| {
            mac.chain_update(time).chain_update(b".").chain_update(body).verify_slice(signature).is_ok()
        })
    };
    if !secrets.iter().any(|secret| signatures.iter().any(|signature| fits(secret, signature))) {
        return Err(Doubt::Wrong);
    }
    // Last, so that only who knows a secret learns of our clock.
    match now.checked_sub(seconds) {
        Some(age) if age.unsigned_abs() <= TOLERANCE => Ok(()),
        _ => Err(Doubt::Untimely),
    }
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_one`, and with `whsec_two`.
    const ONE: &str = "e6f424c1ebf2679ddb75df801d64b07e5063e2d7d6834ab73f5c55d787278d9d";
    const TWO: &str = "7188126e292daca991f04e6d27bcc33705bef535a4a6c4687864d1c7315003b0";
    const T: i64 = 1_700_000_000;

    fn judged(header: &str, body: &str, now: i64) -> Result<(), Doubt> {
        verify(&["whsec_one".into(), "whsec_two".into()], header, body.as_bytes(), now)
    }

    #[test]
    fn a_body_is_believed_if_any_signature_fits_any_secret() {
        let zeroes = "0".repeat(64);
        for header in [
            format!("t={T},v1={ONE}"),
            format!("t={T},v1={TWO}"),
            format!("t={T},v1={zeroes},v1={ONE}"),
            format!("v1={ONE},t={T}"),
            format!("t={T}, v1={}, v0=x", ONE.to_uppercase()),
        ] {
            assert_eq!(judged(&header, "{}", T), Ok(()), "{header}");
        }
        assert_eq!(verify(&["whsec_two".into()], &format!("t={T},v1={ONE}"), b"{}", T), Err(Doubt::Wrong));
        assert_eq!(verify(&[], &format!("t={T},v1={ONE}"), b"{}", T), Err(Doubt::Wrong));
    }

    #[test]
    fn nothing_else_is_believed() {
        let good = format!("t={T},v1={ONE}");
        for (header, body) in [
            (good.as_str(), "{} "),
            (good.as_str(), ""),
            (&format!("t={},v1={ONE}", T + 1), "{}"),
            (&format!("t=0{T},v1={ONE}"), "{}"),
            (&format!("t={T},v1={}", "0".repeat(64)), "{}"),
        ] {
            assert_eq!(judged(header, body, T), Err(Doubt::Wrong), "{header} {body}");
        }
        for header in [
            "",
            "t",
            ",",
            "garbage",
            &format!("t={T}"),
            &format!("v1={ONE}"),
            &format!("t=,v1={ONE}"),
            &format!("t=-1,v1={ONE}"),
            &format!("t=+{T},v1={ONE}"),
            &format!("t=99999999999999999999,v1={ONE}"),
            &format!("t={T},t={T},v1={ONE}"),
            &format!("t={T},v0={ONE}"),
            &format!("t={T},v1="),
            &format!("t={T},v1={}", &ONE[1..]),
            &format!("t={T},v1={ONE}0"),
            &format!("t={T},v1=é{}", &ONE[2..]),
            &format!("t={T}{}", format!(",v1={ONE}").repeat(9)),
        ] {
            assert_eq!(judged(header, "{}", T), Err(Doubt::Unreadable), "{header}");
        }
    }

    #[test]
    fn what_was_signed_long_ago_or_will_be_is_not_believed() {
        let good = format!("t={T},v1={ONE}");
        for (now, expected) in [
            (T + 300, Ok(())),
            (T - 300, Ok(())),
            (T + 301, Err(Doubt::Untimely)),
            (T - 301, Err(Doubt::Untimely)),
            (i64::MIN, Err(Doubt::Untimely)),
        ] {
            assert_eq!(judged(&good, "{}", now), expected, "{now}");
        }
        // Who can't sign learns nothing of the time.
        assert_eq!(judged(&good, "{ }", T + 10_000), Err(Doubt::Wrong));
    }
}
