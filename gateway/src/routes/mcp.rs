//! The door of `/mcp`: a key that is not valid is turned away with the address of what tells how to get in (RFC 9728).
//!
//! A request without a key passes, because there are tools for anybody. What a valid key may not do, its call is told.

use crate::Gateway;
use crate::error::Rejection;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metatool::Caller;
use serde_json::json;

/// Where the metadata is, by RFC 9728 for a resource at `/mcp`.
pub const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// `GET /.well-known/oauth-protected-resource/mcp`: that a key goes into the header `Authorization`. No server hands out
/// tokens, so none is named: keys are made by the operator and by the holders of other keys.
pub async fn metadata(State(gateway): State<Gateway>, headers: HeaderMap) -> impl IntoResponse {
    let documentation = address(&gateway, &headers, "/docs");
    let body = json!({
        "resource": address(&gateway, &headers, "/mcp"),
        "resource_name": "Penumbra",
        "resource_documentation": documentation,
        "bearer_methods_supported": ["header"],
    });
    ([(CACHE_CONTROL, "max-age=300")], Json(body))
}

/// Turns a key away that is not valid.
pub async fn guard(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let Err(problem) = gateway.pipeline().identify(&caller).await else { return next.run(request).await };
    let metadata = address(&gateway, request.headers(), METADATA);
    let mut response = Rejection::from(problem).into_response();
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = format!("Bearer realm=\"penumbra\", error=\"invalid_token\", resource_metadata=\"{metadata}\"");
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
    }
    response
}

/// The whole address of a path: as the operator has said, else as this request came here.
fn address(gateway: &Gateway, headers: &HeaderMap, path: &str) -> String {
    let host = || {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let sane =
            (1..=255).contains(&host.len()) && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        format!("http://{}{path}", if sane { host } else { "localhost" })
    };
    gateway.pipeline().links().absolute(path).unwrap_or_else(host)
}

#[cfg(test)]
mod tests {
    use crate::testing::{World, config};

    async fn check(public: Option<&str>, host: &str, resource: &str) {
        let mut config = config();
        config.public_url = public.map(|url| url.parse().unwrap());
        let world = World::with(config, 0, |_| {}).await;
        for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"] {
            let told = world.send(&format!("GET {path}"), &[("host", host)], "").await;
            assert_eq!((told.status, told.json()["resource"].as_str()), (200, Some(resource)), "{}", told.body);
        }
    }

    #[tokio::test]
    async fn the_metadata_names_the_endpoint() {
        check(None, "127.0.0.1:8080", "http://127.0.0.1:8080/mcp").await;
        check(None, "a\"b, c", "http://localhost/mcp").await;
        check(Some("https://api.example/gate/"), "127.0.0.1:8080", "https://api.example/gate/mcp").await;
    }

    #[tokio::test]
    async fn a_key_that_is_not_valid_is_told_where_to_look() {
        let world = World::new().await;
        let body = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}"#;
        let ask = async |key: Option<&str>| {
            let mut headers = vec![("accept", "application/json, text/event-stream"), ("host", "localhost")];
            headers.extend(key.map(|key| ("x-api-key", key)));
            world.send("POST /mcp", &headers, body).await
        };
        let refused = ask(Some("unified-wrong")).await;
        let challenge = refused.header("www-authenticate");
        let named = "resource_metadata=\"http://localhost/.well-known/oauth-protected-resource/mcp\"";
        assert!(challenge.starts_with("Bearer ") && challenge.contains(named), "{challenge}");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        refused.problem(401, "unauthorized");
        for key in [None, Some(world.key.as_str())] {
            assert_eq!(ask(key).await.status, 200);
        }
    }
}
