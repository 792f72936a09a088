//! HTML, with every text from a document escaped.

use crate::pipeline::required_level;
use uaps_model::{Commerce, Operation, Place, Service};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8883;--dim:#8889}\
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}\
h1,h2,h3{line-height:1.2}h2{margin-top:2.5rem;text-transform:capitalize}\
.lead{font-size:1.1rem}.dim{color:GrayText;font-size:.9rem}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-top:1px solid var(--line)}\
th{font-weight:600;font-size:.85rem;color:GrayText}\
code{font:0.9em ui-monospace,monospace}.m{font-weight:600;display:inline-block;min-width:3.6rem}\
.tag{border:1px solid var(--line);border-radius:.6rem;padding:0 .5rem;font-size:.8rem;white-space:nowrap}\
section{margin:1.5rem 0 2.5rem}.scroll{overflow-x:auto}";

/// A whole page.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{}</title><style>{STYLE}</style><body>{body}</body></html>",
        escape(title)
    )
}

/// A service with a table of its operations, under a heading of the given level.
pub fn service(service: &Service, level: u8) -> String {
    let (id, facts) = (escape(service.id.as_str()), &service.facts);
    let mut out = format!(
        "<section id=\"{id}\"><h{level}>{}</h{level}><p>{}</p><p class=dim>Base path <code>/{id}</code>. \
         <a href=\"/{id}/openapi.json\">OpenAPI document</a>, <a href=\"/{id}/health\">health</a></p>",
        escape(&service.name),
        escape(&service.description),
    );
    for (label, text) in
        [("Flow", &facts.flow), ("Pricing", &facts.pricing_model), ("Response time", &facts.typical_response_time)]
    {
        if !text.is_empty() {
            out.push_str(&format!("<p><b>{label}:</b> {}</p>", escape(text)));
        }
    }
    out.push_str("<div class=scroll><table><tr><th>Request<th>What it does<th>Parameters<th>Key<th>Cost</tr>");
    for op in &service.operations {
        out.push_str(&row(&id, op));
    }
    out.push_str("</table></div></section>");
    out
}

fn row(id: &str, op: &Operation) -> String {
    let mut parameters: Vec<String> = op
        .params
        .iter()
        .map(|param| {
            let place = match param.place {
                Place::Path | Place::Query => "",
                Place::Header => " (header)",
                Place::Cookie => " (cookie)",
            };
            let mark = if param.required { "" } else { "?" };
            format!("<code>{}</code>{mark}{place}", escape(&param.name))
        })
        .collect();
    if let Some(media) = op.body.as_ref().and_then(|body| body.preferred()) {
        parameters.push(format!("body: {}", escape(&media.content_type)));
    }
    let cost = match &op.commerce {
        Some(Commerce::Purchase { quote, .. }) => {
            format!(
                "<span class=tag>purchase</span> priced by <code>{}</code>; needs <code>Idempotency-Key</code>",
                escape(quote.as_str())
            )
        }
        Some(Commerce::Quote { .. }) => "<span class=tag>quote</span>".to_owned(),
        None => String::new(),
    };
    let fee = if op.fee_cents > 0 { format!(" {} cents a call", op.fee_cents) } else { String::new() };
    let old = if op.deprecated { " <span class=tag>deprecated</span>" } else { "" };
    format!(
        "<tr><td><span class=m>{}</span><code>/{id}{}</code><br><span class=dim>{}</span><td>{}{old}<td>{}<td>{}<td>{cost}{fee}</tr>",
        op.method,
        escape(&op.path),
        escape(op.tool.as_str()),
        escape(&op.title),
        parameters.join(", "),
        required_level(op),
    )
}

/// Text that is only text, in content and in quoted attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
