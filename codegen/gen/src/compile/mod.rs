//! From a provider's document to the model that servers read.

mod access;
mod body;
mod declared;
pub(crate) mod example;
mod facts;
mod input;
mod operation;
mod params;
mod responses;
mod schema;
mod text;

use schema::Schemas;
use std::collections::BTreeMap;
use uaps_model::{FORMAT, Service};
use uaps_spec::{Diagnostic, Node, OperationRef, Provider};

/// Compiles a provider: its operations by path and method, with everything that the request path, the catalogue and the
/// tool list need to know of them.
///
/// Meant for a provider that `uaps_lint` found no error in. Any other compiles too, as far as it makes sense: a parameter
/// without a place is no parameter, a reference to nothing is a schema that accepts all.
///
/// # Errors
///
/// Purchase annotations that can't be used, as `uaps_lint` reports them: with them left out the operation would be
/// called without being paid for.
pub fn compile(provider: &Provider) -> Result<Service, Vec<Diagnostic>> {
    let document = &provider.document;
    let manifest = &provider.manifest;
    // Keys beside the paths are extensions, and what they hold is no operation.
    let mut operations: Vec<OperationRef<'_>> =
        document.operations().filter(|op| op.path.starts_with('/') && op.node.is_object()).collect();
    operations.sort_by_key(|op| (op.path, op.method));
    let tools = uaps_spec::tool_names(&operations).into_iter().map(|named| named.tool);

    let mut schemas = Schemas::new(document);
    let mut drafts = Vec::with_capacity(operations.len());
    let mut refused = Vec::new();
    for (operation, tool) in operations.iter().zip(tools) {
        match operation::draft(provider, operation, tool, &mut schemas) {
            Ok(draft) => drafts.push(draft),
            Err(diagnostics) => refused.extend(diagnostics),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    let schemas = schemas.finish();
    let mut examples = example::Examples::new(document, &schemas);
    let operations: Vec<_> = drafts.into_iter().map(|draft| draft.finish(&mut examples)).collect();
    let schemas = reached(&operations, &schemas);
    Ok(Service {
        format: FORMAT,
        id: manifest.id.clone(),
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        category: manifest.category.clone(),
        tags: manifest.tags.clone(),
        version: version(&document.root),
        upstream: manifest.upstream.clone(),
        auth: manifest.auth.clone(),
        rate_limits: manifest.rate_limits,
        access: manifest.access,
        facts: facts::facts(document, &manifest.id),
        servers: declared::servers(&document.root),
        security_schemes: declared::schemes(document),
        operations,
        schemas,
    })
}

/// `info.version`, which careless documents write as a number.
fn version(root: &Node) -> String {
    let version = root.get("info").and_then(|info| info.get("version"));
    match version {
        Some(node) => node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned),
        None => String::new(),
    }
}

/// The named schemas that the operations refer to, directly or not.
fn reached(
    operations: &[uaps_model::Operation],
    named: &BTreeMap<String, serde_json::Value>,
) -> BTreeMap<String, serde_json::Value> {
    let roots = operations.iter().flat_map(|op| {
        let params = op.params.iter().map(|param| &param.schema);
        let media = op.body.iter().flat_map(|body| &body.media).map(|media| &media.schema);
        params.chain(media).chain(op.responses.iter().filter_map(|response| response.schema.as_ref()))
    });
    let roots = serde_json::Value::Array(roots.cloned().collect());
    let bundled = uaps_model::bundle(&serde_json::json!({"anyOf": roots}), named);
    match bundled.get("$defs") {
        Some(serde_json::Value::Object(defs)) => defs.clone().into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
