//! Typed clients: one crate a provider, written by progenitor.
//!
//! ```text
//! document + Service -> plan      what each method and argument is called, and how it goes on the wire
//!                    -> lower     the document in the small dialect that progenitor and typify read without surprises
//!                    -> progenitor  types, signatures, reading of answers
//!                    -> rewrite   the writing of requests, put in the place of progenitor's own
//!                    -> edge      `call(client, tool, arguments)` over the same methods
//! ```
//!
//! **One mechanism writes requests.** Progenitor knows neither `explode: false`, `deepObject`, cookies, optional bodies
//! nor multipart, and adds an `api-version` header of its own. So every method's request is built by `wire::Request`,
//! a file of about two hundred lines that is the same in each client: the statements that progenitor wrote for the
//! request are replaced, its types, signatures and reading of answers stay. Lowering may therefore give parameters
//! whatever names and places make good Rust; the names of the wire come from the plan.
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
mod plan;
mod progenitor;
mod raw;
mod rewrite;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

pub use error::ClientError;
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
/// `document` is the provider's OpenAPI 3.0 document after its overlay, references unresolved; `service` is what was
/// compiled from it. The same two values give the same bytes. Fails where the two don't belong together, or where
/// progenitor refuses what [lowering](lower) left; the error names the operation.
pub fn generate(service: &Service, document: &Value) -> Result<Vec<ClientFile>, ClientError> {
    let plan = plan::Plan::new(service, document)?;
    let lowered = lower::run(&plan, document);
    let tokens = progenitor::run(&plan, &lowered.document)?;
    let client = rewrite::run(&plan, &lowered.wire_names, tokens)?;
    files::emit(&plan, &client)
}
