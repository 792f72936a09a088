//! `call.rs`: every method by its tool's name, with the arguments of a tool call.

use super::{
    plan::{OperationPlan, Plan},
    rewrite::{Argument, ClientSource, Method, formatted, is_option, last_segment, takes_bytes, type_argument},
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Type};

/// The dispatcher, formatted. The helpers it calls are the fixed file `arguments.rs`.
pub(super) fn emit(plan: &Plan<'_>, client: &ClientSource) -> Result<String, String> {
    let methods = || plan.operations.iter().zip(&client.methods);
    let arms = methods().map(|(op, method)| {
        let tool = op.operation.tool.as_str();
        let function = function_name(method);
        quote!(#tool => Box::pin(#function(client, arguments)))
    });
    let functions = methods().map(|(op, method)| function(op, method));
    let tokens = quote! {
        use crate::arguments::CallError;
        #[allow(unused_imports, reason = "which of them are used depends on the operations")]
        use crate::{arguments, client::types};
        use crate::Client;
        use serde_json::Value;
        use std::{future::Future, pin::Pin};

        /// Calls an operation by its tool's name. `arguments` is an object with each parameter under its key and the
        /// request body under `body`; the answer's body comes back as JSON, text as a string, bytes as base64.
        pub fn call<'a>(
            client: &'a Client,
            tool: &'a str,
            arguments: &'a Value,
        ) -> Pin<Box<dyn Future<Output = Result<Value, CallError>> + Send + 'a>> {
            match tool {
                #(#arms,)*
                _ => Box::pin(std::future::ready(Err(CallError::UnknownTool(tool.to_owned())))),
            }
        }

        #(#functions)*
    };
    let file: syn::File = syn::parse2(tokens).map_err(|e| e.to_string())?;
    Ok(formatted(&file))
}

/// No operation's function is called as one of the file's own names.
fn function_name(method: &Method) -> Ident {
    format_ident!("call_{}", method.name)
}

fn function(op: &OperationPlan<'_>, method: &Method) -> TokenStream {
    let mut takes = Vec::new();
    let mut passes = Vec::new();
    for argument in &method.arguments {
        let key = match op.params.iter().find(|p| is(argument, &p.name)) {
            Some(param) => param.param.key.as_str(),
            None => "body",
        };
        let ident = format_ident!("{}_", argument.ident.to_string().trim_end_matches('_'));
        let (take, pass) = if key == "body" && argument.ident == "body" && takes_bytes(op) {
            let required = op.body.as_ref().is_some_and(|body| body.required);
            let take = if required { quote!(crate::binary::required) } else { quote!(crate::binary::optional) };
            (quote!(let #ident = #take(arguments, #key)?;), quote!(#ident))
        } else {
            taken(&ident, key, &argument.ty)
        };
        takes.push(take);
        passes.push(pass);
    }
    let function = function_name(method);
    let ident = &method.ident;
    let unused = method.arguments.is_empty().then(|| quote!(let _ = arguments;));
    let answer = if method.streams { quote!(crate::binary::answer) } else { quote!(arguments::answer) };
    quote! {
        async fn #function(client: &Client, arguments: &Value) -> Result<Value, CallError> {
            #unused
            #(#takes)*
            #answer(client.#ident(#(#passes),*).await).await
        }
    }
}

fn is(argument: &Argument, name: &str) -> bool {
    let ident = argument.ident.to_string();
    ident == name || ident.strip_suffix('_') == Some(name)
}

/// The statement that takes an argument out of the object, and how it is passed on.
fn taken(ident: &Ident, key: &str, ty: &Type) -> (TokenStream, TokenStream) {
    if is_option(ty)
        && let Some(inner) = type_argument(ty)
    {
        let (owned, pass) = match inner {
            Type::Reference(reference) if is_str(&reference.elem) => (quote!(String), quote!(#ident.as_deref())),
            Type::Reference(reference) => {
                let owned = &reference.elem;
                (quote!(#owned), quote!(#ident.as_ref()))
            }
            small => (quote!(#small), quote!(#ident)),
        };
        return (quote!(let #ident: Option<#owned> = arguments::optional(arguments, #key)?;), pass);
    }
    let (owned, pass) = match ty {
        Type::Reference(reference) if is_str(&reference.elem) => (quote!(String), quote!(&#ident)),
        Type::Reference(reference) => {
            let owned = &reference.elem;
            (quote!(#owned), quote!(&#ident))
        }
        small => (quote!(#small), quote!(#ident)),
    };
    (quote!(let #ident: #owned = arguments::required(arguments, #key)?;), pass)
}

fn is_str(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| segment.ident == "str")
}
