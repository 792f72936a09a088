//! Unified keys: made here, shown once, kept only as a hash.

use crate::LedgerError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const PREFIX: &str = "unified-";
const LENGTH: usize = PREFIX.len() + 43;

/// A unified key in clear: `unified-` and 43 characters of URL-safe base64 (32 random bytes). It is never stored; `Debug`
/// does not show it.
pub struct SecretKey(String);

impl SecretKey {
    pub(crate) fn generate() -> Result<Self, LedgerError> {
        let mut bytes = [0u8; 32];
        getrandom::fill(&mut bytes).map_err(|e| LedgerError::Random(e.to_string()))?;
        Ok(SecretKey(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The key as its owner presents it. Show it once and forget it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(unified-…)")
    }
}

/// What is stored of a key. Plain SHA-256 is enough, because a key is 256 random bits and can't be guessed.
pub(crate) fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Whether `presented` can be a key at all, so that noise costs no look-up.
pub(crate) fn is_plausible(presented: &str) -> bool {
    presented.len() == LENGTH && presented.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_form_and_hides_itself() {
        let key = SecretKey::generate().unwrap();
        assert!(is_plausible(key.reveal()));
        assert!(key.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_eq!(format!("{key:?}"), "SecretKey(unified-…)");
        assert_ne!(key.reveal(), SecretKey::generate().unwrap().reveal());
        assert_eq!(hash(key.reveal()), hash(key.reveal()));
    }
}
