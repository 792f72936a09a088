//! A service as a gateway gives it out to other programs: what is needed to find and call it, and nothing of the way to
//! its provider.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uaps_model::{Auth, AuthScheme, CatalogError, Commerce, Entry, Meaning, Service};

/// Services of one gateway that are looked at.
pub const MAX_SERVICES: usize = 5_000;
/// Bytes of one of them.
pub const MAX_PUBLISHED: usize = 8 * 1024 * 1024;

/// What a gateway answers to `GET /catalog/{id}`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Published {
    /// The service. Its upstream is empty, it has no authentication, and nothing of its answers but what `output` says.
    pub service: Service,
    /// What it is about, where that was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Meaning>,
}

impl Published {
    /// What may be known of an entry.
    pub fn of(entry: &Entry) -> Result<Self, CatalogError> {
        let mut service = entry.service()?.clone();
        service.upstream = String::new();
        service.auth = Auth { scheme: AuthScheme::None, place: None, name: None };
        service.servers = Vec::new();
        service.security_schemes.clear();
        for operation in &mut service.operations {
            operation.servers = Vec::new();
            operation.security = Vec::new();
            operation.responses = Vec::new();
            operation.body = None;
            operation.example.response = None;
            // How an order is looked up is between the gateway and the provider.
            if let Some(Commerce::Purchase { lookup, .. }) = &mut operation.commerce {
                *lookup = None;
            }
        }
        Ok(Published { service, meaning: entry.meaning() })
    }

    /// Its bytes on the wire. The same entry gives the same ones in every program of this version.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Only maps with keys that aren't text have no JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// SHA-256 of some bytes, in hexadecimal: how a version of a service is named.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text could be one that [`digest`] gave.
pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
