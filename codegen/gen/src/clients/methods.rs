//! `client.rs`: the client, with a method for each operation.

use super::{
    lower::clean,
    plan::Plan,
    request,
    source::{document, list},
    types::{Answer, Method, Types},
};

/// The whole file.
pub(super) fn emit(plan: &Plan<'_>, types: &Types<'_>) -> String {
    let mut out = String::from(HEAD);
    let (name, version) = (clean(&plan.service.name), clean(&plan.service.version));
    document(&mut out, "", &format!("Client for {name}\n\nVersion: {version}"));
    out.push_str(CLIENT);
    for method in &types.methods {
        out.push('\n');
        emit_method(&mut out, method);
    }
    out.push_str("}\n");
    out
}

const HEAD: &str = "\
use crate::{
    encode::{Field, Style},
    types,
    wire::Request,
};
pub use progenitor_client::{ByteStream, Error, ResponseValue};
use reqwest::{Body, Method};

";

const CLIENT: &str = "\
#[derive(Clone, Debug)]
pub struct Client {
    baseurl: String,
    client: reqwest::Client,
}

impl Client {
    /// A client of the server at `baseurl`: scheme and host, with port and path where it has them. Timeouts,
    /// credentials and proxies are those of `client`.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self { baseurl: baseurl.to_owned(), client }
    }

    /// Where requests go.
    pub fn baseurl(&self) -> &str {
        &self.baseurl
    }

    /// What sends them.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
";

fn emit_method(out: &mut String, method: &Method<'_>) {
    let (op, signature) = (method.plan.operation, &method.signature);
    document(out, INDENT, &description(method));
    let mut arguments = vec!["&self".to_owned()];
    arguments.extend(signature.arguments.iter().map(|argument| format!("{}: {}", argument.ident, argument.ty())));
    let (answer, send) = match &signature.answer {
        Answer::Nothing => ("()", "empty"),
        Answer::Typed(ty) => (ty.as_str(), "answer"),
        Answer::Bytes => ("ByteStream", "stream"),
    };
    let answers = format!(" -> Result<ResponseValue<{answer}>, Error<{}>> {{", signature.failure);
    list(out, INDENT, &format!("pub async fn {}", method.ident), &arguments, &answers);
    out.push_str(&format!(
        "        let request = Request::new(Method::{}, &self.baseurl, {})",
        op.method,
        request::template(&op.path)
    ));
    for step in request::steps(method) {
        out.push_str("\n            ");
        out.push_str(&step);
    }
    let failures = match signature.failures.as_slice() {
        [] => "|_| false".to_owned(),
        failures => format!("|status| matches!(status, {})", failures.join(" | ")),
    };
    out.push_str(&format!(";\n        request.{send}(&self.client, {failures}).await\n    }}\n"));
}

const INDENT: &str = "    ";

/// Summary, description, request and arguments. Text of the document stands in comments only.
fn description(method: &Method<'_>) -> String {
    let op = method.plan.operation;
    let mut text = clean(&op.title).trim_end_matches(['.', ',']).to_owned();
    let described = clean(&op.description);
    if !described.is_empty() {
        text.push_str(&format!("\n\n{described}"));
    }
    let path = clean(&op.path).replace(['`', '\n'], "");
    text.push_str(&format!("\n\nSends a `{}` request to `{path}`", op.method));
    if method.signature.arguments.iter().any(|argument| argument.description.is_some()) {
        text.push_str("\n\nArguments:");
        for argument in &method.signature.arguments {
            text.push_str(&format!("\n- `{}`", argument.ident));
            if let Some(description) = &argument.description {
                // What goes on over several lines stays a part of this item.
                text.push_str(&format!(": {}", description.replace('\n', "\n  ")));
            }
        }
    }
    text
}
