//! Runs progenitor, and puts a name to the operation it stumbles over.

use super::{
    ClientError,
    plan::{OperationPlan, Plan},
};
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The tokens of the whole client.
pub(super) fn run(plan: &Plan<'_>, document: &Value) -> Result<TokenStream, ClientError> {
    attempt(document).map_err(|reason| {
        let culprit = plan.operations.iter().find_map(|op| {
            let alone = attempt(&only(document, op)).err()?;
            Some((format!("`{}` ({} {})", op.operation.tool, op.operation.method, op.operation.path), alone))
        });
        let (place, reason) = culprit.unwrap_or_else(|| ("its schemas".to_owned(), reason));
        ClientError::Refused { service: plan.service.id.to_string(), place, reason }
    })
}

/// `document` with one operation, and no more schemas than it needs.
fn only(document: &Value, op: &OperationPlan<'_>) -> Value {
    let path = super::lower::path(op);
    let item = document.get("paths").and_then(|paths| paths.get(&path)).cloned().unwrap_or_default();
    let mut alone = json!({
        "openapi": document.get("openapi"),
        "info": document.get("info"),
        "paths": {path: item},
        "components": {"schemas": {}},
    });
    super::lower::bring_schemas(&mut alone, document);
    alone
}

/// Progenitor and typify panic on what they don't expect. Lowering should leave nothing of the kind; if it does, one
/// provider fails, not the process.
fn attempt(document: &Value) -> Result<TokenStream, String> {
    let api: openapiv3::OpenAPI = serde_json::from_value(document.clone())
        .map_err(|error| format!("the lowered document can't be read: {error}"))?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional).with_map_type("::std::collections::BTreeMap");
    match catch_unwind(AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(&api))) {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(format!("the generator gave up: {}", text.unwrap_or_else(|| "without a word".to_owned())))
        }
    }
}
