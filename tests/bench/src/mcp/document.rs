//! A service from an OpenAPI document, as `scaffold-provider` and `gen` would make it.

use anyhow::{Context, anyhow, bail};
use scaffold::{AuthChoice, FactChoices, NewProvider};
use std::path::Path;
use uaps_model::{Service, ServiceId};
use uaps_spec::{Input, Sources, Text};

pub(super) fn compile(file: &Path) -> anyhow::Result<Service> {
    let document = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let id = ServiceId::new(stem.as_str()).map_err(|error| anyhow!("`{stem}` can't name a service: an id {error}"))?;
    let new = NewProvider {
        name: stem.clone(),
        upstream: format!("https://{id}.example"),
        source: file.display().to_string(),
        category: None,
        description: None,
        tags: Vec::new(),
        auth: AuthChoice::default(),
        facts: FactChoices::default(),
        has_purchases: false,
        precheck_pattern: None,
        bundled: Vec::new(),
        id,
    };
    let made = scaffold::render(&new, &document).map_err(|error| anyhow!("{}: {error}", file.display()))?;
    let read = |name: &str| {
        let found = made.files.iter().find(|file| file.path.ends_with(name))?;
        Some(Text { path: name.to_owned(), text: found.text.clone() })
    };
    let missing = |name: &str| anyhow!("no {name} was made of {}", file.display());
    let input = Input {
        folder: stem,
        manifest: read("provider.yaml").ok_or_else(|| missing("manifest"))?,
        document: read("openapi.yaml").or_else(|| read("openapi.json")).ok_or_else(|| missing("document"))?,
        overlay: read("overlay.yaml"),
    };
    let mut sources = Sources::default();
    let (provider, found) = uaps_lint::check(&mut sources, input);
    if let Some(error) = found.iter().find(|found| found.is_error()) {
        bail!("{}: {} {}", file.display(), error.code.id, error.message);
    }
    let provider = provider.ok_or_else(|| missing("provider"))?;
    uaps_gen::compile(&provider)
        .map_err(|_| anyhow!("{} does not compile; `cargo xtask corpus` says why", file.display()))
}
