//! The answers of an operation: the provider's, which pass through, and the gateway's own refusals.
//!
//! A purchase's answers are the gateway's, all but the good ones: what the provider says to an order that it does not
//! take is inside a problem document.

use super::names::Names;
use crate::pipeline::required_level;
use serde_json::{Map, Value, json};
use uaps_model::{AccessLevel, Operation, Response};

const PROBLEM: &str = "application/problem+json";

/// The responses object.
pub fn responses(op: &Operation, names: &Names) -> Map<String, Value> {
    let mut out = Map::new();
    for response in provided(op) {
        let status = match response.status.as_str() {
            // Of a purchase, only its good part comes through.
            "default" if op.is_purchase() => "2XX",
            status => status,
        };
        out.insert(status.to_owned(), described(response, names));
    }
    if out.is_empty() {
        let good = if op.is_purchase() { "2XX" } else { "default" };
        out.insert(good.into(), json!({"description": "The provider's answer.", "content": {"*/*": {}}}));
    }
    if op.is_purchase() {
        add_pending(&mut out);
    }
    for (status, description) in refusals(op) {
        // Where the provider may answer with this status too, naming it would say that only the gateway does: then it
        // stays under the range or the default, unless the document names it.
        if op.is_purchase() || matches!(status, "402" | "428") {
            out.entry(status).or_insert_with(|| json!({ "description": description }));
        }
        if let Some(response) = out.get_mut(status) {
            add_problem(response);
        }
    }
    for range in ["4XX", "5XX"] {
        if let Some(response) = out.get_mut(range) {
            add_problem(response);
        }
    }
    let rest = out.entry("default").or_insert_with(|| json!({"description": "The gateway refused or failed."}));
    add_problem(rest);
    out
}

/// What the provider says that reaches the caller as it is.
fn provided(op: &Operation) -> impl Iterator<Item = &Response> {
    let good = |response: &&Response| response.status.starts_with('2');
    let any_good = op.responses.iter().any(|response| good(&response));
    op.responses
        .iter()
        .filter(move |response| !op.is_purchase() || good(response) || !any_good && response.status == "default")
}

fn described(response: &Response, names: &Names) -> Value {
    let description = if response.description.is_empty() { "The provider's answer." } else { &response.description };
    let mut value = json!({ "description": description });
    if let (Some(content_type), Some(members)) = (&response.content_type, value.as_object_mut()) {
        let media = response.schema.as_ref().map_or(json!({}), |schema| json!({"schema": names.rewrite(schema)}));
        members.insert("content".into(), json!({ content_type: media }));
    }
    value
}

/// The statuses that the gateway itself answers with.
fn refusals(op: &Operation) -> Vec<(&'static str, &'static str)> {
    let paid = op.is_purchase() || op.fee_cents > 0;
    [
        (true, "400", "The request can't be read, or its parameters don't fit."),
        (true, "401", "The key is missing or not valid."),
        (paid, "402", "The balance is too low; nothing was bought or charged."),
        (required_level(op) == AccessLevel::Authenticated, "403", "The key's level is too low."),
        (op.is_purchase(), "409", "The same Idempotency-Key is still being worked on."),
        (true, "413", "The request body is too large."),
        (op.body.is_some(), "415", "The request body's media type is not supported."),
        (op.is_purchase(), "422", "The Idempotency-Key belongs to another request."),
        (op.hints.destructive && !op.is_purchase(), "428", "A limit of the key wants a person to confirm this first."),
        (true, "429", "Too many calls; Retry-After says when to come back."),
        (true, "500", "The gateway failed."),
        (true, "502", "The provider can't be reached, refused, or gave no answer that can be used."),
        (true, "503", "The gateway can't do this right now."),
        (true, "504", "The provider did not answer in time."),
    ]
    .into_iter()
    .filter(|(given, ..)| *given)
    .map(|(_, status, description)| (status, description))
    .collect()
}

/// Adds the problem document to what an answer may hold.
fn add_problem(response: &mut Value) {
    add_content(response, PROBLEM, json!({"$ref": "#/components/schemas/penumbra.Problem"}));
}

/// Adds 202, beside the provider's own where there is one.
fn add_pending(out: &mut Map<String, Value>) {
    let pending = "It is not known yet whether it was bought; Location says where to look.";
    let response = out.entry("202").or_insert_with(|| json!({ "description": pending }));
    add_content(response, "application/json", json!({"$ref": "#/components/schemas/penumbra.Pending"}));
    if let Some(members) = response.as_object_mut() {
        let headers =
            json!({"Location": {"schema": {"type": "string"}}, "Retry-After": {"schema": {"type": "integer"}}});
        members.insert("headers".into(), headers);
    }
}

/// A media type twice becomes one with either schema.
pub(super) fn add_content(response: &mut Value, content_type: &str, schema: Value) {
    let Some(members) = response.as_object_mut() else { return };
    let content = members.entry("content").or_insert_with(|| json!({}));
    let Some(content) = content.as_object_mut() else { return };
    let media = content.entry(content_type).or_insert_with(|| json!({ "schema": schema.clone() }));
    match media.get("schema").cloned() {
        Some(same) if same == schema => {}
        Some(other) => *media = json!({"schema": {"anyOf": [other, schema]}}),
        // No schema takes anything, a problem document too.
        None => {}
    }
}
