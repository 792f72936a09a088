//! The three texts of a provider, read together.

use crate::{
    Diagnostic, Document, Manifest, Node, Sources, Span, codes, overlay, parse, parse_document, sha256_hex, upstream,
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

/// A provider as it was read: well-formed, of a known version, overlay applied. Rules have not looked at it yet.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The manifest; its fields are right.
    pub manifest: Manifest,
    /// The document.
    pub document: Document,
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
    let root = root.filter(|root| {
        let wrong = wrong_version(root);
        let right = wrong.is_none();
        diagnostics.extend(wrong);
        right
    });
    let overlay = overlay_file.and_then(|file| {
        let (overlay, found) = parse(sources, file);
        diagnostics.extend(found);
        overlay
    });
    let root = root.map(|mut root| {
        diagnostics.extend(overlay.iter().flat_map(|overlay| overlay::apply(&mut root, overlay)));
        root
    });
    let provider = match (manifest, manifest_node, root) {
        (Some(manifest), Some(manifest_node), Some(root)) => {
            Some(Provider { manifest, manifest_node, document: Document { root } })
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

/// Only OpenAPI 3.0 is compiled; anything else is named.
fn wrong_version(root: &Node) -> Option<Diagnostic> {
    let error = |message: String, span: Span| Some(Diagnostic::error(codes::VERSION, message, span));
    if let Some(swagger) = root.get("swagger") {
        let version = swagger.to_json().to_string().replace('"', "");
        return error(format!("this is a Swagger {version} document; OpenAPI 3.0 is needed"), swagger.span)
            .map(|d| d.help("convert it to OpenAPI 3.0, for example with the vendor's own converter"));
    }
    let Some(version) = root.get("openapi") else {
        return error(
            "this is no OpenAPI document: it has no `openapi` field".into(),
            Span { end: root.span.start, ..root.span },
        )
        .map(|d| d.help("an OpenAPI document begins with `openapi: 3.0.3`"));
    };
    match version.as_str() {
        Some(text) if text == "3.0" || text.starts_with("3.0.") => None,
        Some(text) => error(format!("this is an OpenAPI {text} document; OpenAPI 3.0 is needed"), version.span)
            .map(|d| d.help("ask the provider for a 3.0 document, or convert it")),
        None => error(format!("`openapi` must be text such as \"3.0.3\", not {}", version.describe()), version.span)
            .map(|d| d.help("put the version in quotes: `openapi: \"3.0.3\"`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(document: &str, message: &str) {
        let (root, _) = crate::yaml::parse(document, crate::FileId(0));
        let found = wrong_version(&root.unwrap()).map(|d| d.message).unwrap_or_default();
        assert!(found.contains(message), "{found}");
    }

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

    #[test]
    fn versions() {
        assert!(wrong_version(&crate::yaml::parse("openapi: 3.0.3", crate::FileId(0)).0.unwrap()).is_none());
        check("swagger: \"2.0\"", "Swagger 2.0");
        check("openapi: 3.1.0", "OpenAPI 3.1.0");
        check("openapi: 3.0", "must be text");
        check("info: {}", "no `openapi` field");
    }
}
