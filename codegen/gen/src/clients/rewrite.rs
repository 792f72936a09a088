//! From progenitor's tokens to `client.rs`: the writing of requests is replaced, the rest stays.
//!
//! In each method the statements up to the `OperationInfo` are dropped for one that builds the request with
//! `wire::Request`; an optional body becomes an `Option`; the reading of JSON answers goes through `wire::answer`, which
//! knows empty and textual ones. `Client::new` goes, because it brings a second HTTP stack with settings of its own.

mod request;

use super::{
    ClientError,
    lower::path,
    plan::{OperationPlan, Plan},
};
use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use quote::quote;
use std::collections::BTreeMap;
use syn::{
    Expr, ExprPath, FnArg, GenericArgument, ImplItem, ImplItemFn, Item, Pat, PathArguments, ReturnType, Stmt, Type,
    visit_mut::{self, VisitMut},
};
use uaps_model::BodyKind;

/// `client.rs`, and what the dyn edge has to know of it.
pub(super) struct ClientSource {
    /// The text, formatted.
    pub(super) text: String,
    /// Its methods, in the plan's order.
    pub(super) methods: Vec<Method>,
}

/// A method as it came out.
pub(super) struct Method {
    /// The lowered operation id.
    pub(super) name: String,
    /// The method's identifier.
    pub(super) ident: syn::Ident,
    /// Its arguments, in order.
    pub(super) arguments: Vec<Argument>,
    /// Whether its answer is a stream of bytes.
    pub(super) streams: bool,
}

/// An argument as it came out.
pub(super) struct Argument {
    /// Its identifier.
    pub(super) ident: syn::Ident,
    /// Its type, borrowed for `'a` where it isn't small.
    pub(super) ty: Type,
}

/// Rewrites and formats progenitor's output.
pub(super) fn run(
    plan: &Plan<'_>,
    wire_names: &BTreeMap<String, String>,
    tokens: TokenStream,
) -> Result<ClientSource, ClientError> {
    let failed = |operation: &str, reason: String| ClientError::Output {
        service: plan.service.id.to_string(),
        operation: operation.to_owned(),
        reason,
    };
    let mut file: syn::File =
        syn::parse2(restore(tokens, wire_names)).map_err(|e| failed("the file", e.to_string()))?;
    let mut methods = BTreeMap::new();
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() {
            continue;
        }
        block.items.retain(|item| !matches!(item, ImplItem::Fn(f) if f.sig.ident == "new"));
        for item in &mut block.items {
            let ImplItem::Fn(function) = item else { continue };
            let name = function.sig.ident.to_string();
            let Some(op) = plan.by_name(name.strip_suffix('_').unwrap_or(&name)) else { continue };
            let method = method(function, op).map_err(|reason| failed(op.operation.tool.as_str(), reason))?;
            methods.insert(op.name.clone(), method);
        }
    }
    let methods = plan.operations.iter().map(|op| {
        methods.remove(&op.name).ok_or_else(|| failed(op.operation.tool.as_str(), "there is no such method".into()))
    });
    let methods = methods.collect::<Result<_, _>>()?;
    let multipart = plan.operations.iter().any(|op| op.body.as_ref().is_some_and(|b| b.kind == BodyKind::Multipart));
    let multipart = multipart.then(|| quote!(multipart,));
    file.items.insert(
        0,
        syn::parse_quote!(
            #[allow(unused_imports)]
            use crate::{
                encode::{Field, Style},
                #multipart
                wire,
            };
        ),
    );
    Ok(ClientSource { text: formatted(&file), methods })
}

/// A file's text, with a blank line between items.
pub(super) fn formatted(file: &syn::File) -> String {
    let text = prettyplease::unparse(file);
    progenitor_impl::space_out_items(text.clone()).unwrap_or(text)
}

/// Puts the names of the wire back where placeholders stand.
fn restore(tokens: TokenStream, wire_names: &BTreeMap<String, String>) -> TokenStream {
    if wire_names.is_empty() {
        return tokens;
    }
    let restored = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut new = Group::new(group.delimiter(), restore(group.stream(), wire_names));
            new.set_span(group.span());
            TokenTree::Group(new)
        }
        TokenTree::Literal(literal) => {
            let wire = syn::parse2::<syn::LitStr>(TokenTree::from(literal.clone()).into())
                .ok()
                .and_then(|text| wire_names.get(&text.value()));
            TokenTree::Literal(wire.map_or(literal, |wire| Literal::string(wire)))
        }
        other => other,
    });
    restored.collect()
}

fn method(function: &mut ImplItemFn, op: &OperationPlan<'_>) -> Result<Method, String> {
    let placeholder = format!("`{}`", path(op));
    document(function, &placeholder, &format!("`{}`", op.operation.path));
    let mut arguments = Vec::new();
    for argument in function.sig.inputs.iter_mut() {
        let FnArg::Typed(typed) = argument else { continue };
        let Pat::Ident(pattern) = &*typed.pat else { return Err("an argument without a name".into()) };
        let ident = pattern.ident.clone();
        if ident == "body" && op.body.as_ref().is_some_and(|body| !body.required) && !is_option(&typed.ty) {
            let ty = &typed.ty;
            *typed.ty = syn::parse2(quote!(Option<#ty>)).map_err(|e| e.to_string())?;
        }
        arguments.push(Argument { ident, ty: (*typed.ty).clone() });
    }
    let statements = &mut function.block.stmts;
    let at = statements.iter().position(|s| local(s).is_some_and(|name| name == "info"));
    let at = at.ok_or("no `OperationInfo`")?;
    let built = statements.drain(..at).next_back().ok_or("no request")?;
    let ident = local(&built).ok_or("no name for the request")?;
    statements.insert(0, request::statement(&ident, op, &arguments)?);
    Answers.visit_block_mut(&mut function.block);
    Ok(Method {
        name: op.name.clone(),
        ident: function.sig.ident.clone(),
        arguments,
        streams: streams(&function.sig.output),
    })
}

/// The variable that a statement binds.
fn local(statement: &Stmt) -> Option<syn::Ident> {
    match statement {
        Stmt::Local(local) => match &local.pat {
            Pat::Ident(pattern) => Some(pattern.ident.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The documentation names the path of the wire.
fn document(function: &mut ImplItemFn, placeholder: &str, path: &str) {
    for attribute in &mut function.attrs {
        if let syn::Meta::NameValue(doc) = &mut attribute.meta
            && doc.path.is_ident("doc")
            && let Expr::Lit(literal) = &mut doc.value
            && let syn::Lit::Str(text) = &mut literal.lit
        {
            // Paths hold no backticks once they are in code quotes.
            let replaced = text.value().replacen(placeholder, &path.replace(char::is_control, ""), 1);
            *text = syn::LitStr::new(replaced.trim_end(), text.span());
        }
    }
}

/// Sends answers with a type through our reader.
struct Answers;

impl VisitMut for Answers {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        // `Err(Error::ErrorResponse(ResponseValue::from_response(response).await?))`
        if let Expr::Call(outer) = expr
            && is_path(&outer.func, "Err")
            && let Some(Expr::Call(inner)) = outer.args.first()
            && is_path(&inner.func, "Error::ErrorResponse")
            && let Some(Expr::Try(tried)) = inner.args.first()
            && let Expr::Await(awaited) = &*tried.expr
            && let Expr::Call(read) = &*awaited.base
            && is_path(&read.func, "ResponseValue::from_response")
        {
            let response = &read.args;
            *expr = syn::parse_quote!(Err(wire::failure(#response).await));
            return;
        }
        if let Expr::Call(call) = expr
            && is_path(&call.func, "ResponseValue::from_response")
        {
            *call.func = syn::parse_quote!(wire::answer);
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn is_path(expr: &Expr, expected: &str) -> bool {
    let Expr::Path(ExprPath { path, .. }) = expr else { return false };
    path.segments.iter().map(|s| s.ident.to_string()).eq(expected.split("::").map(str::to_owned))
}

pub(super) fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "Option")
}

/// The last segment of a path type.
pub(super) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The first type argument of a path type.
pub(super) fn type_argument(ty: &Type) -> Option<&Type> {
    match &last_segment(ty)?.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

/// Whether a method answers `Result<ResponseValue<ByteStream>, _>`.
fn streams(output: &ReturnType) -> bool {
    let ReturnType::Type(_, ty) = output else { return false };
    type_argument(ty)
        .and_then(type_argument)
        .and_then(last_segment)
        .is_some_and(|segment| segment.ident == "ByteStream")
}

/// Whether the body is passed as something that becomes bytes.
pub(super) fn takes_bytes(op: &OperationPlan<'_>) -> bool {
    op.body.as_ref().is_some_and(|body| body.kind == BodyKind::Binary)
}
