//! `README.md` of a provider.

use crate::{NewProvider, auth, facts};
use uaps_model::{AuthScheme, one_line};
use uaps_spec::{Document, Node};

/// Operations that the page lists; the catalogue knows them all.
const ROWS: usize = 40;

/// The page's text. `endpoints` is the name of the document's file.
pub(crate) fn render(new: &NewProvider, document: &Document, endpoints: &str, has_overlay: bool) -> String {
    let secret = match auth::choose(new, document) {
        auth if auth.scheme == AuthScheme::None => "the provider asks for no credential".to_owned(),
        auth if auth.scheme == AuthScheme::ApiKey => format!(
            "the gateway reads its secret from `{}` and sends it as `{}`",
            variable(new, "API_KEY"),
            auth.name.unwrap_or_default()
        ),
        auth if auth.scheme == AuthScheme::Custom => {
            format!("the gateway reads the headers it adds from `{}`", variable(new, "HEADERS"))
        }
        _ => format!("the gateway reads its bearer token from `{}`", variable(new, "TOKEN")),
    };
    let operations: Vec<_> = document.operations().collect();
    let came = match new.bundled.len() {
        0 => "the vendor's document, byte for byte as it came".to_owned(),
        files => format!("the vendor's document, bundled from the {files} files that `provider.yaml` names"),
    };
    let mut text = format!(
        "# {}\n\n{}\n\n\
         | file | what |\n|---|---|\n\
         | `provider.yaml` | the manifest; {secret} |\n\
         | `{endpoints}` | {came} |\n\
         {}\
         | `examples/` | a call and its answer for each tool |\n\n\
         | request | what it does |\n|---|---|\n",
        cell(&new.name),
        cell(&facts::description(new, document)),
        if has_overlay { "| `overlay.yaml` | what we add to it: `x-services`, repairs, prices |\n" } else { "" },
    );
    for op in operations.iter().take(ROWS) {
        text.push_str(&format!(
            "| `{} {}` | {} |\n",
            op.method,
            cell(op.path).replace('`', "'"),
            cell(&what_it_does(op.node))
        ));
    }
    if let Some(more) = operations.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text.push_str(&format!("\n{more} more operations are in the document.\n"));
    }
    text.push_str(&format!(
        "\nAfter a change, `cargo xtask validate {0}` says whether it holds and `cargo xtask gen {0}` compiles it.\n",
        new.id
    ));
    text
}

/// The operation's summary, or its id where it has none.
fn what_it_does(operation: &Node) -> String {
    let summary = facts::summary(operation);
    if summary.is_empty() { operation.str_at("operationId").unwrap_or_default().to_owned() } else { summary }
}

fn variable(new: &NewProvider, kind: &str) -> String {
    format!("PROVIDER_{}_{kind}", new.id.env_name())
}

/// Foreign text as a table's cell: one line, nothing that would be taken for markup.
fn cell(text: &str) -> String {
    let text = one_line(text).split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|")
}
