//! Every route of the gateway.

use crate::Gateway;
use crate::payment;
use crate::routes::{
    account, admin, approvals, approve, catalog, docs, envelope, fallback, health, keys, mcp, openapi, proxy,
    published, settlement, tools, topups,
};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, delete, get, post, put};
use metatool::{Backend, HttpSettings, Sessions};
use std::sync::Arc;

/// Loopback is always answered; the operator's hosts and origins come on top.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const LOCAL_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

/// The routes, inside the layers that every answer passes. `endpoint` makes that of assistants.
pub fn router(gateway: Gateway, endpoint: impl FnOnce(Arc<dyn Backend>, HttpSettings) -> Router) -> Router {
    let assistants = endpoint(Arc::new(gateway.clone()), mcp_settings(&gateway))
        .layer(from_fn_with_state(gateway.clone(), mcp::guard));
    let routes = Router::new()
        // The process.
        .route("/health", get(health::process))
        .route("/ready", get(health::ready))
        .route("/health/services", get(health::services))
        // The catalogue.
        .route("/services", get(catalog::services))
        .route("/services/{id}", get(catalog::service))
        .route("/services/{id}/tools", get(catalog::tools))
        .route("/services/{id}/tools/{tool}", post(tools::call))
        .route("/catalog", get(published::index))
        .route("/catalog/{id}", get(published::service))
        .route("/openapi.json", get(openapi::all))
        .route("/docs", get(docs::index))
        .route("/docs/{service}", get(docs::service))
        // Where a client of `/mcp` looks for how to get in.
        .route(mcp::METADATA, get(mcp::metadata))
        .route("/.well-known/oauth-protected-resource", get(mcp::metadata))
        // The holder of a key.
        .route("/v1/me", get(account::me))
        .route("/v1/transactions", get(account::transactions))
        .route("/v1/statements/{month}", get(account::statement))
        .route("/v1/purchases/{id}", get(account::purchase))
        .route("/v1/approvals", get(approvals::list))
        .route("/v1/approvals/{id}", get(approvals::show).post(approvals::answer))
        .route("/v1/keys", get(keys::list).post(keys::create))
        .route("/v1/keys/{id}", delete(keys::revoke))
        .route("/v1/keys/{id}/limits", put(keys::limit))
        .route("/v1/topups", post(topups::create))
        .route("/v1/topups/{id}", get(topups::show))
        // Stripe, which signs what it sends.
        .route("/webhooks/stripe", post(topups::webhook))
        // The page on which a person answers an approval.
        .route("/approve/{id}", get(approve::page))
        // The operator. Without an admin token these answer 404.
        .route("/admin/keys", get(admin::list).post(admin::create))
        .route("/admin/keys/{id}", delete(admin::revoke))
        .route("/admin/keys/{id}/credit", post(admin::credit))
        .route("/admin/approvals", get(approvals::admin_list))
        .route("/admin/approvals/{id}", get(approvals::admin_show).post(approvals::admin_answer))
        .route("/admin/purchases/{id}/refunds", post(settlement::refund))
        .route("/admin/purchases/{id}/resolve", post(settlement::resolve))
        // The providers. What the gateway answers itself under a service's name, it answers only to GET.
        .route("/{service}/health", get(health::service).fallback(proxy::call))
        .route("/{service}/openapi.json", get(openapi::service).fallback(proxy::call))
        .route("/{service}", any(proxy::call))
        .route("/{service}/", any(proxy::call))
        .route("/{service}/{*path}", any(proxy::call))
        .method_not_allowed_fallback(fallback::method)
        .fallback(fallback::nothing)
        .layer(from_fn_with_state(gateway.clone(), payment::challenge))
        .with_state(gateway.clone())
        // Assistants.
        .nest("/mcp", assistants);
    envelope::wrap(routes, gateway.config().max_body_bytes)
}

fn mcp_settings(gateway: &Gateway) -> HttpSettings {
    let with = |local: [&str; 3], more: &[String]| {
        local.into_iter().map(str::to_owned).chain(more.iter().cloned()).collect::<Vec<_>>()
    };
    let config = gateway.config();
    HttpSettings {
        allowed_hosts: with(LOCAL_HOSTS, &config.allowed_hosts),
        allowed_origins: with(LOCAL_ORIGINS, &config.allowed_origins),
        sessions: if config.mcp_sessions { Sessions::InMemory } else { Sessions::None },
    }
}
