//! The idempotency key of a purchase: from a header or among the arguments, and the same one in both.

use http::HeaderMap;
use serde_json::{Map, Value};
use uaps_model::{IDEMPOTENCY_KEY, Problem, ProblemKind};

/// Puts the header's key among a purchase's arguments. Two keys are none: nobody can say which of them was meant.
pub fn take_key(headers: &HeaderMap, arguments: &mut Map<String, Value>) -> Result<(), Problem> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(first) = given.next() else { return Ok(()) };
    let ambiguous = |detail: &str| Err(Problem::new(ProblemKind::MalformedRequest, detail));
    if given.next().is_some() {
        return ambiguous("the header Idempotency-Key is given more than once; send one");
    }
    // What is no text becomes an empty key, which is refused with the right words.
    let header = first.to_str().unwrap_or_default();
    match arguments.get(IDEMPOTENCY_KEY) {
        Some(Value::String(other)) if bare(other) != bare(header) => {
            return ambiguous("the header Idempotency-Key and the parameter of that name differ; send one");
        }
        Some(Value::String(_)) => {}
        _ => drop(arguments.insert(IDEMPOTENCY_KEY.into(), header.into())),
    }
    Ok(())
}

/// Checks the idempotency key among a purchase's arguments and takes its quotes off.
///
/// A header may hold it as a structured-field string, in double quotes; a tool call may repeat that.
pub(in crate::pipeline) fn normalise_key(arguments: &mut Map<String, Value>) -> Result<(), Problem> {
    let required = |detail: &str| Problem::new(ProblemKind::IdempotencyKeyRequired, detail);
    let text = match arguments.get(IDEMPOTENCY_KEY) {
        Some(Value::String(text)) => text,
        Some(Value::Null) | None => {
            return Err(required(
                "name this purchase with an Idempotency-Key (a UUID will do), so that sending it again buys nothing twice: \
                 a header on REST, the parameter `Idempotency-Key` in a tool call",
            ));
        }
        Some(_) => return Err(required("Idempotency-Key must be a string")),
    };
    let key = checked(text)?.to_owned();
    arguments.insert(IDEMPOTENCY_KEY.into(), key.into());
    Ok(())
}

/// The idempotency key of a request that is no call of a service. `missing` says why one is needed.
pub fn header_key(headers: &HeaderMap, missing: &str) -> Result<String, Problem> {
    let mut arguments = Map::new();
    take_key(headers, &mut arguments)?;
    match arguments.get(IDEMPOTENCY_KEY).and_then(Value::as_str) {
        Some(text) => checked(text).map(str::to_owned),
        None => Err(Problem::new(ProblemKind::IdempotencyKeyRequired, missing)),
    }
}

fn checked(text: &str) -> Result<&str, Problem> {
    let bare = bare(text);
    if (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(bare);
    }
    let detail = "Idempotency-Key takes 1 to 255 visible ASCII characters, without spaces";
    Err(Problem::new(ProblemKind::IdempotencyKeyRequired, detail))
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text)
}
