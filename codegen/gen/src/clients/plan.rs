//! What each method and argument is called in Rust, and how it goes on the wire.

use super::{
    ClientError,
    ident::{Names, pascal, snake},
    lower::pointer::follow,
};
use serde_json::Value;
use std::collections::BTreeMap;
use uaps_model::{BodyKind, Encoding, MediaType, Operation, Param, Place, Service};

/// Methods that a client has besides its operations.
const RESERVED_METHODS: &[&str] = &["new_with_client", "baseurl", "client"];

/// Names of a generated method's own, and what can't be an identifier at all.
const RESERVED_ARGUMENTS: &[&str] = &["body", "request", "self", "super", "crate"];

/// A client, before any code.
pub(super) struct Plan<'s> {
    /// The provider.
    pub(super) service: &'s Service,
    /// Its operations, in the service's order.
    pub(super) operations: Vec<OperationPlan<'s>>,
}

/// A method.
pub(super) struct OperationPlan<'s> {
    /// What it calls.
    pub(super) operation: &'s Operation,
    /// Lowered operation id: snake case, unique. The method is called so, with `_` behind it if that is a keyword.
    pub(super) name: String,
    /// The start of the names of its own types.
    pub(super) type_name: String,
    /// Its parameters, except those that have no place in the path template.
    pub(super) params: Vec<ParamPlan<'s>>,
    /// Its request body.
    pub(super) body: Option<BodyPlan<'s>>,
    /// The document's operation object; its parameters are those of the path item too.
    pub(super) source: &'s Value,
    /// The document's path item.
    pub(super) path_item: &'s Value,
}

/// An argument.
pub(super) struct ParamPlan<'s> {
    /// Where it goes.
    pub(super) param: &'s Param,
    /// Lowered name: snake case, unique within the method.
    pub(super) name: String,
}

/// The body argument.
pub(super) struct BodyPlan<'s> {
    /// The media type that is sent.
    pub(super) content_type: &'s str,
    /// How it is written.
    pub(super) kind: BodyKind,
    /// Whether a request without it is wrong.
    pub(super) required: bool,
    /// Of a form: the properties that are not written in the default way.
    pub(super) fields: Vec<(&'s str, Field<'s>)>,
}

/// How a property of a form is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field<'s> {
    /// As the document says.
    Encoded(&'s Encoding),
    /// Its text stands for bytes: a file of this media type.
    File(&'s str),
}

impl<'s> Plan<'s> {
    /// Finds each operation of `service` in `document` and names what it needs.
    pub(super) fn new(service: &'s Service, document: &'s Value) -> Result<Self, ClientError> {
        let mut methods = Names::with_reserved(RESERVED_METHODS);
        let mut types = Names::default();
        let mut operations = Vec::with_capacity(service.operations.len());
        for operation in &service.operations {
            let (path_item, source) = find(document, operation).ok_or_else(|| ClientError::NoOperation {
                service: service.id.to_string(),
                operation: operation.tool.to_string(),
                method: operation.method.to_string(),
                path: operation.path.clone(),
            })?;
            let name = match snake(operation.tool.as_str()) {
                name if RESERVED_METHODS.contains(&name.as_str()) => format!("{name}_call"),
                name => name,
            };
            operations.push(OperationPlan {
                operation,
                name: methods.claim(name, "_v"),
                type_name: types.claim(pascal(operation.tool.as_str()), "N"),
                params: params(operation),
                body: operation.body.as_ref().and_then(|body| {
                    let media = body.preferred()?;
                    Some(BodyPlan {
                        content_type: &media.content_type,
                        kind: media.kind,
                        required: body.required,
                        fields: fields(service, media),
                    })
                }),
                source,
                path_item,
            });
        }
        Ok(Plan { service, operations })
    }
}

fn params(operation: &Operation) -> Vec<ParamPlan<'_>> {
    let variables = variables(&operation.path);
    let mut names = Names::with_reserved(RESERVED_ARGUMENTS);
    operation
        .params
        .iter()
        .filter(|param| param.place != Place::Path || variables.contains(&param.name.as_str()))
        .map(|param| {
            let name = match snake(&param.key) {
                name if RESERVED_ARGUMENTS.contains(&name.as_str()) => format!("{name}_param"),
                name => name,
            };
            ParamPlan { param, name: names.claim(name, "_v") }
        })
        .collect()
}

/// The properties of a form that are not written in the default way, by name.
fn fields<'s>(service: &'s Service, media: &'s MediaType) -> Vec<(&'s str, Field<'s>)> {
    let encoded = media.encoding.iter().map(|(name, encoding)| (name.as_str(), Field::Encoded(encoding)));
    let mut fields: BTreeMap<&str, Field<'_>> = encoded.collect();
    if media.kind == BodyKind::Multipart {
        for name in files(service, &media.schema) {
            let media = match media.encoding.get(name) {
                Some(Encoding::Media { content_type }) => content_type,
                _ => "application/octet-stream",
            };
            fields.insert(name, Field::File(media));
        }
    }
    fields.into_iter().collect()
}

/// The properties of a multipart body that are bytes, or lists of them. What has a `contentEncoding` is text already.
fn files<'s>(service: &'s Service, schema: &'s Value) -> Vec<&'s str> {
    let binary = |schema: &'s Value| {
        let parts = parts(service, schema);
        let has = |key: &str, value: &str| parts.iter().any(|part| part.get(key).is_some_and(|found| found == value));
        let encoded = parts.iter().any(|part| part.get("contentEncoding").is_some());
        has("format", "binary") || has("contentMediaType", "application/octet-stream") && !encoded
    };
    let properties =
        parts(service, schema).into_iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
    let files = properties.filter(|(_, property)| {
        binary(property) || parts(service, property).into_iter().filter_map(|part| part.get("items")).any(binary)
    });
    files.map(|(name, _)| name.as_str()).collect()
}

/// A schema and all that it is made of.
fn parts<'s>(service: &'s Service, schema: &'s Value) -> Vec<&'s Value> {
    let mut found: Vec<&Value> = Vec::new();
    let mut todo = vec![schema];
    while let Some(schema) = todo.pop() {
        // A schema that comes by twice is part of a circle.
        if found.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        found.push(schema);
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/$defs/"));
        todo.extend(name.and_then(|name| service.schemas.get(&name.replace("~1", "/").replace("~0", "~"))));
        todo.extend(["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten());
    }
    found
}

/// The names between braces in a path template, in order.
pub(super) fn variables(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn find<'d>(document: &'d Value, operation: &Operation) -> Option<(&'d Value, &'d Value)> {
    let own = document.get("paths")?.get(&operation.path)?;
    let method = operation.method.as_str().to_ascii_lowercase();
    // A path item may have operations of its own beside its reference.
    let items = [Some(own), follow(document, own)].into_iter().flatten();
    let mut found = items.filter_map(|item| Some((item, item.get(&method).filter(|source| source.is_object())?)));
    found.next()
}
