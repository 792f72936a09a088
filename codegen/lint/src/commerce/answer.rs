//! The answers in which a price stands.

use super::Parsed;
use super::shape::broken;
use crate::context::title;
use crate::rules::priced_answer::RULE;
use uaps_model::BodyKind;
use uaps_spec::{Document, Node, OperationRef};

/// The schema of every successful answer of an operation that has a price to tell; at least one.
///
/// All of them count: which one comes is the provider's choice. Where no status of 200 to 299 is announced, `default`
/// stands for them.
pub(crate) fn answers<'d>(document: &'d Document, operation: &OperationRef<'d>) -> Parsed<Vec<&'d Node>> {
    let responses = operation.node.get("responses").map(Node::members).unwrap_or_default();
    let mut successes: Vec<_> = responses.iter().filter(|member| member.key.starts_with('2')).collect();
    if successes.is_empty() {
        successes = responses.iter().filter(|member| member.key == "default").collect();
    }
    if successes.is_empty() {
        let message = format!("{} announces no successful answer to read a price from", title(operation));
        let help = "describe the answer with status 200 or 201 and its JSON schema";
        return Err(vec![RULE.at(operation.method_span, message).help(help)]);
    }
    let mut schemas = Vec::new();
    let mut findings = Vec::new();
    for success in successes {
        let response = match document.resolve(&success.value) {
            Ok(response) => response,
            Err(error) => {
                let message = format!("the reference of answer {} of {} {error}", success.key, title(operation));
                let reference = broken(document, &success.value);
                findings.push(RULE.at(success.key_span, message).related(reference, format!("this reference {error}")));
                continue;
            }
        };
        let media = response.get("content").map(Node::members).unwrap_or_default();
        let json = media.iter().find(|member| BodyKind::of(&member.key) == BodyKind::Json);
        match json.and_then(|member| member.value.get("schema")) {
            Some(schema) => schemas.push(schema),
            None => {
                let message = format!("answer {} of {} has no JSON schema", success.key, title(operation));
                findings.push(
                    RULE.at(success.key_span, message)
                        .label("no price can be read from it")
                        .help("describe its JSON schema, or remove the answer by overlay if it never comes"),
                );
            }
        }
    }
    if findings.is_empty() { Ok(schemas) } else { Err(findings) }
}
