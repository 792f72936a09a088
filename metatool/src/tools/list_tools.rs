//! `list_tools(service, query?, tool?, cursor?)`: a page of lines, or one tool in full.

use super::cursor::Listing;
use super::{line, service, shape, steps};
use crate::arguments::Arguments;
use crate::outcome::{Outcome, answer};
use crate::search::Searched;
use crate::server::Metatool;
use serde::Serialize;
use serde_json::{Value, json};
use uaps_model::{FieldError, IDEMPOTENCY_KEY, Operation, Problem, ProblemKind, Service, nearest};

/// Lines of a page, and the bytes they may have together: about 1,300 tokens.
const MAX_LINES: usize = 40;
const MAX_BYTES: usize = 4600;
/// Lines of a page that a query asked for. The best come first, so that few are read beyond these.
const MAX_FOUND: usize = 10;
/// Characters of a service's facts.
const MAX_FACT: usize = 400;

#[derive(Serialize)]
struct Page<'s> {
    service: &'s str,
    #[serde(skip_serializing_if = "String::is_empty")]
    flow: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pricing: String,
    tools: Vec<String>,
    /// How many tools there are, or fit the query.
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize)]
struct Detail<'s> {
    service: &'s str,
    tool: &'s str,
    title: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'s str,
    method: &'static str,
    path: &'s str,
    cost: String,
    access: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deprecated: bool,
    input_schema: Value,
    /// The successful answer in a few words; see [`shape`].
    output: String,
    /// Arguments of `execute` that work.
    example: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<String>,
}

pub(super) fn call(metatool: &Metatool, mut arguments: Arguments) -> Outcome {
    let id = arguments.text("service");
    let query = arguments.optional_text("query").filter(|q| !q.is_empty());
    let tool = arguments.optional_text("tool").filter(|t| !t.is_empty());
    let cursor = arguments.optional_text("cursor").filter(|c| !c.is_empty());
    arguments.finish("list_tools {\"service\": \"an id from search_services\"}")?;
    if let Some(tool) = tool {
        return detail(service(&metatool.backend().catalog(), &id)?, &tool);
    }
    let Some(query) = query else {
        let catalog = metatool.backend().catalog();
        let service = service(&catalog, &id)?;
        return page(service, service.operations.iter().collect(), None, cursor.as_deref());
    };
    let Searched { catalog, index } = &*metatool.searched();
    let Some(entry) = catalog.entries().iter().position(|entry| entry.id == id) else {
        // The index may be older than the catalogue, which then has tools that nobody has ranked yet.
        let catalog = metatool.backend().catalog();
        let service = service(&catalog, &id)?;
        return page(service, service.operations.iter().collect(), None, cursor.as_deref());
    };
    let service = service(catalog, &id)?;
    let found = index.tools(entry, &query).hits.into_iter();
    let chosen = found.filter_map(|at| service.operations.get(at)).collect();
    page(service, chosen, Some(&query), cursor.as_deref())
}

fn page(service: &Service, chosen: Vec<&Operation>, query: Option<&str>, cursor: Option<&str>) -> Outcome {
    let names = chosen.iter().map(|op| op.tool.as_str());
    let listing = Listing::new([service.id.as_str(), query.unwrap_or_default()].into_iter().chain(names));
    let from = match cursor {
        None => 0,
        Some(cursor) => listing.offset(cursor).filter(|at| *at < chosen.len()).ok_or_else(foreign_cursor)?,
    };
    let lines = query.map_or(MAX_LINES, |_| MAX_FOUND);
    let mut tools = Vec::new();
    let mut bytes = 0;
    for operation in chosen.iter().skip(from).take(lines) {
        let line = line::line(service, operation);
        bytes += line.len();
        if bytes > MAX_BYTES && !tools.is_empty() {
            break;
        }
        tools.push(line);
    }
    let next = from + tools.len();
    let first = from == 0;
    let hint = match (chosen.is_empty(), query) {
        (true, Some(_)) => Some(format!(
            "No tool fits; list_tools {{\"service\": \"{}\"}} shows all {}",
            service.id,
            service.operations.len()
        )),
        _ if next < chosen.len() => Some("Narrow down with `query`, or pass `next_cursor` as `cursor`".to_owned()),
        _ => None,
    };
    answer(&Page {
        service: service.id.as_str(),
        flow: if first { line::cut(&service.facts.flow, MAX_FACT) } else { String::new() },
        pricing: if first { line::cut(&service.facts.pricing_model, MAX_FACT) } else { String::new() },
        next_cursor: (next < chosen.len()).then(|| listing.cursor(next)),
        total: chosen.len(),
        tools,
        hint,
    })
}

fn foreign_cursor() -> Problem {
    let error = FieldError {
        pointer: "/cursor".into(),
        detail: "is not a cursor of this list; it must come from `next_cursor` of the same service and query".into(),
    };
    Problem::new(ProblemKind::InvalidParameters, "The cursor can't be used; ask without it for the first page")
        .with_errors(vec![error])
}

fn detail(service: &Service, tool: &str) -> Outcome {
    let operation = service.operation(tool).ok_or_else(|| unknown_tool(service, tool))?;
    let mut arguments = operation.example.arguments.clone();
    if operation.is_purchase()
        && let Some(members) = arguments.as_object_mut()
    {
        // The compiler's example has a fixed key, which would be the same purchase for everyone who copies it.
        members.insert(IDEMPOTENCY_KEY.into(), "a-new-unique-text".into());
    }
    let output = match &operation.output {
        Some(schema) => shape::shape(schema, &service.schemas),
        None => operation.example.content_type.clone().unwrap_or_else(|| "nothing".into()),
    };
    answer(&Detail {
        service: service.id.as_str(),
        tool: operation.tool.as_str(),
        title: &operation.title,
        description: &operation.description,
        method: operation.method.as_str(),
        path: &operation.path,
        cost: line::cost(operation),
        access: operation.access.as_str(),
        deprecated: operation.deprecated,
        input_schema: service.input_schema(operation),
        output,
        example: json!({"service": service.id, "tool": operation.tool, "parameters": arguments}),
        steps: steps::steps(service, operation),
    })
}

fn unknown_tool(service: &Service, tool: &str) -> Problem {
    let near = nearest(tool, service.operations.iter().map(|op| op.tool.as_str()));
    let detail = match near.is_empty() {
        true => format!("`{}` has no tool `{tool}`; list_tools with `query` instead of `tool` finds one", service.id),
        false => format!("`{}` has no tool `{tool}`; did you mean `{}`?", service.id, near.join("`, `")),
    };
    Problem::new(ProblemKind::UnknownOperation, detail).with("suggestions", near)
}
