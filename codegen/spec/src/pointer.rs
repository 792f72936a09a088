//! JSON Pointer (RFC 6901) tokens.

/// Escapes one token: `/paths/~1rides` names the key `/rides`.
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The reverse, with percent-encoding undone too, because a `$ref` is a URI fragment.
pub fn unescape(token: &str) -> String {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        let decoded = (byte == b'%')
            .then(|| rest.clone().take(2).map(|b| (b as char).to_digit(16)).collect::<Option<Vec<_>>>())
            .flatten()
            .filter(|digits| digits.len() == 2);
        match decoded.as_deref() {
            Some([high, low]) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                rest.nth(1);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_round_trip() {
        for token in ["/rides/{id}", "a~b", "~1", "plain", "100%"] {
            assert_eq!(unescape(&escape(token)), token);
        }
        assert_eq!(unescape("~1rides~1%7Bid%7D"), "/rides/{id}");
        assert_eq!(unescape("%zz%4"), "%zz%4");
    }
}
