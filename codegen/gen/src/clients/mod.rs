//! Typed clients: one crate a provider.
//!
//! ```text
//! document + Service -> plan     what each method and argument is called, and how it goes on the wire
//!                    -> lower    the document in the small dialect that typify reads without surprises
//!                    -> types    the types, by typify, and the signature of each method
//!                    -> methods  a method for each operation: `client.rs`
//!                    -> edge     `call(client, tool, arguments)` over the same methods
//! ```
//!
//! **One mechanism writes requests and reads answers.** It is `wire::Request`, a file that is the same in each client. The
//! methods are ours and not progenitor's, which knows neither `explode: false`, `deepObject`, cookies, optional bodies
//! nor multipart: of what it wrote for a method only the signature could stay, and taking the rest apart again cost more
//! time than writing it. Its error and answer types (`progenitor-client`) are the clients' own.
//!
//! **What the document says is what is sent.** An argument's text isn't interpreted on its way: formats, patterns,
//! bounds and defaults don't reach the types (the catalogue keeps them, and the gateway checks arguments with them).
//! A timestamp stays the text the caller gave, an absent property stays absent, and an empty list is not an absent one.
//! Where a shape has no faithful Rust type, it is `serde_json::Value`.

mod edge;
mod error;
mod files;
mod ident;
mod lower;
mod methods;
mod plan;
#[cfg(feature = "peer")]
mod raw;
mod request;
mod source;
mod types;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

pub use error::ClientError;
#[cfg(feature = "peer")]
pub use raw::raw;

use serde_json::Value;
use uaps_model::Service;

/// A file of a client crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFile {
    /// Relative to `clients/<id>/`, with forward slashes.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Writes the crate `client-<id>`: one method for each of the service's operations, and the dyn edge over them.
///
/// `document` is the provider's OpenAPI document after its overlay, references unresolved; `service` is what was
/// compiled from it. The same two values give the same bytes. Fails where the two don't belong together, or where
/// typify refuses what [lowering](lower) left; the error names the operation.
pub fn generate(service: &Service, document: &Value) -> Result<Vec<ClientFile>, ClientError> {
    let plan = plan::Plan::new(service, document)?;
    let lowered = lower::run(&plan, document);
    let types = types::run(&plan, &lowered)?;
    Ok(files::emit(&plan, &types))
}
