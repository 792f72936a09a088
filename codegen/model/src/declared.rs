//! What a document says of where it is served and how callers prove themselves.
//!
//! The gateway goes by the manifest: `upstream` and `auth`. This is the provider's own word, for people and for whoever
//! calls the provider without the gateway.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A server of a document, the defaults of its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Its URL, perhaps relative to where the document was published.
    pub url: String,
    /// The document's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// Security schemes that are all needed at once, by name, with the scopes of each. The empty one asks for nothing.
pub type SecurityRequirement = BTreeMap<String, Vec<String>>;
