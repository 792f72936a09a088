//! The catalogue as OpenAPI 3.1: all services in one document, or one service in a document of its own.

mod names;
mod operation;
mod responses;
mod topups;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use names::Names;
use serde_json::{Map, Value, json};
use std::sync::OnceLock;
use uaps_model::{Catalog, Service};
use url::Url;

/// Documents that are made once.
#[derive(Debug, Default)]
pub struct Documents {
    all: OnceLock<Bytes>,
}

impl Documents {
    /// The document of every service.
    pub fn all(&self, catalog: &Catalog, public_url: Option<&Url>) -> Bytes {
        let make = || {
            document("Penumbra", "Every service behind this gateway.", catalog.services(), topups::paths(), public_url)
        };
        self.all.get_or_init(make).clone()
    }
}

/// The document of one service. Paths are the same as in the document of all.
pub fn service(service: &Service, public_url: Option<&Url>) -> Bytes {
    document(&service.name, &service.description, std::iter::once(service), Map::new(), public_url)
}

fn document<'s>(
    title: &str,
    description: &str,
    services: impl Iterator<Item = &'s Service>,
    mut paths: Map<String, Value>,
    public_url: Option<&Url>,
) -> Bytes {
    let (mut schemas, mut tags) = (Map::new(), Vec::new());
    schemas.insert("penumbra.Problem".into(), problem());
    schemas.insert("penumbra.Pending".into(), pending());
    for service in services {
        let names = Names::of(service);
        tags.push(json!({"name": service.id, "description": service.description}));
        for op in &service.operations {
            let path = paths.entry(format!("/{}{}", service.id, op.path)).or_insert_with(|| json!({}));
            if let Some(methods) = path.as_object_mut() {
                methods.insert(op.method.as_str().to_ascii_lowercase(), operation::operation(service, op, &names));
            }
        }
        for (name, schema) in &service.schemas {
            schemas.insert(names.component(name), names.rewrite(schema));
        }
    }
    let server = public_url.map_or_else(|| "/".to_owned(), |url| url.as_str().trim_end_matches('/').to_owned());
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": title, "description": description, "version": env!("CARGO_PKG_VERSION")},
        "servers": [{"url": server}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A unified key."},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A unified key."},
            },
        },
    });
    serde_json::to_vec(&document).unwrap_or_default().into()
}

fn pending() -> Value {
    json!({
        "type": "object",
        "description": "A purchase whose outcome is not known yet. The money stays held until it is.",
        "required": ["detail", "location", "purchase"],
        "properties": {
            "detail": {"type": "string"},
            "location": {"type": "string"},
            "purchase": {"type": "object"},
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457. `type` is stable; the rest is for people.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "fault": {"enum": ["caller", "provider", "us"]},
            "retryable": {"type": "boolean"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    })
}
