//! `provider.yaml`: what a person says about a provider.

use crate::node::{Kind, Member, Node};
use crate::{Diagnostic, Span, codes};
use std::str::FromStr;
use uaps_model::{AccessLevel, AccessPolicy, Auth, AuthScheme, RateLimits, SecretPlace, ServiceId};
use url::Url;

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
    /// Where `id` stands.
    pub id_span: Span,
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
        self.source(root);
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
        })
    }

    fn unknown(&mut self, node: &Node, known: &[&str], whose: &str) {
        for Member { key, key_span, .. } in node.members().iter().filter(|m| !known.contains(&m.key.as_str())) {
            let near = uaps_model::nearest(key, known.iter().copied());
            let help = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known fields are {}", known.join(", ")),
            };
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
            None => self.error(format!("`{key}` must be text, not {}", node.describe()), node.span),
            Some("") => self.error(format!("`{key}` is empty"), node.span),
            Some(text) if max.is_some_and(|max| text.chars().count() > max) => {
                self.error(format!("`{key}` has more than {} characters", max.unwrap_or_default()), node.span)
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
        let span = root.get("upstream")?.span;
        let reason = match Url::parse(&text) {
            Err(error) => format!("is not a URL: {error}"),
            Ok(url) if !matches!(url.scheme(), "https" | "http") => "must start with https://".to_owned(),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                "holds a credential; those come from the environment of the gateway".to_owned()
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => "has a query or a fragment".to_owned(),
            Ok(url) if url.scheme() == "http" && !is_loopback(&url) => {
                "is not encrypted; http:// is accepted for this machine only".to_owned()
            }
            Ok(_) => return Some(text.trim_end_matches('/').to_owned()),
        };
        self.error(format!("the upstream `{text}` {reason}"), span);
        None
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
            _ => {
                let span = node.get("scheme").map_or(node.span, |n| n.span);
                self.error("`auth.scheme` must be none, apiKey, oauth2, jwt or custom", span);
                return None;
            }
        };
        let place = match node.str_at("in") {
            None => None,
            Some("header") => Some(SecretPlace::Header),
            Some("query") => Some(SecretPlace::Query),
            Some(_) => {
                self.error("`auth.in` must be header or query", node.get("in").map_or(node.span, |n| n.span));
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
            self.error("`auth.in` and `auth.name` belong to the scheme apiKey only", node.span);
            return None;
        }
        if let Some(name) = name.as_deref().filter(|n| !is_header_name(n)) {
            self.error(format!("`{name}` is not a legal header or parameter name"), node.span);
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
        self.error(format!("`endpoints: {name}` must name a .yaml or .json file beside the manifest"), span);
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
                        self.error(format!("`rate_limits.{key}` must be a whole number from 1 to 1000000"), value.span);
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
                self.error(format!("`access.{key}` must be anonymous, identified or authenticated"), value.span);
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

    fn source(&mut self, root: &Node) {
        let Some(node) = root.get("source") else { return };
        self.unknown(node, &["url", "sha256"], "`source`");
        let sha = node.str_at("sha256").unwrap_or_default();
        if sha.len() != 64 || !sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            let span = node.get("sha256").map_or(node.span, |n| n.span);
            self.error("`source.sha256` must be 64 hexadecimal digits", span);
        }
        if node.str_at("url").is_none_or(str::is_empty) {
            self.error("`source.url` must say where the document came from", node.span);
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(domain)) => domain == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
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
        check_error("name: ''", "`name` is empty");
    }

    #[test]
    fn all_findings_come_at_once() {
        assert!(read("id: X\n").1.len() >= 6);
    }
}
