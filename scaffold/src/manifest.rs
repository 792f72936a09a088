//! `provider.yaml`.

use crate::yaml::{quoted, scalar};
use crate::{NewProvider, auth, facts};
use uaps_spec::{Document, sha256_hex};

/// The manifest's text. `document` is the vendor's text and `endpoints` the name of its file.
pub(crate) fn render(new: &NewProvider, tree: &Document, document: &str, endpoints: &str) -> String {
    let hash = sha256_hex(document);
    let auth = auth::choose(new, tree);
    let mut proof = format!("scheme: {}", auth::scheme_name(auth.scheme));
    if let Some(place) = auth.place {
        proof.push_str(&format!(", in: {}", auth::place_name(place)));
    }
    if let Some(name) = &auth.name {
        proof.push_str(&format!(", name: {}", scalar(name)));
    }
    let mut lines = vec![
        "# yaml-language-server: $schema=../provider.schema.json".to_owned(),
        format!("id: {}", new.id),
        format!("name: {}", scalar(&new.name)),
        format!("description: {}", scalar(&facts::description(new, tree))),
        format!("category: {}", scalar(new.category.as_deref().unwrap_or("general"))),
    ];
    if !new.tags.is_empty() {
        let tags: Vec<_> = new.tags.iter().map(|tag| scalar(tag)).collect();
        lines.push(format!("tags: [{}]", tags.join(", ")));
    }
    lines.extend([
        format!("upstream: {}", quoted(&new.upstream)),
        source(new, &hash),
        format!("auth: {{ {proof} }}"),
        format!("endpoints: {endpoints}"),
        "rate_limits: { default_per_minute: 120, burst: 30 }".to_owned(),
        "access: { read: anonymous, write: identified, purchase: authenticated }".to_owned(),
    ]);
    lines.join("\n") + "\n"
}

/// Where the document came from: one line, or one for each file that it was made of.
fn source(new: &NewProvider, hash: &str) -> String {
    let (url, hash) = (quoted(&new.source), quoted(hash));
    if new.bundled.is_empty() {
        return format!("source: {{ url: {url}, sha256: {hash} }}");
    }
    let files = new.bundled.iter();
    let files: String =
        files.map(|f| format!("\n    - {{ file: {}, sha256: {} }}", quoted(&f.name), quoted(&f.sha256))).collect();
    format!("source:\n  url: {url}\n  sha256: {hash}\n  bundled:{files}")
}
