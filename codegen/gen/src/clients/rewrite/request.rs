//! The one statement that builds a request.

use super::Argument;
use crate::clients::plan::{BodyPlan, Field, OperationPlan, ParamPlan};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Stmt};
use uaps_model::{BodyKind, Encoding, Operation, Place, Style};

/// `let mut request = wire::Request::get(&self.baseurl, "/pets/{id}").path(...).query(...).build(&self.client)?;`
pub(super) fn statement(request: &Ident, op: &OperationPlan<'_>, arguments: &[Argument]) -> Result<Stmt, String> {
    let ident_of = |name: &str| {
        let found = arguments.iter().find(|a| {
            let ident = a.ident.to_string();
            ident == name || ident.strip_suffix('_') == Some(name)
        });
        found.map(|a| a.ident.clone()).ok_or_else(|| format!("no argument `{name}`"))
    };
    let mut steps = Vec::new();
    for param in &op.params {
        steps.push(step(param, &ident_of(&param.name)?));
    }
    if let Some(body) = &op.body {
        steps.push(send(body, &ident_of("body")?));
    }
    if let Some(media) = accepted(op.operation) {
        steps.insert(0, quote!(.accept(#media)));
    }
    let method = format_ident!("{}", op.operation.method.as_str());
    let path = encoded(&op.operation.path);
    syn::parse2(quote! {
        let mut #request = wire::Request::new(reqwest::Method::#method, &self.baseurl, #path)
            #(#steps)*
            .build(&self.client)?;
    })
    .map_err(|e| e.to_string())
}

fn step(plan: &ParamPlan<'_>, ident: &Ident) -> TokenStream {
    let name = &plan.param.name;
    let how = how(plan);
    match plan.param.place {
        Place::Path => quote!(.path(#name, #how, &#ident)),
        Place::Query => quote!(.query(#name, #how, &#ident)),
        Place::Header => quote!(.header(#name, #how, &#ident)),
        Place::Cookie => quote!(.cookie(#name, #how, &#ident)),
    }
}

fn how(plan: &ParamPlan<'_>) -> TokenStream {
    let param = plan.param;
    if param.json { quote!(Style::Json.plain()) } else { format(param.style, param.explode, param.allow_reserved) }
}

/// `Style::Form.exploded()`
fn format(style: Style, explode: bool, reserved: bool) -> TokenStream {
    let style = match style {
        Style::Matrix => "Matrix",
        Style::Label => "Label",
        Style::Simple => "Simple",
        Style::Form => "Form",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::TabDelimited => "TabDelimited",
        Style::DeepObject => "DeepObject",
    };
    let style = format_ident!("{style}");
    let explode = if explode { quote!(exploded) } else { quote!(plain) };
    let reserved = reserved.then(|| quote!(.reserved()));
    quote!(Style::#style.#explode() #reserved)
}

/// `&[("tags", Field::Styled(Style::Form.plain()))]`
fn fields(plan: &BodyPlan<'_>) -> TokenStream {
    let fields = plan.fields.iter().map(|(name, field)| {
        let how = match field {
            Field::File(media) => quote!(Field::File(#media)),
            Field::Encoded(Encoding::Media { content_type }) => quote!(Field::Media(#content_type)),
            Field::Encoded(Encoding::Styled { style, explode, allow_reserved }) => {
                let format = format(*style, *explode, *allow_reserved);
                quote!(Field::Styled(#format))
            }
        };
        quote!((#name, #how))
    });
    quote!(&[#(#fields),*])
}

fn send(plan: &BodyPlan<'_>, body: &Ident) -> TokenStream {
    let content_type = plan.content_type;
    let value = match (plan.required, plan.kind) {
        (true, BodyKind::Binary) => quote!(Some(#body)),
        (true, _) => quote!(Some(&#body)),
        (false, BodyKind::Binary) => quote!(#body),
        (false, _) => quote!(#body.as_ref()),
    };
    match plan.kind {
        BodyKind::Json => quote!(.json(#content_type, #value)),
        BodyKind::Form => {
            let fields = fields(plan);
            quote!(.form(#content_type, #fields, #value))
        }
        BodyKind::Text => quote!(.text(#content_type, #value)),
        BodyKind::Binary => quote!(.bytes(#content_type, #value)),
        BodyKind::Multipart => {
            let fields = fields(plan);
            quote!(.multipart(#content_type, multipart::write(#fields, #value)))
        }
    }
}

/// The media types that the document announces, JSON first.
fn accepted(operation: &Operation) -> Option<String> {
    let mut types: Vec<&str> = Vec::new();
    for response in &operation.responses {
        types.extend(response.content_type.as_deref().filter(|known| !types.contains(known)));
    }
    types.sort_by_key(|known| !known.contains("json"));
    (!types.is_empty()).then(|| types.join(", "))
}

/// The template with its own text encoded as far as a URL needs it; variables stay between braces. Some documents write a
/// query behind the path, which is sent, and others a fragment, by which they tell operations of one path apart and which
/// never is.
fn encoded(template: &str) -> String {
    let sent = template.split('#').next().unwrap_or_default();
    match sent.split_once('?') {
        Some((path, query)) => format!("{}?{}", path_encoded(path), literal_encoded(query)),
        None => path_encoded(sent),
    }
}

fn path_encoded(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        out.push_str(&literal_encoded(literal));
        out.push_str(&format!("{{{name}}}"));
        rest = tail;
    }
    out.push_str(&literal_encoded(rest));
    out
}

fn literal_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | b'\\' | b'^' | b'|' => format!("%{byte:02X}"),
        _ if byte.is_ascii() && !byte.is_ascii_control() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
