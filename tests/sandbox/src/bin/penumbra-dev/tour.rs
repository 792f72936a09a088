//! Three commands to copy, made from the catalogue's own examples.

use anyhow::Context;
use gateway::executor;
use serde_json::Value;
use uaps_model::{AccessLevel, AuthScheme, Catalog, Commerce, IDEMPOTENCY_KEY, Operation, Service};
use url::Url;

/// A command and what it does.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// One line for people.
    pub title: String,
    /// For a POSIX shell.
    pub command: String,
}

/// A call that is free, then the quote and the purchase of the catalogue's first purchase tool.
pub fn steps(catalog: &Catalog, gateway: &Url, key: &str) -> anyhow::Result<Vec<Step>> {
    let mut steps = vec![match free(catalog) {
        Some((service, operation)) => Step {
            title: format!("{}: {} (free, no key needed)", service.name, operation.title),
            command: curl(gateway, service, operation, &brief(operation), &[])?,
        },
        None => Step {
            title: "What there is (free, no key needed)".into(),
            command: format!("curl -s {}", quoted(gateway.join("/services")?.as_str())),
        },
    }];
    if let Some((service, quote, purchase)) = purchase(catalog) {
        let authorization = format!("Authorization: Bearer {key}");
        steps.push(Step {
            title: format!("{}: {} (buys nothing)", service.name, quote.title),
            command: curl(gateway, service, quote, &quote.example.arguments, &[&authorization])?,
        });
        let once = format!("{IDEMPOTENCY_KEY}: demo-1");
        steps.push(Step {
            title: format!("{}: {} (send it twice, it is bought once)", service.name, purchase.title),
            command: curl(gateway, service, purchase, &purchase.example.arguments, &[&authorization, &once])?,
        });
    }
    Ok(steps)
}

/// The first operation that anybody may call, of a provider that wants no credential from anybody.
fn free(catalog: &Catalog) -> Option<(&Service, &Operation)> {
    let open = catalog.services().filter(|service| service.auth.scheme == AuthScheme::None);
    let mut calls = open.flat_map(|service| service.operations.iter().map(move |operation| (service, operation)));
    // The more an example shows, the better it serves as the first thing a newcomer sees.
    let is_free = |op: &Operation| {
        op.access == AccessLevel::Anonymous && op.fee_cents == 0 && op.commerce.is_none() && op.method.is_safe()
    };
    let first = calls.find(|(_, operation)| is_free(operation))?;
    let richest = first.0.operations.iter().filter(|op| is_free(op)).max_by_key(|op| op.params.len())?;
    Some((first.0, richest))
}

fn purchase(catalog: &Catalog) -> Option<(&Service, &Operation, &Operation)> {
    catalog.services().find_map(|service| {
        service.operations.iter().find_map(|purchase| {
            let Some(Commerce::Purchase { quote, .. }) = &purchase.commerce else { return None };
            Some((service, service.operation(quote.as_str())?, purchase))
        })
    })
}

/// The example cut down to what fits a line: what is required, and after that the first few of the rest.
fn brief(operation: &Operation) -> Value {
    const PARAMETERS: usize = 4;
    let mut arguments = operation.example.arguments.clone();
    if let Some(arguments) = arguments.as_object_mut() {
        let required = operation.params.iter().filter(|param| param.required);
        let optional = operation.params.iter().filter(|param| !param.required && arguments.contains_key(&param.key));
        let kept: Vec<&str> = required.chain(optional).take(PARAMETERS).map(|param| param.key.as_str()).collect();
        arguments.retain(|key, _| {
            kept.contains(&key.as_str()) || !operation.params.iter().any(|param| param.key == *key && !param.required)
        });
    }
    arguments
}

/// The request that the executor makes of these arguments, sent to the gateway instead.
fn curl(
    gateway: &Url,
    service: &Service,
    operation: &Operation,
    arguments: &Value,
    headers: &[&str],
) -> anyhow::Result<String> {
    let mut arguments = arguments.clone();
    if let Some(arguments) = arguments.as_object_mut() {
        // In a tool call the key is an argument, on REST it is the header that the caller of this function gives.
        arguments.remove(IDEMPOTENCY_KEY);
    }
    let request = executor::build_at(&gateway.join(service.id.as_str())?, service, operation, &arguments)
        .with_context(|| format!("the example of {} of {} makes no request", operation.tool, service.id))?;
    let mut words = vec!["curl".to_owned(), "-s".to_owned()];
    let implied = if request.body.is_some() { http::Method::POST } else { http::Method::GET };
    if request.method != implied {
        words.extend(["-X".to_owned(), request.method.to_string()]);
    }
    words.push(quoted(request.url.as_str()));
    for header in headers {
        words.extend(["-H".to_owned(), quoted(header)]);
    }
    for (name, value) in request.headers.iter().filter(|(name, _)| *name != http::header::ACCEPT) {
        let value = value.to_str().context("the example holds a header that no shell can carry")?;
        words.extend(["-H".to_owned(), quoted(&format!("{name}: {value}"))]);
    }
    if let Some(body) = &request.body {
        let body = std::str::from_utf8(body).context("the example's body is not text")?;
        let body = serde_json::from_str::<Value>(body).map_or_else(|_| body.to_owned(), |json| json.to_string());
        words.extend(["--data-raw".to_owned(), quoted(&body)]);
    }
    Ok(words.join(" "))
}

/// One word of a POSIX shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_follow_from_the_catalogue() {
        let gateway = Url::parse("http://127.0.0.1:8080/").unwrap();
        let steps = steps(&crate::fixture::catalog(), &gateway, "unified-x").unwrap();
        let text: String = steps.iter().map(|step| format!("# {}\n{}\n", step.title, step.command)).collect();
        insta::assert_snapshot!(text, @"
        # cab: follow (free, no key needed)
        curl -s 'http://127.0.0.1:8080/cab/rides/7'
        # cab: fare (buys nothing)
        curl -s 'http://127.0.0.1:8080/cab/fare?seats=2' -H 'Authorization: Bearer unified-x'
        # cab: ride (send it twice, it is bought once)
        curl -s -X POST 'http://127.0.0.1:8080/cab/rides?seats=2' -H 'Authorization: Bearer unified-x' -H 'Idempotency-Key: demo-1'
        ");
    }

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
