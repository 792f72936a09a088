//! `provider.yaml`: what a person says about a provider.

use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, Span, codes, upstream};
use std::str::FromStr;
use uaps_model::{AccessLevel, AccessPolicy, Auth, AuthScheme, RateLimits, SecretPlace, ServiceId, is_header_name};

/// A manifest whose every field is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The provider's id, the name of its folder.
    pub id: ServiceId,
    /// Its name for people.
    pub name: String,
    /// One paragraph.
    pub description: String,
    /// One word.
    pub category: String,
    /// Search words.
    pub tags: Vec<String>,
    /// Base URL, without a final slash.
    pub upstream: String,
    /// How the gateway proves itself.
    pub auth: Auth,
    /// File name of the document, beside the manifest.
    pub endpoints: String,
    /// Calls a key may make.
    pub rate_limits: RateLimits,
    /// Levels by kind of operation.
    pub access: AccessPolicy,
    /// Where the document came from, if it is a vendor's.
    pub source: Option<Source>,
    /// Where `id` stands.
    pub id_span: Span,
}

/// Where a vendor's document came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its address.
    pub url: String,
    /// SHA-256 of its text when it came, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The files that it was bundled from, itself first; empty where it came as one.
    pub bundled: Vec<Bundled>,
    /// Where the hash stands.
    pub span: Span,
}

/// One file that a vendor's document was bundled from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// Its address, or its path below the document's folder.
    pub file: String,
    /// SHA-256 of its text when it came.
    pub sha256: String,
}

/// Field names of the manifest, for the reader and for the schema.
pub(crate) const FIELDS: [&str; 11] = [
    "id",
    "name",
    "description",
    "category",
    "tags",
    "upstream",
    "source",
    "auth",
    "endpoints",
    "rate_limits",
    "access",
];

impl Manifest {
    /// Reads a manifest; `folder` is the name of the folder it stands in. `None` where a field is wrong; every wrong
    /// field is reported.
    pub fn read(root: &Node, folder: &str) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader { diagnostics: Vec::new() };
        let manifest = reader.manifest(root, folder);
        let failed = reader.diagnostics.iter().any(Diagnostic::is_error);
        (manifest.filter(|_| !failed), reader.diagnostics)
    }
}

struct Reader {
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn error(&mut self, message: impl Into<String>, span: Span) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::error(codes::MANIFEST, message, span));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    fn manifest(&mut self, root: &Node, folder: &str) -> Option<Manifest> {
        if !root.is_object() {
            self.error(format!("a manifest is an object, not {}", root.describe()), root.span);
            return None;
        }
        self.unknown(root, &FIELDS, "the manifest");
        let id = self.id(root, folder);
        let name = self.text(root, "name", Some(80));
        let description = self.text(root, "description", Some(2000));
        let category = self.text(root, "category", Some(40));
        let tags = self.tags(root);
        let upstream = self.upstream(root);
        let auth = self.auth(root);
        let endpoints = self.endpoints(root);
        let rate_limits = self.rate_limits(root);
        let access = self.access(root);
        let source = self.source(root);
        Some(Manifest {
            id_span: root.get("id").map_or(root.span, |n| n.span),
            id: id?,
            name: name?,
            description: description?,
            category: category?,
            tags,
            upstream: upstream?,
            auth: auth?,
            endpoints: endpoints?,
            rate_limits,
            access,
            source,
        })
    }

    fn unknown(&mut self, node: &Node, known: &[&str], whose: &str) {
        for Member { key, key_span, .. } in node.members().iter().filter(|m| !known.contains(&m.key.as_str())) {
            let help = did_you_mean(key, known).unwrap_or_else(|| format!("known fields are {}", known.join(", ")));
            self.error(format!("{whose} has no field `{key}`"), *key_span).help = Some(help);
        }
    }

    fn text(&mut self, root: &Node, key: &str, max: Option<usize>) -> Option<String> {
        let Some(node) = root.get(key) else {
            self.error(format!("the manifest has no `{key}`"), Span { end: root.span.start, ..root.span }).help =
                Some(format!("add a line `{key}: ...`"));
            return None;
        };
        match node.as_str().map(str::trim) {
            None => {
                let finding = self.error(format!("`{key}` must be text, not {}", node.describe()), node.span);
                finding.help =
                    matches!(node.kind, Kind::Number(_) | Kind::Bool(_)).then(|| "put it in quotes".to_owned());
            }
            Some("") => {
                self.error(format!("`{key}` is empty"), node.span).help = Some(format!("add a line `{key}: ...`"))
            }
            Some(text) if max.is_some_and(|max| text.chars().count() > max) => {
                self.error(format!("`{key}` has more than {} characters", max.unwrap_or_default()), node.span).help =
                    Some("shorten it; details belong into the provider's README".to_owned());
            }
            Some(text) => return Some(text.to_owned()),
        };
        None
    }

    fn id(&mut self, root: &Node, folder: &str) -> Option<ServiceId> {
        let text = self.text(root, "id", None)?;
        let span = root.get("id")?.span;
        match ServiceId::new(text.as_str()) {
            Err(reason) => {
                self.error(format!("the id `{text}` {reason}"), span);
                None
            }
            Ok(id) if text != folder => {
                self.error(format!("the id `{id}` differs from its folder's name `{folder}`"), span).help =
                    Some(format!("rename the folder to `{id}`, or write `id: {folder}`"));
                None
            }
            Ok(id) => Some(id),
        }
    }

    fn tags(&mut self, root: &Node) -> Vec<String> {
        let Some(node) = root.get("tags") else { return Vec::new() };
        if !matches!(node.kind, Kind::Array(_)) {
            self.error(format!("`tags` must be a list of words, not {}", node.describe()), node.span);
        }
        let mut tags = Vec::new();
        for item in node.items() {
            match item.as_str().map(str::trim).filter(|tag| !tag.is_empty()) {
                Some(tag) => tags.push(tag.to_owned()),
                None => drop(self.error("a tag must be a word", item.span)),
            }
        }
        tags
    }

    fn upstream(&mut self, root: &Node) -> Option<String> {
        let text = self.text(root, "upstream", None)?;
        let member = root.member("upstream")?;
        match upstream::parse(&text) {
            Ok(upstream) => Some(upstream),
            Err(bad) => {
                // A value that may be a secret is not marked either: a snippet shows what is marked.
                let span = if bad.secret { member.key_span } else { member.value.span };
                self.error(format!("the upstream {}", bad.reason), span).help = Some(bad.help);
                None
            }
        }
    }

    fn auth(&mut self, root: &Node) -> Option<Auth> {
        let Some(node) = root.get("auth") else {
            self.error("the manifest has no `auth`", Span { end: root.span.start, ..root.span }).help =
                Some("add `auth: { scheme: none }`, or apiKey, oauth2, jwt, custom".to_owned());
            return None;
        };
        self.unknown(node, &["scheme", "in", "name"], "`auth`");
        let scheme = match node.str_at("scheme") {
            Some("none") => AuthScheme::None,
            Some("apiKey") => AuthScheme::ApiKey,
            Some("oauth2") => AuthScheme::Oauth2,
            Some("jwt") => AuthScheme::Jwt,
            Some("custom") => AuthScheme::Custom,
            other => {
                let span = node.get("scheme").map_or(node.span, |n| n.span);
                self.error("`auth.scheme` must be none, apiKey, oauth2, jwt or custom", span).help =
                    Some(scheme_help(other.unwrap_or_default()));
                return None;
            }
        };
        let place = match node.str_at("in") {
            None => None,
            Some("header") => Some(SecretPlace::Header),
            Some("query") => Some(SecretPlace::Query),
            Some(_) => {
                self.error("`auth.in` must be header or query", node.get("in").map_or(node.span, |n| n.span)).help =
                    Some(
                        "the provider's documentation says where it reads the key: write `in: header` or `in: query`"
                            .to_owned(),
                    );
                return None;
            }
        };
        let name = node.str_at("name").map(str::to_owned);
        let is_key = scheme == AuthScheme::ApiKey;
        if is_key && (place.is_none() || name.is_none()) {
            self.error("an apiKey needs `in` (header or query) and `name`", node.span).help =
                Some("write `auth: { scheme: apiKey, in: header, name: X-API-Key }`".to_owned());
            return None;
        }
        if !is_key && (place.is_some() || name.is_some()) {
            self.error("`auth.in` and `auth.name` belong to the scheme apiKey only", node.span).help =
                Some("remove `in` and `name`, or write `scheme: apiKey`".to_owned());
            return None;
        }
        if let Some(name) = name.as_deref().filter(|n| !is_header_name(n)) {
            let span = node.get("name").map_or(node.span, |n| n.span);
            self.error(format!("`{name}` is not a legal header or parameter name"), span).help =
                Some("a name holds letters, digits and `-`, for example `X-API-Key`".to_owned());
            return None;
        }
        Some(Auth { scheme, place, name })
    }

    fn endpoints(&mut self, root: &Node) -> Option<String> {
        let name = self.text(root, "endpoints", None)?;
        let plain = !name.contains(['/', '\\', ':']) && !name.starts_with('.');
        if plain && [".yaml", ".yml", ".json"].iter().any(|suffix| name.ends_with(suffix)) {
            return Some(name);
        }
        let span = root.get("endpoints")?.span;
        self.error(format!("`endpoints: {name}` must name a .yaml or .json file beside the manifest"), span).help =
            Some("put the document into the provider's folder and write `endpoints: openapi.yaml`".to_owned());
        None
    }

    fn rate_limits(&mut self, root: &Node) -> RateLimits {
        let default = RateLimits::default();
        let Some(node) = root.get("rate_limits") else { return default };
        self.unknown(node, &["default_per_minute", "burst"], "`rate_limits`");
        let mut count = |key: &str, default: u32| match node.get(key) {
            None => default,
            Some(value) => {
                match value.as_i64().and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=1_000_000).contains(n)) {
                    Some(count) => count,
                    None => {
                        self.error(
                            format!("`rate_limits.{key}` must be a whole number from 1 to 1000000"),
                            value.span,
                        )
                        .help = Some(format!("write a number without quotes, or remove it to have {default}"));
                        default
                    }
                }
            }
        };
        RateLimits {
            default_per_minute: count("default_per_minute", default.default_per_minute),
            burst: count("burst", default.burst),
        }
    }

    fn access(&mut self, root: &Node) -> AccessPolicy {
        let default = AccessPolicy::default();
        let Some(node) = root.get("access") else { return default };
        self.unknown(node, &["read", "write", "purchase"], "`access`");
        let mut level = |key: &str, default: AccessLevel| match node.get(key) {
            None => default,
            Some(value) => AccessLevel::from_str(value.as_str().unwrap_or_default()).unwrap_or_else(|_| {
                self.error(format!("`access.{key}` must be anonymous, identified or authenticated"), value.span).help =
                    did_you_mean(value.as_str().unwrap_or_default(), &["anonymous", "identified", "authenticated"])
                        .or_else(|| Some(format!("remove it to have `{key}: {default}`")));
                default
            }),
        };
        let policy = AccessPolicy {
            read: level("read", default.read),
            write: level("write", default.write),
            purchase: level("purchase", default.purchase),
        };
        if policy.purchase == AccessLevel::Anonymous {
            let span = node.get("purchase").map_or(node.span, |n| n.span);
            self.error("a purchase can't be anonymous: nobody would pay", span).help =
                Some("write `purchase: authenticated`".to_owned());
        }
        policy
    }

    fn source(&mut self, root: &Node) -> Option<Source> {
        let node = root.get("source")?;
        self.unknown(node, &["url", "sha256", "bundled"], "`source`");
        let url = node.str_at("url").filter(|url| !url.is_empty());
        if url.is_none() {
            self.error("`source.url` must say where the document came from", node.span).help =
                Some("add `url: https://...`, or remove `source` if the document is your own".to_owned());
        }
        let bundled = self.bundled(node);
        let span = node.get("sha256").map_or(node.span, |n| n.span);
        let sha256 = self.sha256(node, "`source.sha256`")?;
        Some(Source { url: url?.to_owned(), sha256, bundled, span })
    }

    fn bundled(&mut self, source: &Node) -> Vec<Bundled> {
        let Some(node) = source.get("bundled") else { return Vec::new() };
        if !matches!(node.kind, Kind::Array(_)) {
            self.error(format!("`source.bundled` must be a list of files, not {}", node.describe()), node.span).help =
                Some("scaffold-provider writes it; remove it if the document came as one file".to_owned());
        }
        let mut bundled = Vec::new();
        for item in node.items() {
            self.unknown(item, &["file", "sha256"], "a file of `source.bundled`");
            let file = item.str_at("file").filter(|file| !file.is_empty());
            if file.is_none() {
                self.error("a file of `source.bundled` must have a `file`, its path or address", item.span);
            }
            let sha256 = self.sha256(item, "`sha256` of a file of `source.bundled`");
            bundled.extend(file.zip(sha256).map(|(file, sha256)| Bundled { file: file.to_owned(), sha256 }));
        }
        bundled
    }

    fn sha256(&mut self, node: &Node, what: &str) -> Option<String> {
        let sha = node.str_at("sha256").unwrap_or_default();
        if sha.len() == 64 && sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Some(sha.to_ascii_lowercase());
        }
        let span = node.get("sha256").map_or(node.span, |n| n.span);
        self.error(format!("{what} must be 64 hexadecimal digits"), span).help =
            Some("it is the SHA-256 of the file, in quotes".to_owned());
        None
    }
}

fn did_you_mean(wanted: &str, known: &[&str]) -> Option<String> {
    uaps_model::nearest(wanted, known.iter().copied()).first().map(|near| format!("did you mean `{near}`?"))
}

/// What to write for a scheme that is unknown here; other formats have names of their own for ours.
fn scheme_help(written: &str) -> String {
    let ours = match written.to_ascii_lowercase().replace(['_', '-', ' '], "").as_str() {
        "bearer" | "http" | "httpbearer" | "token" => Some("jwt"),
        "openidconnect" | "oidc" | "oauth" => Some("oauth2"),
        "key" | "apikey" | "header" => Some("apiKey"),
        "basic" | "hmac" | "signature" => Some("custom"),
        "" | "no" | "anonymous" | "public" => Some("none"),
        _ => None,
    };
    match ours {
        Some(ours) => format!("did you mean `{ours}`?"),
        None => did_you_mean(written, &["none", "apiKey", "oauth2", "jwt", "custom"])
            .unwrap_or_else(|| "write `custom` if the provider has a way of its own".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileId, yaml};

    const GOOD: &str = "id: weather\nname: Weather\ndescription: Forecasts\ncategory: information\nupstream: https://api.weather.example/\nauth: {scheme: none}\nendpoints: openapi.yaml\n";

    fn read(text: &str) -> (Option<Manifest>, Vec<String>) {
        let (node, _) = yaml::parse(text, FileId(0));
        let (manifest, diagnostics) = Manifest::read(&node.unwrap(), "weather");
        (manifest, diagnostics.into_iter().map(|d| d.message).collect())
    }

    #[track_caller]
    fn check_error(line: &str, message: &str) {
        let key = line.split(':').next().unwrap();
        let rest: String =
            GOOD.lines().filter(|l| !l.starts_with(&format!("{key}:"))).map(|l| format!("{l}\n")).collect();
        let (manifest, messages) = read(&format!("{rest}{line}\n"));
        assert!(manifest.is_none());
        assert!(messages.iter().any(|m| m.contains(message)), "{messages:?}");
    }

    #[test]
    fn a_small_manifest_gets_its_defaults() {
        let (manifest, messages) = read(GOOD);
        assert!(messages.is_empty(), "{messages:?}");
        let manifest = manifest.unwrap();
        assert_eq!(manifest.upstream, "https://api.weather.example");
        assert_eq!(manifest.access, AccessPolicy::default());
    }

    #[test]
    fn every_wrong_field_is_named() {
        check_error("id: ../weather", "must start with a lower-case letter");
        check_error("id: a/../b", "may hold only lower-case");
        check_error("id: other", "differs from its folder's name");
        check_error("upstream: http://api.weather.example", "not encrypted");
        check_error("upstream: https://me:secret@api.weather.example", "holds a credential");
        check_error("auth: {scheme: apiKey}", "needs `in`");
        check_error("auth: {scheme: magic}", "must be none, apiKey");
        check_error("endpoints: ../openapi.yaml", "beside the manifest");
        check_error("access: {purchase: anonymous}", "can't be anonymous");
        check_error("rate_limits: {burst: 0}", "from 1 to 1000000");
        check_error("rate_limit: {burst: 1}", "no field `rate_limit`");
        check_error("source: {url: x, sha256: zz}", "64 hexadecimal digits");
        check_error("source: {sha256: zz}", "`source.url` must say");
        check_error("name: ''", "`name` is empty");
    }

    #[track_caller]
    fn check_help(line: &str, help: &str) {
        let key = line.split(':').next().unwrap();
        let rest: String =
            GOOD.lines().filter(|l| !l.starts_with(&format!("{key}:"))).map(|l| format!("{l}\n")).collect();
        let (node, _) = yaml::parse(&format!("{rest}{line}\n"), FileId(0));
        let found = Manifest::read(&node.unwrap(), "weather").1;
        let helps: Vec<_> = found.iter().filter_map(|d| d.help.as_deref()).collect();
        assert!(helps.iter().any(|found| found.contains(help)), "{found:?}");
    }

    #[test]
    fn what_mends_a_field_is_said() {
        check_help("auth: {scheme: apikey}", "did you mean `apiKey`?");
        check_help("auth: {scheme: bearer}", "did you mean `jwt`?");
        check_help("auth: {scheme: magic}", "write `custom`");
        check_help("auth: {scheme: jwt, name: X}", "remove `in` and `name`");
        check_help("rate_limits: {bursts: 1}", "did you mean `burst`?");
        check_help("rate_limits: {burst: 1000001}", "write a number without quotes, or remove it to have");
        check_help("upstream: http://api.weather.example", "write https://");
        check_help("upstream: https://me:secret@api.weather.example", "replace that credential");
        check_help("endpoints: docs/openapi.yaml", "write `endpoints: openapi.yaml`");
        check_help("access: {write: identify}", "remove it to have `write: identified`");
        check_help("access: {write: anonymos}", "did you mean `anonymous`?");
        check_help("name: 3", "put it in quotes");
        check_help("source: {url: x, sha256: 3}", "in quotes");
    }

    #[test]
    fn a_source_is_kept() {
        let (manifest, _) = read(&format!("{GOOD}source: {{url: u, sha256: '{}'}}\n", "AB".repeat(32)));
        let source = manifest.unwrap().source.unwrap();
        assert_eq!((source.url.as_str(), source.sha256), ("u", "ab".repeat(32)));
    }

    #[test]
    fn all_findings_come_at_once() {
        assert!(read("id: X\n").1.len() >= 6);
    }
}
