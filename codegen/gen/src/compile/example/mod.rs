//! A call that works, and the answer it gets: for the sandbox, for tests, and to show how a tool is used.
//!
//! What the document gives comes first, as far as its own schemas accept it. Everything else is made from the schemas. A
//! made value is tried in several forms and judged by the same validator as callers' arguments.

mod given;
pub(crate) mod judge;
mod pattern;
pub(crate) mod synth;
pub(crate) mod text;

#[cfg(test)]
mod tests;

use super::params::BODY;
use super::{body, params, responses, schema::View};
use judge::Judge;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use synth::{Synth, Wish};
use uaps_model::{BodyKind, Example, IDEMPOTENCY_KEY, Operation, Param, Place};
use uaps_spec::Document;

/// Base64 of the word `example`: how a JSON caller passes bytes.
const BYTES: &str = "ZXhhbXBsZQ==";

/// Makes the examples of one service.
pub(super) struct Examples<'s> {
    document: &'s Document,
    named: &'s BTreeMap<String, Value>,
    judge: Judge<'s>,
}

impl<'s> Examples<'s> {
    pub(super) fn new(document: &'s Document, named: &'s BTreeMap<String, Value>) -> Self {
        Examples { document, named, judge: Judge::new(named) }
    }

    /// Required arguments always; others where the document gives an example.
    pub(super) fn arguments(
        &mut self,
        operation: &Operation,
        params: &[params::Declared<'_>],
        body: Option<&body::Declared<'_>>,
    ) -> Value {
        let mut arguments = Map::new();
        for params::Declared { param, node } in params {
            let given = node.map(|node| given::values(self.document, node, View::Input)).unwrap_or_default();
            let given = given.into_iter().flat_map(|value| given::readings(value, &param.schema));
            let found = self.first(&param.schema, given, |value| sendable(param, value));
            let usable = |value: &Value| sendable(param, value);
            let found = found.or_else(|| param.required.then(|| self.made(&param.schema, Wish::ARGUMENT, usable)));
            if let Some(value) = found {
                arguments.insert(param.key.clone(), value);
            }
        }
        if let Some(declared) = body
            && let (Some(media), Some(node)) = (declared.body.preferred(), declared.nodes.first())
        {
            let given = match media.kind {
                // The document shows the bytes, not their base64 form.
                BodyKind::Binary => Vec::new(),
                BodyKind::Text => given::values(self.document, node, View::Input),
                _ => {
                    let given = given::values(self.document, node, View::Input).into_iter();
                    given.map(|value| given::structure(value, &media.schema, self.named)).collect()
                }
            };
            let found = self.first(&media.schema, given, |value| !value.is_null());
            let found =
                found.or_else(|| declared.body.required.then(|| self.made(&media.schema, Wish::ARGUMENT, |_| true)));
            if let Some(value) = found {
                arguments.insert(BODY.into(), value);
            }
        }
        if operation.is_purchase() {
            arguments.insert(IDEMPOTENCY_KEY.into(), format!("example-{}", operation.tool).into());
        }
        arguments.into()
    }

    /// The first successful answer, in JSON where one is.
    pub(super) fn answer(&mut self, arguments: Value, responses: &[responses::Declared<'_>]) -> Example {
        let mut example = Example { arguments, status: 200, content_type: None, response: None };
        let Some(declared) = responses::output(responses).or_else(|| responses::success(responses)) else {
            return example;
        };
        let response = &declared.response;
        example.status = responses::number(&response.status);
        example.content_type = response.content_type.clone();
        let schema = response.schema.clone().unwrap_or(Value::Bool(true));
        let given = declared.media.map(|node| given::values(self.document, node, View::Output)).unwrap_or_default();
        example.response = match response.content_type.as_deref().map(BodyKind::of) {
            Some(BodyKind::Json) => {
                let given = given.into_iter().map(|v| given::structure(v, &schema, self.named)).flat_map(given::small);
                let found = self.first(&schema, given, |_| true);
                found.or_else(|| match &response.schema {
                    // No answer is shown rather than one that the schema refuses.
                    Some(schema) => {
                        let made = self.made(schema, Wish::ANSWER, |_| true);
                        self.judge.accepts(schema, &made).then_some(made)
                    }
                    None => Some(Map::new().into()),
                })
            }
            Some(BodyKind::Text) => {
                Some(given.into_iter().find(Value::is_string).unwrap_or_else(|| text::PLAIN.into()))
            }
            _ => None,
        };
        // The model has one form for no answer and for `null`.
        example.response = example.response.filter(|response| !response.is_null());
        example
    }

    /// The first of `values` that the schema accepts.
    fn first(
        &mut self,
        schema: &Value,
        values: impl IntoIterator<Item = Value>,
        usable: impl Fn(&Value) -> bool,
    ) -> Option<Value> {
        values.into_iter().find(|value| usable(value) && self.judge.accepts(schema, value))
    }

    /// A value made from the schema: the first form that it accepts, else the first.
    fn made(&mut self, schema: &Value, wishes: &[Wish], usable: impl Fn(&Value) -> bool) -> Value {
        let mut first = None;
        for wish in wishes {
            let value = Synth::new(self.named, *wish).value(schema);
            if usable(&value) && self.judge.accepts(schema, &value) {
                return value;
            }
            first.get_or_insert(value);
        }
        first.unwrap_or(Value::Null)
    }
}

/// Whether a value survives its way through a URL or a header.
pub(crate) fn sendable(param: &Param, value: &Value) -> bool {
    match (value, param.place) {
        (Value::Null, _) => false,
        (Value::Array(items), _) => !items.is_empty() && items.iter().all(|item| sendable(param, item)),
        (Value::Object(members), _) => !members.is_empty(),
        (Value::String(text), Place::Path) => !matches!(text.as_str(), "" | "." | ".."),
        (Value::String(text), Place::Header | Place::Cookie) => {
            !text.is_empty() && text.trim() == text && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        }
        (Value::String(text), Place::Query) => !text.is_empty(),
        _ => true,
    }
}
