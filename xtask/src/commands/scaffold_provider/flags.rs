//! The flags of `scaffold-provider`.

use clap::ValueEnum;
use scaffold::{AuthChoice, FactChoices, NewProvider};
use std::path::{Path, PathBuf};
use uaps_model::{AuthScheme, SecretPlace, ServiceId};

/// Makes a new provider from an OpenAPI document: manifest, overlay, page and contract examples
///
/// The document stays byte for byte as it came, unless it is spread over files: then it is bundled into one, from files
/// below its own folder or on its own host. What it lacks goes into the overlay. What a person must decide is
/// printed. The exit status is 1 where `validate` would still find errors. Nothing is ever overwritten.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The provider's id, and the first segment of its URLs: lower-case letters, digits and hyphens
    #[arg(long, value_name = "ID")]
    pub(super) id: ServiceId,
    /// Its name for people
    #[arg(long)]
    name: String,
    /// The OpenAPI document: an https:// URL, or the path of a file
    #[arg(long, value_name = "URL|FILE")]
    pub(super) openapi_url: String,
    /// Base URL of the provider; operation paths are appended
    #[arg(long, value_name = "URL")]
    upstream_base: String,
    /// One word, such as information or mobility [default: general]
    #[arg(long, value_name = "WORD")]
    category: Option<String>,
    /// What it does, in a paragraph [default: the document's own words]
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// A word an assistant may search by; may be repeated
    #[arg(long = "tag", value_name = "WORD")]
    tags: Vec<String>,
    /// How the gateway proves itself [default: what the document's security schemes say]
    #[arg(long, value_enum)]
    auth: Option<Scheme>,
    /// Where an apiKey goes [default: what the document says, else header]
    #[arg(long, value_enum)]
    auth_in: Option<Place>,
    /// The header or query parameter of an apiKey [default: what the document says, else X-API-Key]
    #[arg(long, value_name = "NAME")]
    auth_name: Option<String>,
    /// The provider sells something: suggest its quotes and purchases, from what their answers and names look like
    #[arg(long)]
    has_purchases: bool,
    /// Path of the quotes, which are marked then, such as /estimates; `*` stands for any text of a segment
    #[arg(long, value_name = "PATH", requires = "has_purchases")]
    precheck_pattern: Option<String>,
    /// What costs what [default: not stated]
    #[arg(long, value_name = "TEXT")]
    pricing_model: Option<String>,
    /// In which order the operations are used [default: any]
    #[arg(long, value_name = "TEXT")]
    flow: Option<String>,
    /// How long an answer takes [default: not stated]
    #[arg(long, value_name = "TEXT")]
    response_time: Option<String>,
    /// Folder of the providers [default: specs in the project]
    #[arg(long, value_name = "DIR")]
    pub(super) specs: Option<PathBuf>,
}

/// `--auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheme {
    /// No credential
    None,
    /// A secret in a header or in the query
    #[value(name = "apiKey")]
    ApiKey,
    /// A bearer token
    Oauth2,
    /// A bearer token
    Jwt,
    /// Headers of the operator's own
    Custom,
}

/// `--auth-in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    /// A header
    Header,
    /// A query parameter
    Query,
}

impl Args {
    /// What the flags ask for.
    pub(super) fn new_provider(&self) -> NewProvider {
        NewProvider {
            id: self.id.clone(),
            name: self.name.clone(),
            upstream: self.upstream_base.clone(),
            source: source(&self.openapi_url),
            category: self.category.clone(),
            description: self.description.clone(),
            tags: self.tags.clone(),
            auth: AuthChoice {
                scheme: self.auth.map(|scheme| match scheme {
                    Scheme::None => AuthScheme::None,
                    Scheme::ApiKey => AuthScheme::ApiKey,
                    Scheme::Oauth2 => AuthScheme::Oauth2,
                    Scheme::Jwt => AuthScheme::Jwt,
                    Scheme::Custom => AuthScheme::Custom,
                }),
                place: self.auth_in.map(|place| match place {
                    Place::Header => SecretPlace::Header,
                    Place::Query => SecretPlace::Query,
                }),
                name: self.auth_name.clone(),
            },
            facts: FactChoices {
                flow: self.flow.clone(),
                pricing_model: self.pricing_model.clone(),
                typical_response_time: self.response_time.clone(),
            },
            has_purchases: self.has_purchases,
            precheck_pattern: self.precheck_pattern.clone(),
            bundled: Vec::new(),
        }
    }
}

/// A URL as it is; of a file only the name, because folders are nobody else's business.
fn source(given: &str) -> String {
    if given.contains("://") {
        return given.to_owned();
    }
    let name = Path::new(given).file_name().and_then(|name| name.to_str());
    name.unwrap_or("openapi").to_owned()
}
