//! Progenitor as it comes, to be measured against.

use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, space_out_items};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What progenitor makes of a document without any help of ours, in the positional style, formatted; or why it makes
/// nothing of it.
///
/// # Errors
///
/// The words of openapiv3, progenitor or typify, a panic's among them.
pub fn raw(document: &Value) -> Result<String, String> {
    let made = catch_unwind(AssertUnwindSafe(|| {
        let api: openapiv3::OpenAPI = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let mut settings = GenerationSettings::new();
        settings.with_interface(InterfaceStyle::Positional);
        let tokens = Generator::new(&settings).generate_tokens(&api).map_err(|error| error.to_string())?;
        let file = syn::parse2(tokens).map_err(|error| error.to_string())?;
        let text = prettyplease::unparse(&file);
        Ok(space_out_items(text.clone()).unwrap_or(text))
    }));
    made.unwrap_or_else(|panic| Err(format!("it panicked: {}", super::types::words(&*panic))))
}
