//! One operation, in two steps: what the document says, then the example that all schemas must be known for.

use super::example::Examples;
use super::params::{BODY, Ours};
use super::schema::Schemas;
use super::{access, body, declared, input, params, responses, text};
use uaps_model::{Commerce, IDEMPOTENCY_KEY, Operation, ToolName};
use uaps_spec::{Diagnostic, Node, OperationRef, Provider};

/// An operation that still lacks its example.
pub(super) struct Draft<'d> {
    operation: Operation,
    params: Vec<params::Declared<'d>>,
    body: Option<body::Declared<'d>>,
    responses: Vec<responses::Declared<'d>>,
}

/// Compiles what the document says of one operation.
pub(super) fn draft<'d>(
    provider: &'d Provider,
    operation: &OperationRef<'d>,
    tool: ToolName,
    schemas: &mut Schemas<'d>,
) -> Result<Draft<'d>, Vec<Diagnostic>> {
    let document = &provider.document;
    let node = operation.node;
    let commerce = uaps_lint::commerce(document, operation)?;
    let body = body::body(document, operation, schemas);
    let params = params::params(document, operation, &ours(provider, commerce.as_ref(), body.is_some()), schemas);
    let responses = responses::responses(document, operation, schemas);
    let purchase = matches!(commerce, Some(Commerce::Purchase { .. }));
    let input = input::input(&params, body.as_ref(), purchase);

    let summary = node.str_at("summary").unwrap_or_default();
    let operation_id = node.str_at("operationId").unwrap_or(tool.as_str());
    let title = text::title(summary, tool.as_str());
    let fee_cents = access::fee_cents(node);
    let tags = node.get("tags").into_iter().flat_map(Node::items).filter_map(Node::as_str).map(str::to_owned);
    let operation = Operation {
        operation_id: operation_id.to_owned(),
        method: operation.method,
        path: operation.path.to_owned(),
        description: words(node, summary, &title),
        title,
        tags: tags.collect(),
        deprecated: node.is_true("deprecated"),
        access: access::level(&provider.manifest.access, node, operation.method, commerce.as_ref(), fee_cents),
        fee_cents,
        hints: access::hints(node, &tool, operation.method, commerce.as_ref()),
        security: declared::security(document, operation),
        servers: declared::own_servers(operation),
        commerce,
        params: params.iter().map(|declared| declared.param.clone()).collect(),
        body: body.as_ref().map(|declared| declared.body.clone()),
        responses: responses.iter().map(|declared| declared.response.clone()).collect(),
        input,
        output: responses::output(&responses).and_then(|declared| declared.response.schema.clone()),
        example: uaps_model::Example {
            arguments: serde_json::Value::Null,
            status: 200,
            content_type: None,
            response: None,
        },
        tool,
    };
    Ok(Draft { operation, params, body, responses })
}

/// The description, else the part of the summary that the title has no room for.
fn words(node: &Node, summary: &str, title: &str) -> String {
    let words = text::description(node.str_at("description").unwrap_or_default());
    let summary = text::description(summary);
    if words.is_empty() && summary.trim_end_matches(['.', ' ']) != title { summary } else { words }
}

impl Draft<'_> {
    /// Adds the example.
    pub(super) fn finish(self, examples: &mut Examples<'_>) -> Operation {
        let Draft { mut operation, params, body, responses } = self;
        let arguments = examples.arguments(&operation, &params, body.as_ref());
        input::add_examples(&mut operation.input, &params, &arguments);
        operation.example = examples.answer(arguments, &responses);
        operation
    }
}

/// What the gateway sends itself and the keys it takes among the arguments.
fn ours<'a>(provider: &'a Provider, commerce: Option<&'a Commerce>, body: bool) -> Ours<'a> {
    let mut ours = Ours { auth: &provider.manifest.auth, headers: Vec::new(), keys: Vec::new() };
    if body {
        ours.keys.push(BODY);
    }
    if let Some(Commerce::Purchase { idempotency_header, .. }) = commerce {
        ours.keys.push(IDEMPOTENCY_KEY);
        ours.headers.push(IDEMPOTENCY_KEY);
        ours.headers.extend(idempotency_header.as_deref());
    }
    ours
}
