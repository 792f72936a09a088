//! The hash by which a vendor's document is known again.

use sha2::{Digest, Sha256};

/// SHA-256 of a document's text, 64 lower-case hexadecimal digits: what stands in `source.sha256` of a manifest.
pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_of_nothing() {
        assert_eq!(super::sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
