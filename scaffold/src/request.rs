//! What the caller of `scaffold-provider` asks for.

use crate::BundledFile;
use uaps_model::{AuthScheme, SecretPlace, ServiceId};

/// A provider that does not exist yet. Empty choices are filled from the document, else with plain defaults.
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// Its id, the name of its folder.
    pub id: ServiceId,
    /// Its name for people.
    pub name: String,
    /// Base URL of the provider.
    pub upstream: String,
    /// Where the document came from: a URL, or a file's name. It stands in the manifest and in messages.
    pub source: String,
    /// One word.
    pub category: Option<String>,
    /// One paragraph.
    pub description: Option<String>,
    /// Search words.
    pub tags: Vec<String>,
    /// How the gateway proves itself.
    pub auth: AuthChoice,
    /// `x-services`.
    pub facts: FactChoices,
    /// Whether the provider sells something, so that quotes and purchases are looked for.
    pub has_purchases: bool,
    /// The path of the quotes, such as `/estimates`, where it is known. `*` stands for any part of a
    /// segment; the pattern must match the path's end, or else any run of its segments.
    pub precheck_pattern: Option<String>,
    /// The files that the document was bundled from, itself first; empty where it is a file by itself.
    pub bundled: Vec<BundledFile>,
}

/// What the caller says about authentication.
#[derive(Debug, Clone, Default)]
pub struct AuthChoice {
    /// The scheme; read off the document's security schemes where absent.
    pub scheme: Option<AuthScheme>,
    /// Where an API key goes.
    pub place: Option<SecretPlace>,
    /// Under which name.
    pub name: Option<String>,
}

/// What the caller says for `x-services`.
#[derive(Debug, Clone, Default)]
pub struct FactChoices {
    /// In which order the operations are used.
    pub flow: Option<String>,
    /// What costs what.
    pub pricing_model: Option<String>,
    /// How long an answer takes.
    pub typical_response_time: Option<String>,
}
