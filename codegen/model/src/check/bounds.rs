//! How long the parts of a service may be. Whoever searches and lists works on all of them, and an assistant reads them.
//!
//! All of it is far beyond what the compiler makes of the longest documents, because that cuts titles and descriptions.

use super::Flaw;
use crate::{Operation, Service, schema};
use std::collections::BTreeMap;

const MAX_OPERATIONS: usize = 5_000;
/// Characters of what is a name for programs or one word.
const MAX_ID: usize = 80;
/// Characters of a line, and of a parameter's name.
const MAX_LINE: usize = 200;
/// Characters of a paragraph, and of a path.
const MAX_TEXT: usize = 2_000;
/// Bytes of a tool's input schema with all that it refers to, and of its example.
const MAX_SCHEMA: usize = 256 * 1024;
const MAX_EXAMPLE: usize = 64 * 1024;

/// Whether all of its parts are short enough. The first that is not, otherwise.
pub(super) fn service(service: &Service) -> Result<(), Flaw> {
    let facts = &service.facts;
    text("/name", &service.name, MAX_LINE)?;
    text("/description", &service.description, MAX_TEXT)?;
    text("/category", &service.category, MAX_ID)?;
    text("/version", &service.version, MAX_ID)?;
    text("/facts/description", &facts.description, MAX_TEXT)?;
    text("/facts/flow", &facts.flow, MAX_TEXT)?;
    text("/facts/pricing_model", &facts.pricing_model, MAX_TEXT)?;
    text("/facts/typical_response_time", &facts.typical_response_time, MAX_TEXT)?;
    for (at, tag) in service.tags.iter().enumerate() {
        text(&format!("/tags/{at}"), tag, MAX_ID)?;
    }
    if service.operations.len() > MAX_OPERATIONS {
        let detail = format!("has {} entries; {MAX_OPERATIONS} are the most", service.operations.len());
        return Err(Flaw { pointer: "/operations".into(), detail });
    }
    let lengths = service.schemas.iter().map(|(name, schema)| (name.as_str(), schema::length(schema))).collect();
    for (at, op) in service.operations.iter().enumerate() {
        operation(op, service, &lengths)
            .map_err(|flaw| Flaw { pointer: format!("/operations/{at}{}", flaw.pointer), ..flaw })?;
    }
    Ok(())
}

fn operation(op: &Operation, service: &Service, lengths: &BTreeMap<&str, usize>) -> Result<(), Flaw> {
    text("/operation_id", &op.operation_id, MAX_LINE)?;
    text("/path", &op.path, MAX_TEXT)?;
    text("/title", &op.title, MAX_LINE)?;
    text("/description", &op.description, MAX_TEXT)?;
    for (at, tag) in op.tags.iter().enumerate() {
        text(&format!("/tags/{at}"), tag, MAX_ID)?;
    }
    for (at, param) in op.params.iter().enumerate() {
        text(&format!("/params/{at}/name"), &param.name, MAX_LINE)?;
        text(&format!("/params/{at}/key"), &param.key, MAX_LINE)?;
    }
    bytes("/example/arguments", schema::length(&op.example.arguments), MAX_EXAMPLE, "")?;
    let named = schema::reached(&op.input, &service.schemas);
    let named: usize = named.iter().filter_map(|name| lengths.get(name)).sum();
    bytes("/input", schema::length(&op.input) + named, MAX_SCHEMA, " with all that it refers to")
}

fn text(pointer: &str, text: &str, most: usize) -> Result<(), Flaw> {
    // There are never more characters than bytes, and those are counted already.
    if text.len() <= most {
        return Ok(());
    }
    match text.chars().count() {
        long if long > most => {
            Err(Flaw { pointer: pointer.into(), detail: format!("has {long} characters; shorten it to {most}") })
        }
        _ => Ok(()),
    }
}

fn bytes(pointer: &str, long: usize, most: usize, with: &str) -> Result<(), Flaw> {
    match long > most {
        true => {
            let detail = format!("has {} KiB{with}; {} are the most", long >> 10, most >> 10);
            Err(Flaw { pointer: pointer.into(), detail })
        }
        false => Ok(()),
    }
}
