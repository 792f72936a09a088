//! `/approve/{id}`: the page on which a person answers an approval.
//!
//! It is the same for every id and shows nothing by itself: a key is typed in, kept in the page's memory, and sent as a bearer
//! token to `/v1/approvals/{id}`. So nobody needs to keep its address secret.

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const PAGE: &str = include_str!("approve.html");

/// The page's own script and style run, by their hashes; it talks to this gateway, and nobody shows it in a frame.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let (script, style) = (hash_of("script"), hash_of("style"));
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
});

/// `GET /approve/{id}`.
pub async fn page() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, PAGE)
}

/// What a policy calls the text of the page's only element of a name.
fn hash_of(element: &str) -> String {
    let text = PAGE.split_once(&format!("<{element}>")).and_then(|(_, rest)| rest.split_once(&format!("</{element}>")));
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.map_or("", |(text, _)| text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn the_page_is_the_same_for_everybody_and_loads_nothing() {
        let world = World::new().await;
        let shown = world.send("GET /approve/apr_00000000000000000000000000000001", &[], "").await;
        assert_eq!((shown.status, shown.body.as_str()), (200, PAGE));
        assert_eq!(world.send("GET /approve/anything", &[], "").await.body, PAGE);
        let policy = shown.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!((shown.header("cache-control"), shown.header("referrer-policy")), ("no-store", "no-referrer"));
        // The policy knows one script and one style, and there is no other way to run or load something.
        assert_eq!((PAGE.matches("<script").count(), PAGE.matches("<style").count()), (1, 1));
        for loaded in [" src=", " href=", "url(", "innerHTML", " style=", " onclick="] {
            assert!(!PAGE.contains(loaded), "{loaded}");
        }
    }

    #[tokio::test]
    async fn an_approval_names_the_page() {
        let mut config = crate::testing::config();
        config.public_url = "https://pay.example/gate".parse().ok();
        let world = World::with(config, 5000, |_| {}).await;
        let (agent, _) = world.child(r#"{"approval_above": 0}"#).await;
        let told = world.order_as(&agent, "k", r#"{"item": "tea"}"#).await.json();
        let id = told["approval"]["id"].as_str().unwrap();
        assert_eq!(told["approval"]["url"], format!("https://pay.example/gate/approve/{id}"));
        let detail = told["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("answers at https://pay.example/gate/approve/{id}")), "{detail}");
    }
}
