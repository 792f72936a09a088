//! `call.rs`: every method by its tool's name, with the arguments of a tool call.

use super::{
    source::{list, literal},
    types::{Answer, Argument, Method, Passed, Types},
};

/// The whole file. The helpers it calls are the fixed file `arguments.rs`.
pub(super) fn emit(types: &Types<'_>) -> String {
    let mut out = String::from(HEAD);
    for method in &types.methods {
        let tool = literal(method.plan.operation.tool.as_str());
        out.push_str(&format!("        {tool} => Box::pin({}(client, arguments)),\n", function_name(method)));
    }
    out.push_str(
        "        _ => Box::pin(std::future::ready(Err(CallError::UnknownTool(tool.to_owned())))),\n    }\n}\n",
    );
    for method in &types.methods {
        out.push('\n');
        emit_function(&mut out, method);
    }
    out
}

const HEAD: &str = "\
#[allow(unused_imports, reason = \"which of them are used depends on the operations\")]
use crate::{arguments, client::Client, types};
use crate::arguments::CallError;
use serde_json::Value;
use std::{future::Future, pin::Pin};

/// Calls an operation by its tool's name. `arguments` is an object with each parameter under its key and the
/// request body under `body`; the answer comes back as JSON, as far as its type has a place for it, text as a string and
/// bytes as base64.
pub fn call<'a>(
    client: &'a Client,
    tool: &'a str,
    arguments: &'a Value,
) -> Pin<Box<dyn Future<Output = Result<Value, CallError>> + Send + 'a>> {
    match tool {
";

/// No operation's function is called as one of the file's own names.
fn function_name(method: &Method<'_>) -> String {
    format!("call_{}", method.plan.name)
}

fn emit_function(out: &mut String, method: &Method<'_>) {
    let arguments = &method.signature.arguments;
    let name = function_name(method);
    let unused = if arguments.is_empty() { "_" } else { "" };
    let parameters = ["client: &Client".to_owned(), format!("{unused}arguments: &Value")];
    list(out, "", &format!("async fn {name}"), &parameters, " -> Result<Value, CallError> {");
    for argument in arguments {
        out.push_str(&format!("    {}\n", take(argument)));
    }
    let answer = match method.signature.answer {
        Answer::Bytes => "crate::binary::answer",
        Answer::Nothing | Answer::Typed(_) => "arguments::answer",
    };
    let passed: Vec<String> = arguments.iter().map(pass).collect();
    list(out, "    ", &format!("let answer = client.{}", method.ident), &passed, ".await;");
    out.push_str(&format!("    {answer}(answer).await\n}}\n"));
}

/// The statement that takes an argument out of the object.
fn take(argument: &Argument<'_>) -> String {
    let key = literal(argument.param.map_or("body", |plan| plan.param.key.as_str()));
    let (ident, owned) = (variable(argument), &argument.owned);
    let ty = if argument.optional { format!("Option<{owned}>") } else { owned.clone() };
    // What is required and may be null must be there, as null if need be.
    let way = if argument.required { "required" } else { "optional" };
    match argument.passed {
        Passed::Bytes => format!("let {ident} = crate::binary::{way}(arguments, {key})?;"),
        _ => format!("let {ident}: {ty} = arguments::{way}(arguments, {key})?;"),
    }
}

fn pass(argument: &Argument<'_>) -> String {
    let ident = variable(argument);
    match (argument.passed, argument.optional) {
        (Passed::Value | Passed::Bytes, _) => ident,
        (Passed::Borrowed | Passed::Text, false) => format!("&{ident}"),
        (Passed::Borrowed, true) => format!("{ident}.as_ref()"),
        (Passed::Text, true) => format!("{ident}.as_deref()"),
    }
}

/// Never one of the function's own names.
fn variable(argument: &Argument<'_>) -> String {
    format!("{}_", argument.ident.trim_end_matches('_'))
}
