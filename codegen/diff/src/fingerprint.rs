//! The names by which changes are known again.

use crate::{Change, Subject};
use sha2::{Digest, Sha256};

/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 12;

/// Twelve hexadecimal digits that stand for one change of one provider.
///
/// It is made from the provider, the kind, the place and what was there before and after; not from words, order, or
/// which tools a shared schema reaches. A price that rises again is another change, and wants another reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of(change: &Change) -> Self {
        let subject = match &change.subject {
            Subject::Service => ["service", "", ""],
            // A tool may be renamed without any other change of the operation.
            Subject::Operation { path, method, .. } => ["operation", method.as_str(), path],
            Subject::Schema { name, direction } => ["schema", direction.as_str(), name],
        };
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            // With its length in front no part can be taken for the end of the one before it.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        add(change.service.as_str());
        add(change.kind.code());
        subject.into_iter().for_each(&mut add);
        add(&change.pointer);
        for side in [&change.before, &change.after] {
            add(if side.is_some() { "some" } else { "none" });
            add(side.as_deref().unwrap_or_default());
        }
        Fingerprint(hash.finalize().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads one; upper case is as good as lower. `None` for anything but twelve hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then(|| Fingerprint(text.to_ascii_lowercase()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_or_nothing() {
        assert_eq!(Fingerprint::parse("ABCDEF012345").unwrap().as_str(), "abcdef012345");
        for bad in ["", "abcdef01234", "abcdef0123456", "abcdef01234g", "äbcdef01234"] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }
}
