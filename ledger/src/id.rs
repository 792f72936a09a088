//! Names of rows: a prefix that says what it is, and a UUID of version 7, so that they sort by time.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is no id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an id of the form `{prefix}` and 32 hexadecimal digits")]
pub struct InvalidId {
    /// How such an id starts.
    pub prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new one, later than all before it.
            pub(crate) fn generate() -> Self {
                $name(format!(concat!($prefix, "{}"), Uuid::now_v7().simple()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .filter(|hex| hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
                    .map(|_| $name(text.to_owned()))
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id! {
    /// A unified key, and whoever holds it.
    CredentialId, "key_"
}
id! {
    /// A purchase. Providers get it as their idempotency key.
    PurchaseId, "pur_"
}
id! {
    /// A price a provider named.
    QuoteId, "quo_"
}
id! {
    /// A hold that fees share.
    FeeHoldId, "fee_"
}
id! {
    /// The question whether a purchase may be sent.
    ApprovalId, "apr_"
}
id! {
    /// Money that a customer pays in.
    TopupId, "top_"
}
id! {
    /// A line of a credential's statement, and the journal behind it.
    TransactionId, "txn_"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text_and_sorts_by_time() {
        let (first, second) = (PurchaseId::generate(), PurchaseId::generate());
        assert!(first < second);
        assert_eq!(first.as_str().parse(), Ok(first.clone()));
        for bad in ["", "pur_", "quo_0123456789abcdef0123456789abcdef", "pur_0123456789ABCDEF0123456789ABCDEF", "pur_é"]
        {
            assert!(bad.parse::<PurchaseId>().is_err(), "{bad}");
        }
    }
}
