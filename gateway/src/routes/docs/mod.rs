//! `/docs`: what there is, for people. One page of HTML, nothing loaded from anywhere.

mod html;

use super::input::Params;
use crate::Gateway;
use crate::error::Rejection;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use html::{escape, page};
use uaps_model::{Entry, Service};

/// With more services than this, the first page names them only.
const INLINE: usize = 25;

/// No script runs here, and nothing is fetched.
const HEADERS: [(HeaderName, &str); 2] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
];

/// `GET /docs`: every service.
pub async fn index(State(gateway): State<Gateway>) -> impl IntoResponse {
    let entries = gateway.catalog().entries();
    let mut body = format!(
        "<h1>Penumbra</h1><p class=lead>{} services behind one key. Call them under their own paths, or as tools: \
         <code>POST /services/{{id}}/tools/{{tool}}</code>, MCP at <code>/mcp</code>. \
         <a href=\"/openapi.json\">OpenAPI document</a></p>",
        entries.len()
    );
    let mut categories: Vec<&str> = entries.iter().map(|entry| entry.category.as_ref()).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        body.push_str(&format!("<h2>{}</h2>", escape(category)));
        for entry in entries.iter().filter(|entry| entry.category == category) {
            match entry.service() {
                Ok(service) if entries.len() <= INLINE => body.push_str(&html::service(service, 3)),
                _ => body.push_str(&line(entry)),
            }
        }
    }
    (HEADERS, page("Penumbra", &body))
}

/// `GET /docs/{service}`: one service with its operations.
pub async fn service(
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let service: &Service = gateway.service(&id)?;
    let body = format!("<p><a href=\"/docs\">All services</a></p>{}", html::service(service, 1));
    Ok((HEADERS, page(&service.name, &body)))
}

fn line(entry: &Entry) -> String {
    let (id, name) = (escape(&entry.id), escape(&entry.name));
    format!("<p><a href=\"/docs/{id}\">{name}</a> <span class=dim>{id}, {} operations</span></p>", entry.operations)
}
