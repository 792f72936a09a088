//! Where the next page of a list begins.
//!
//! A cursor names its place and, by a hash, the list it belongs to: used on another list, or after the list has
//! changed, it is refused rather than answered with the wrong page. It holds no secret and grants nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Bytes of the hash that a cursor carries.
const HASH: usize = 8;

/// A list that is paged: what it was asked for and what it holds.
#[derive(Debug)]
pub(super) struct Listing([u8; HASH]);

impl Listing {
    /// `parts` identify the list: the question and the names it holds, in order.
    pub(super) fn new<'p>(parts: impl IntoIterator<Item = &'p str>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut short = [0; HASH];
        for (to, from) in short.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Listing(short)
    }

    /// The cursor for the page that begins with item `offset`.
    pub(super) fn cursor(&self, offset: usize) -> String {
        let mut bytes = self.0.to_vec();
        bytes.extend(u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where `cursor` points to. `None` where it is not one of this list's.
    pub(super) fn offset(&self, cursor: &str) -> Option<usize> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (hash, offset) = bytes.split_at_checked(HASH)?;
        let offset = u32::from_le_bytes(offset.try_into().ok()?);
        (hash == self.0).then_some(offset as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_fits_its_own_list_only() {
        let list = Listing::new(["rideshare", "", "a", "b"]);
        assert_eq!(list.offset(&list.cursor(40)), Some(40));
        for other in [Listing::new(["rideshare", "", "a"]), Listing::new(["rideshare", "", "ab", ""])] {
            assert_eq!(other.offset(&list.cursor(40)), None);
        }
        for forged in ["", "!", "AAAA", "../../etc", &"A".repeat(10_000)] {
            assert_eq!(list.offset(forged), None, "{forged}");
        }
    }
}
