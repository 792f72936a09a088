//! What a strict provider checks before it does anything.

use crate::KEY_PREFIX;
use crate::answer::Answer;
use crate::arguments::Call;
use http::{HeaderMap, header};
use serde_json::Value;
use uaps_model::{AuthScheme, BodyKind, Param, Place, SecretPlace, Style};

/// The first reason to refuse the call, as the answer that says so.
pub(crate) fn refusal(call: &Call<'_>) -> Option<Answer> {
    credential(call).or_else(|| parameters(call)).or_else(|| body(call))
}

fn credential(call: &Call<'_>) -> Option<Answer> {
    let auth = &call.service.auth;
    let named = auth.name.as_deref().unwrap_or("X-API-Key");
    let (found, place) = match (auth.scheme, auth.place) {
        (AuthScheme::None | AuthScheme::Custom, _) => return None,
        (AuthScheme::ApiKey, Some(SecretPlace::Query)) => {
            let found = call.query.iter().find(|(name, _)| name == named).map(|(_, value)| value.as_str());
            (found, format!("the query parameter `{named}`"))
        }
        (AuthScheme::ApiKey, _) => (text(call.headers, named), format!("the header `{named}`")),
        (AuthScheme::Oauth2 | AuthScheme::Jwt, _) => {
            (text(call.headers, "authorization"), "the header `Authorization`, after `Bearer `".to_owned())
        }
    };
    let bearer = matches!(auth.scheme, AuthScheme::Oauth2 | AuthScheme::Jwt);
    let secret = found.and_then(|value| if bearer { value.strip_prefix("Bearer ") } else { Some(value) });
    match secret {
        Some(secret) if secret.starts_with(KEY_PREFIX) => None,
        Some(_) => Some(Answer::error(401, format!("the credential in {place} is not one of the sandbox's"))),
        None => Some(Answer::error(401, format!("{place} must hold a credential"))),
    }
}

fn parameters(call: &Call<'_>) -> Option<Answer> {
    let missing = call.operation.params.iter().find(|param| param.required && !is_there(call, param))?;
    let place = match missing.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    Some(Answer::error(400, format!("the required {place} parameter `{}` is missing", missing.name)))
}

fn is_there(call: &Call<'_>, param: &Param) -> bool {
    match param.place {
        // Routing found it.
        Place::Path => true,
        // Its members go under their own names, none of which need be there.
        Place::Query if param.style == Style::Form && param.explode && is_object(&param.schema) => true,
        Place::Query => !call.texts(param).is_empty(),
        // OpenAPI gives these three no meaning as parameters; a client sends them as the protocol wants.
        Place::Header
            if ["accept", "content-type", "authorization"].iter().any(|n| param.name.eq_ignore_ascii_case(n)) =>
        {
            true
        }
        Place::Header => call.headers.contains_key(&param.name),
        Place::Cookie => {
            let pairs = call.headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
            let mut names = pairs.flat_map(|v| v.split(';')).filter_map(|pair| Some(pair.split_once('=')?.0.trim()));
            names.any(|name| name == param.name)
        }
    }
}

fn is_object(schema: &Value) -> bool {
    // A reference may lead to an object, and then nothing can be said about names.
    schema.get("$ref").is_some() || schema.get("type").and_then(Value::as_str) == Some("object")
}

fn body(call: &Call<'_>) -> Option<Answer> {
    let declared = call.operation.body.as_ref()?;
    if call.body.is_empty() {
        return declared.required.then(|| Answer::error(400, "the request body is missing"));
    }
    if !declared.media.iter().all(|media| media.kind == BodyKind::Json) {
        return None;
    }
    let content_type = text(call.headers, "content-type").unwrap_or_default();
    if BodyKind::of(content_type) != BodyKind::Json {
        return Some(Answer::error(415, format!("the request body must be JSON, not `{content_type}`")));
    }
    let error = serde_json::from_slice::<serde::de::IgnoredAny>(call.body).err()?;
    Some(Answer::error(400, format!("the request body is not JSON: {error}")))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
