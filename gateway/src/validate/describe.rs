//! Schema errors in words, each with its place.

use crate::executor::{MAX_ERRORS, pointer};
use crate::schema;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;
use uaps_model::{FieldError, Operation, Service, nearest};

/// Characters of the validator's own words that are repeated. They may quote a name.
const MAX_WORDS: usize = 400;

/// What is wrong, as one field error a place, at most [`MAX_ERRORS`]. A schema error may be about any number of names, and
/// describing one is not free.
pub fn describe(error: &ValidationError<'_>, service: &Service, op: &Operation) -> Vec<FieldError> {
    let place = error.instance_path().to_string();
    let at = cut(&place);
    let below = |name: &str| format!("{at}{}", pointer(name));
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![FieldError { pointer: below(name), detail: "is required".into() }]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            // Those of the root are reported with the parameters they may have meant.
            let names = if at.is_empty() { &[][..] } else { unexpected.as_slice() };
            let declared = declared(service, op, &place);
            names
                .iter()
                .take(MAX_ERRORS)
                .map(|name| FieldError { pointer: below(name), detail: unknown(name, &declared, "member") })
                .collect()
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            let near = error.instance().as_str().map(|given| {
                nearest(given, options.iter().map(|option| option.trim_matches('"')))
                    .first()
                    .map(|near| near.to_string())
            });
            let hint = near.flatten().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            vec![FieldError { pointer: at, detail: format!("must be one of {}{hint}", options.join(", ")) }]
        }
        _ => {
            let text: String = error.masked_with("it").to_string().chars().take(MAX_WORDS).collect();
            vec![FieldError { pointer: at, detail: format!("is not valid: {text}") }]
        }
    }
}

/// A JSON Pointer with its long names cut.
fn cut(place: &str) -> String {
    let tokens = place.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    tokens.map(|name| pointer(&name)).collect()
}

/// The words for a name that is not known, with the one that may have been meant.
pub fn unknown(name: &str, declared: &[&str], what: &str) -> String {
    match nearest(name, declared.iter().copied()).first() {
        Some(near) => format!("is unknown; did you mean `{near}`?"),
        None if declared.is_empty() => format!("is unknown; there is no {what} here"),
        None => format!("is unknown; known here: {}", declared.join(", ")),
    }
}

/// The members that the schema declares at an instance's place.
fn declared<'s>(service: &'s Service, op: &'s Operation, at: &str) -> Vec<&'s str> {
    let named = &service.schemas;
    let mut here = &op.input;
    for token in at.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let next = schema::property(here, &name, named).or_else(|| schema::items(here, named));
        let Some(next) = next else { return Vec::new() };
        here = next;
    }
    schema::property_names(here, named)
}
