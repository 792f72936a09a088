//! The catalogue as OpenAPI 3.1: all services in one document, or one service in a document of its own.

mod names;
mod operation;
mod own;
mod responses;

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
            let own = Own { paths: own::paths(), components: own::components() };
            document("Penumbra", "Every service behind this gateway.", catalog.services(), own, public_url)
        };
        self.all.get_or_init(make).clone()
    }
}

/// The document of one service. Paths are the same as in the document of all.
pub fn service(service: &Service, public_url: Option<&Url>) -> Bytes {
    document(&service.name, &service.description, std::iter::once(service), Own::default(), public_url)
}

/// What a document has besides services.
#[derive(Debug, Default)]
struct Own {
    paths: Map<String, Value>,
    components: Map<String, Value>,
}

fn document<'s>(
    title: &str,
    description: &str,
    services: impl Iterator<Item = &'s Service>,
    Own { mut paths, mut components }: Own,
    public_url: Option<&Url>,
) -> Bytes {
    let mut tags = Vec::new();
    let mut schemas = match components.remove("schemas") {
        Some(Value::Object(schemas)) => schemas,
        _ => ["penumbra.Problem", "penumbra.Pending", "penumbra.Approval", "penumbra.Confirmation"]
            .map(|name| (name.to_owned(), own::schema(name)))
            .into_iter()
            .collect(),
    };
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
    components.insert("schemas".into(), schemas.into());
    components.insert(
        "securitySchemes".into(),
        json!({
            "bearer": {"type": "http", "scheme": "bearer", "description": "A unified key."},
            "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "A unified key."},
        }),
    );
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": title, "description": description, "version": env!("CARGO_PKG_VERSION")},
        "servers": [{"url": server}],
        "tags": tags,
        "paths": paths,
        "components": components,
    });
    serde_json::to_vec(&document).unwrap_or_default().into()
}
