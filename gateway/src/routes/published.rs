//! The catalogue for other programs: a metatool keeps its own as this gateway's is.
//!
//! What they get says how services are found and called, and nothing of the way to their providers.

use super::input::Params;
use crate::Gateway;
use crate::error::Rejection;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use metatool::{Published, digest};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use tokio::task::spawn_blocking;
use uaps_model::{Catalog, Entry, FORMAT, Problem, ProblemKind};

/// The index, made once.
#[derive(Debug, Default)]
pub struct PublishedIndex(OnceLock<Made>);

#[derive(Debug)]
struct Made {
    bytes: Bytes,
    /// Of the index.
    digest: String,
    /// Of each service, by id.
    digests: BTreeMap<String, String>,
}

impl PublishedIndex {
    fn get(&self, catalog: &Catalog) -> &Made {
        self.0.get_or_init(|| {
            let mut digests = BTreeMap::new();
            let row = |entry: &Entry| -> Option<Value> {
                let digest = digest(&Published::of(entry).ok()?.to_bytes());
                digests.insert(entry.id.to_string(), digest.clone());
                Some(json!({"id": entry.id, "digest": digest, "layer": entry.layer}))
            };
            let services: Vec<Value> = catalog.entries().iter().filter_map(row).collect();
            let bytes = json!({"version": FORMAT, "services": services}).to_string();
            let digest = digest(bytes.as_bytes());
            Made { bytes: bytes.into(), digest, digests }
        })
    }

    /// A service's digest, once the index was made.
    fn digest(&self, id: &str) -> Option<&str> {
        self.0.get()?.digests.get(id).map(String::as_str)
    }
}

/// `GET /catalog`: every service with the digest of what is told of it.
pub async fn index(State(gateway): State<Gateway>, headers: HeaderMap) -> Result<Response, Rejection> {
    // The first one reads and hashes every service.
    let make = move || {
        let made = gateway.published().get(gateway.catalog());
        (made.digest.clone(), made.bytes.clone())
    };
    let (digest, bytes) = spawn_blocking(make).await.map_err(|_| broken("the catalogue can't be told"))?;
    Ok(tagged(&headers, &digest, bytes))
}

/// `GET /catalog/{id}`: one service, as another program needs it to find and call it.
pub async fn service(
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    // Whoever has read the index asks for what is new in it; a cache on the way may ask for what it has.
    if let Some(digest) = gateway.published().digest(&id)
        && is_known(&headers, digest)
    {
        return Ok(unchanged(digest));
    }
    let make = move || {
        gateway.service(&id)?;
        let entry = gateway.catalog().entry(&id).ok_or_else(|| broken("the service is gone"))?;
        Ok::<_, Problem>(Published::of(entry).map_err(|_| broken("the service can't be told"))?.to_bytes())
    };
    let bytes = spawn_blocking(make).await.map_err(|_| broken("the service can't be told"))??;
    Ok(tagged(&headers, &digest(&bytes), bytes))
}

fn broken(what: &str) -> Problem {
    Problem::new(ProblemKind::Internal, what)
}

/// The answer, or that it is as the caller has it.
fn tagged(headers: &HeaderMap, digest: &str, bytes: impl Into<Bytes>) -> Response {
    match is_known(headers, digest) {
        true => unchanged(digest),
        false => (common(digest), [(CONTENT_TYPE, "application/json")], bytes.into()).into_response(),
    }
}

fn unchanged(digest: &str) -> Response {
    (StatusCode::NOT_MODIFIED, common(digest)).into_response()
}

fn common(digest: &str) -> [(HeaderName, String); 2] {
    [(ETAG, format!("\"{digest}\"")), (CACHE_CONTROL, "no-cache".to_owned())]
}

fn is_known(headers: &HeaderMap, digest: &str) -> bool {
    let known =
        headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    // A cache on the way may have made it weak.
    known.map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/").trim_matches('"') == digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn what_is_known_already_is_not_sent_again() {
        let world = World::new().await;
        let index = world.send("GET /catalog", &[], "").await;
        assert_eq!((index.status, index.header("cache-control")), (200, "no-cache"));
        let digest = index.json()["services"][0]["digest"].as_str().unwrap().to_owned();
        let service = world.send("GET /catalog/shop", &[], "").await;
        assert_eq!(service.header("etag"), format!("\"{digest}\""));
        assert_eq!(metatool::digest(service.body.as_bytes()), digest);
        for (line, etag) in [("GET /catalog", index.header("etag")), ("GET /catalog/shop", service.header("etag"))] {
            for known in [etag.to_owned(), format!("\"x\", W/{etag}"), "*".to_owned()] {
                let again = world.send(line, &[("if-none-match", &known)], "").await;
                assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", etag), "{known}");
            }
            assert_eq!(world.send(line, &[("if-none-match", "\"other\"")], "").await.status, 200);
        }
        world.send("GET /catalog/nowhere", &[], "").await.problem(404, "unknown-service");
    }

    #[tokio::test]
    async fn the_way_to_the_provider_stays_here() {
        let world = World::with(crate::testing::config(), 0, |service| {
            service.upstream = "https://inner.provider.example/v7".into();
            service.servers =
                vec![uaps_model::Server { url: "https://server.example".into(), description: "x".into() }];
            service.operations[0].servers = service.servers.clone();
            service.security_schemes.insert("oauth".into(), json!({"authorizationUrl": "https://login.example"}));
            service.operations[0].security = vec![[("oauth".to_owned(), vec!["admin-scope".to_owned()])].into()];
        })
        .await;
        let told = world.send("GET /catalog/shop", &[], "").await.body;
        for secret in
            ["inner.provider", "server.example", "login.example", "oauth", "admin-scope", "X-Shop-Key", "apiKey"]
        {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
        assert!(told.contains("place_order"));
    }
}
