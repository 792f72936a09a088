//! A provider's own paths: `ANY /{service}/{path}`.

mod headers;

use super::{fallback, input};
use crate::Gateway;
use crate::caller::caller;
use crate::confirmation;
use crate::error::{COST, REPLAYED, Rejection};
use crate::executor::{self, DecodeError, InboundRequest};
use crate::pipeline::{Answer, Call, PurchaseReply, Reply, take_key};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use uaps_model::{IDEMPOTENCY_KEY, Method, Money, Operation, Problem, ProblemKind, RESERVED_SERVICE_IDS, Service};

const PURCHASE: HeaderName = HeaderName::from_static("penumbra-purchase");

/// Decodes the request into arguments, runs them through the pipeline, and streams the answer.
pub async fn call(State(gateway): State<Gateway>, request: Request) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    // The path as it came, still encoded: what is encoded in a segment must not become a separator.
    let (id, path) = split(parts.uri.path());
    if id.is_empty() || RESERVED_SERVICE_IDS.contains(&id) {
        return Err(fallback::nothing(parts.uri.clone()).await);
    }
    let service = gateway.service(id)?;
    let (op, variables) = match route(service, &parts.method, path) {
        Routed::To(op, variables) => (op, variables),
        Routed::Options(methods) => return Ok(options(&methods)),
        Routed::Refused(problem) => return Err((*problem).into()),
    };
    let caller = caller(&parts.headers, &parts.extensions);
    let limit = gateway.config().max_body_bytes;
    let confirmation = confirmation::read(&parts.headers)?;
    let call = Call { caller: &caller, service, op, confirmation: confirmation.as_ref() };
    let arguments = async {
        let body = input::bytes(&parts.headers, body, limit).await?;
        arguments(&gateway, &call, &parts, &variables, &body)
    };
    let reply = gateway.pipeline().run(call, arguments).await?;
    Ok(match reply {
        Reply::Answered { answer, fee } => answered(&gateway, service, answer, fee),
        Reply::Purchase(reply) => purchased(&reply),
    })
}

/// `/rideshare/rides/7` is `rideshare` and `/rides/7`.
fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    }
}

enum Routed<'s> {
    To(&'s Operation, Vec<(String, String)>),
    Options(Vec<Method>),
    Refused(Box<Problem>),
}

fn route<'s>(service: &'s Service, method: &http::Method, path: &str) -> Routed<'s> {
    let known = Method::parse(method.as_str()).filter(|known| known.as_str() == method.as_str());
    if let Some((op, variables)) = known.and_then(|method| service.route(method, path)) {
        return Routed::To(op, variables);
    }
    // HEAD is GET without the body, where that is free of charge; the server cuts the body off.
    if known == Some(Method::Head)
        && let Some((op, variables)) = service.route(Method::Get, path)
        && op.fee_cents == 0
        && !op.is_purchase()
    {
        return Routed::To(op, variables);
    }
    let methods = service.methods(path);
    if methods.is_empty() {
        let shown: String = path.chars().take(200).collect();
        return Routed::Refused(Box::new(Problem::new(
            ProblemKind::UnknownOperation,
            format!("`{}` has no operation on `{shown}`; GET /services/{0}/tools lists them all", service.id),
        )));
    }
    if known == Some(Method::Options) {
        return Routed::Options(methods);
    }
    let names: Vec<&str> = methods.iter().map(|m| m.as_str()).collect();
    let shown: String = method.as_str().chars().take(20).collect();
    let detail = format!("{shown} is not allowed here; use {}", names.join(" or "));
    Routed::Refused(Box::new(Problem::new(ProblemKind::MethodNotAllowed, detail).with("allowed_methods", names)))
}

fn options(methods: &[Method]) -> Response {
    let names: Vec<&str> = methods.iter().map(|m| m.as_str()).chain(["OPTIONS"]).collect();
    let allow = HeaderValue::try_from(names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static("OPTIONS"));
    (StatusCode::NO_CONTENT, [(http::header::ALLOW, allow)]).into_response()
}

fn arguments(
    gateway: &Gateway,
    call: &Call<'_>,
    parts: &Parts,
    variables: &[(String, String)],
    body: &[u8],
) -> Result<Map<String, Value>, Problem> {
    let inbound = InboundRequest { path: variables, query: parts.uri.query(), headers: &parts.headers, body };
    let (mut arguments, errors) = match executor::decode(call.service, call.op, &inbound) {
        Ok(arguments) => (arguments, Vec::new()),
        Err(DecodeError::Fields { errors, arguments }) => (arguments, errors),
        Err(DecodeError::Malformed(detail)) => return Err(Problem::new(ProblemKind::MalformedRequest, detail)),
        Err(error @ DecodeError::MediaType { .. }) => {
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, error.to_string()));
        }
    };
    if call.op.is_purchase() {
        // A document may declare the header as a parameter; then it has been read already, and as another type.
        arguments.remove(IDEMPOTENCY_KEY);
        take_key(&parts.headers, &mut arguments)?;
    }
    if errors.is_empty() { Ok(arguments) } else { Err(gateway.pipeline().refuse(call, errors, arguments)) }
}

fn answered(gateway: &Gateway, service: &Service, answer: Answer, fee: Option<Money>) -> Response {
    let (status, upstream, body) = match answer {
        Answer::Streaming(mut response) => {
            let upstream = std::mem::take(response.headers_mut());
            (response.status(), upstream, Body::from_stream(response.bytes_stream()))
        }
        Answer::Whole(whole) => (whole.status, whole.headers, Body::from(whole.body)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() =
        headers::passed_on(&upstream, |value| gateway.pipeline().providers().leaks(service, value));
    response.headers_mut().extend(fee.map(|fee| (COST, HeaderValue::from(fee.cents))));
    response
}

/// A purchase as it is answered.
pub(super) fn purchased(reply: &PurchaseReply) -> Response {
    let answer = reply.answer();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    let text = |text: String| HeaderValue::try_from(text).ok();
    headers.extend(answer.content_type.and_then(text).map(|value| (CONTENT_TYPE, value)));
    headers.extend(text(reply.purchase.id.to_string()).map(|value| (PURCHASE, value)));
    headers.extend(text(reply.location()).map(|value| (LOCATION, value)));
    headers.extend(reply.retry_after().map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
    headers.extend(reply.cost().map(|cost| (COST, HeaderValue::from(cost.cents))));
    headers.extend(reply.replayed.then(|| (REPLAYED, HeaderValue::from_static("true"))));
    headers::harden(headers);
    response
}
