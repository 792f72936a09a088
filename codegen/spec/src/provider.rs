//! The three texts of a provider, read together.

use crate::{
    Diagnostic, Document, Manifest, Node, Sources, Version, codes, composition, overlay, parse, parse_document, raise,
    sha256_hex, upstream,
};

/// A text and what messages call it.
#[derive(Debug, Clone)]
pub struct Text {
    /// `specs/weather/openapi.yaml`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// What a provider's folder holds.
#[derive(Debug, Clone)]
pub struct Input {
    /// The folder's name.
    pub folder: String,
    /// `provider.yaml`.
    pub manifest: Text,
    /// The file that the manifest's `endpoints` names.
    pub document: Text,
    /// `overlay.yaml`, where there is one.
    pub overlay: Option<Text>,
}

/// A provider as it was read: well-formed, overlay applied, raised. Rules have not looked at it yet.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The manifest; its fields are right.
    pub manifest: Manifest,
    /// The document, raised to the structure of OpenAPI 3 after its overlay was applied.
    pub document: Document,
    /// The version that the vendor wrote it in.
    pub version: Version,
    /// The manifest as a tree, for rules that point into it.
    pub manifest_node: Node,
}

/// Reads a provider into `sources`. `None` where it can't be used at all; the diagnostics say why.
pub fn read(sources: &mut Sources, input: Input) -> (Option<Provider>, Vec<Diagnostic>) {
    let manifest_file = sources.add(input.manifest.path, input.manifest.text);
    let document_file = sources.add(input.document.path, input.document.text);
    let overlay_file = input.overlay.map(|overlay| sources.add(overlay.path, overlay.text));

    let (manifest_node, mut diagnostics) = parse(sources, manifest_file);
    let manifest = manifest_node.as_ref().and_then(|node| {
        let (manifest, found) = Manifest::read(node, &input.folder);
        diagnostics.extend(found);
        manifest
    });
    if let Some(node) = manifest_node.as_ref().and_then(|node| node.get("upstream"))
        && node.as_str().is_some_and(|text| upstream::parse(text.trim()).is_err_and(|bad| bad.secret))
    {
        sources.hide(node.span);
    }
    diagnostics.extend(manifest.as_ref().and_then(|manifest| changed(manifest, sources.text(document_file))));
    let (root, found) = parse_document(sources, document_file);
    diagnostics.extend(found);
    let overlay = overlay_file.and_then(|file| {
        let (overlay, found) = parse(sources, file);
        diagnostics.extend(found);
        overlay
    });
    let root = root.map(|mut root| {
        diagnostics.extend(overlay.iter().flat_map(|overlay| overlay::apply(&mut root, overlay)));
        root
    });
    let raised = root.and_then(|root| {
        let (raised, found) = raise::raise(root);
        diagnostics.extend(found);
        raised
    });
    let provider = match (manifest, manifest_node, raised) {
        (Some(manifest), Some(manifest_node), Some((root, version))) => {
            let document = Document { root };
            let endless = composition::check(&document);
            let bounded = endless.is_none();
            diagnostics.extend(endless);
            bounded.then_some(Provider { manifest, manifest_node, version, document })
        }
        _ => None,
    };
    (provider, diagnostics)
}

/// A vendor's document stays as it came: what was reviewed is what is compiled.
fn changed(manifest: &Manifest, document: &str) -> Option<Diagnostic> {
    let source = manifest.source.as_ref()?;
    let hash = sha256_hex(document);
    (hash != source.sha256).then(|| {
        Diagnostic::error(codes::DOCUMENT_CHANGED, "the vendor's document has changed since it came", source.span)
            .label(format!("`{}` does not have this hash", manifest.endpoints))
            .help(format!(
                "put edits into overlay.yaml and restore the document; or, if the vendor published a new one, write `sha256: \"{hash}\"` into `source`"
            ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a provider that came with the document `came` and now has `now`.
    #[track_caller]
    fn check_source(came: &str, now: &str, expected: &[&str]) {
        let text = |path: &str, text: &str| Text { path: path.to_owned(), text: text.to_owned() };
        let hash = sha256_hex(came).to_uppercase();
        let manifest = format!(
            "id: shop\nname: Shop\ndescription: d\ncategory: c\nupstream: https://shop.example\nauth: {{scheme: none}}\nendpoints: openapi.yaml\nsource: {{url: u, sha256: '{hash}'}}\n"
        );
        let mut sources = Sources::default();
        let input = Input {
            folder: "shop".to_owned(),
            manifest: text("provider.yaml", &manifest),
            document: text("openapi.yaml", now),
            overlay: None,
        };
        let (_, found) = read(&mut sources, input);
        let shown: Vec<_> = found.iter().map(|d| format!("{} {}", sources.locate(d.primary.span), d.message)).collect();
        assert_eq!(shown, expected);
        assert!(found.iter().all(|d| d.help.as_ref().unwrap().contains(&sha256_hex(now))), "{found:?}");
    }

    #[test]
    fn a_vendors_document_stays_as_it_came() {
        check_source("openapi: 3.0.3\n", "openapi: 3.0.3\n", &[]);
        let changed = ["provider.yaml:8:26 the vendor's document has changed since it came"];
        check_source("openapi: 3.0.3\n", "openapi: 3.0.3\n# edited\n", &changed);
        check_source("openapi: 3.0.3\n", "openapi: 3.0.3\r\n", &changed);
    }
}
