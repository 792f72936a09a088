//! Parameters, with every default of OpenAPI written out.

use super::body::content;
use super::schema::{Schemas, View};
use serde_json::Value;
use std::collections::HashSet;
use uaps_model::{Auth, AuthScheme, BodyKind, Param, Place, SecretPlace, Style};
use uaps_spec::{Document, Node, OperationRef};

/// The key of the request body among a tool's arguments.
pub(super) const BODY: &str = "body";

/// A parameter and the node that declares it; a path variable that nothing declares has none.
pub(super) struct Declared<'d> {
    pub(super) param: Param,
    pub(super) node: Option<&'d Node>,
}

/// What makes a declared parameter the gateway's own.
pub(super) struct Ours<'a> {
    /// How the gateway proves itself.
    pub(super) auth: &'a Auth,
    /// Headers that carry the idempotency key of a purchase.
    pub(super) headers: Vec<&'a str>,
    /// Keys that are taken: the body's, the purchase's idempotency key.
    pub(super) keys: Vec<&'a str>,
}

/// An operation's parameters as its callers see them, in the document's order.
pub(super) fn params<'d>(
    document: &'d Document,
    operation: &OperationRef<'d>,
    ours: &Ours<'_>,
    schemas: &mut Schemas<'d>,
) -> Vec<Declared<'d>> {
    let variables = variables(operation.path);
    let mut seen = HashSet::new();
    let mut declared = Vec::new();
    for node in document.parameters(operation) {
        let (Some(name), Some(place)) = (node.str_at("name"), node.str_at("in").and_then(place)) else { continue };
        let unused = place == Place::Path && !variables.contains(&name);
        // Header names that differ in case are one.
        let id = if place == Place::Header { name.to_ascii_lowercase() } else { name.to_owned() };
        if name.is_empty() || unused || ours.has(place, name) || !seen.insert((place, id)) {
            continue;
        }
        declared.push(Declared { param: param(document, node, name, place, schemas), node: Some(node) });
    }
    // A variable that the document forgot to declare must be filled all the same.
    for name in variables {
        if !name.is_empty() && seen.insert((Place::Path, name.to_owned())) {
            declared.push(Declared { param: undeclared(name), node: None });
        }
    }
    give_keys(&mut declared, &ours.keys);
    declared
}

impl Ours<'_> {
    fn has(&self, place: Place, name: &str) -> bool {
        let secret = match (self.auth.scheme, self.auth.place, &self.auth.name) {
            (AuthScheme::ApiKey, Some(SecretPlace::Header), Some(own)) => {
                place == Place::Header && own.eq_ignore_ascii_case(name)
            }
            (AuthScheme::ApiKey, Some(SecretPlace::Query), Some(own)) => place == Place::Query && own == name,
            _ => false,
        };
        // OpenAPI says that these three are to be ignored: media types and security schemes decide them. A caller's
        // `Authorization` is the gateway's key; the provider's comes from the manifest's `auth`.
        let fixed = ["accept", "content-type", "authorization"].into_iter().chain(self.headers.iter().copied());
        secret || place == Place::Header && fixed.into_iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

fn param<'d>(document: &'d Document, node: &'d Node, name: &str, place: Place, schemas: &mut Schemas<'d>) -> Param {
    let content = content(document, node).first();
    let schema = content.map_or_else(|| node.get("schema"), |media| media.value.get("schema"));
    let style = node.str_at("style").and_then(|style| style_of(style, place)).unwrap_or(place.default_style());
    Param {
        name: name.to_owned(),
        key: name.to_owned(),
        place,
        required: place == Place::Path || node.is_true("required"),
        style,
        explode: node.get("explode").and_then(Node::as_bool).unwrap_or(style == Style::Form),
        allow_reserved: place == Place::Query && node.is_true("allowReserved"),
        json: content.is_some_and(|media| BodyKind::of(&media.key) == BodyKind::Json),
        schema: schemas.raise(schema, View::Input),
    }
}

fn undeclared(name: &str) -> Param {
    Param {
        name: name.to_owned(),
        key: name.to_owned(),
        place: Place::Path,
        required: true,
        style: Style::Simple,
        explode: false,
        allow_reserved: false,
        json: false,
        schema: serde_json::json!({"type": "string"}),
    }
}

/// A parameter's key is its name, unless the name means two things; then its place comes before it.
fn give_keys(declared: &mut [Declared<'_>], reserved: &[&str]) {
    let mut places: HashSet<&str> = HashSet::new();
    let mut ambiguous: HashSet<String> = reserved.iter().map(|key| (*key).to_owned()).collect();
    for Declared { param, .. } in declared.iter() {
        if !places.insert(&param.name) {
            ambiguous.insert(param.name.clone());
        }
    }
    let mut taken: HashSet<String> =
        declared.iter().map(|d| d.param.name.clone()).filter(|name| !ambiguous.contains(name)).collect();
    taken.extend(reserved.iter().map(|key| (*key).to_owned()));
    for Declared { param, .. } in declared.iter_mut().filter(|d| ambiguous.contains(&d.param.name)) {
        let wanted = format!("{}_{}", place_name(param.place), param.name);
        let mut key = wanted.clone();
        let mut number = 2_usize;
        while !taken.insert(key.clone()) {
            key = format!("{wanted}_{number}");
            number += 1;
        }
        param.key = key;
    }
}

/// The names between braces in a path template, in order.
fn variables(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn place(text: &str) -> Option<Place> {
    [Place::Path, Place::Query, Place::Header, Place::Cookie].into_iter().find(|place| place_name(*place) == text)
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

/// A style that its place allows.
pub(super) fn style_of(text: &str, place: Place) -> Option<Style> {
    let style: Style = serde_json::from_value(Value::String(text.to_owned())).ok()?;
    let fits = match style {
        Style::Matrix | Style::Label => place == Place::Path,
        Style::Simple => matches!(place, Place::Path | Place::Header),
        Style::Form => matches!(place, Place::Query | Place::Cookie),
        Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited | Style::DeepObject => place == Place::Query,
    };
    fits.then_some(style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    fn none() -> Auth {
        Auth { scheme: AuthScheme::None, place: None, name: None }
    }

    #[track_caller]
    fn check(path: &str, parameters: &str, auth: Auth, keys: &[&str], expected: &[&str]) {
        let text = format!("paths: {{ '{path}': {{ get: {{ parameters: {parameters} }} }} }}");
        let mut sources = Sources::default();
        let file = sources.add("openapi.yaml", text);
        let document = Document { root: parse(&sources, file).0.unwrap() };
        let operation = document.operations().next().unwrap();
        let ours = Ours { auth: &auth, headers: vec!["Idempotency-Key"], keys: keys.to_vec() };
        let found: Vec<String> = params(&document, &operation, &ours, &mut Schemas::new(&document))
            .into_iter()
            .map(|d| {
                let p = d.param;
                let flag = |on: bool, word: &str| if on { format!(" {word}") } else { String::new() };
                let style = serde_json::to_value(p.style).unwrap();
                format!(
                    "{}: {} {}{}{}{}",
                    p.key,
                    place_name(p.place),
                    style.as_str().unwrap(),
                    flag(p.explode, "explode"),
                    flag(p.required, "required"),
                    flag(p.json, "json")
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn defaults_are_written_out() {
        check(
            "/a/{id}",
            "[{name: q, in: query}, {name: id, in: path, style: deepObject}, {name: s, in: cookie, explode: false}, \
              {name: d, in: query, style: deepObject, required: true}, {name: j, in: query, content: {application/json: {}}}]",
            none(),
            &[],
            &[
                "q: query form explode",
                "id: path simple required",
                "s: cookie form",
                "d: query deepObject required",
                "j: query form explode json",
            ],
        );
    }

    #[test]
    fn an_ambiguous_name_is_told_apart_by_its_place() {
        check(
            "/a/{id}",
            "[{name: id, in: query}, {name: id, in: path}, {name: query_id, in: query}, {name: body, in: query}, {name: id, in: query}]",
            none(),
            &["body"],
            &[
                "query_id_2: query form explode",
                "path_id: path simple required",
                "query_id: query form explode",
                "query_body: query form explode",
            ],
        );
    }

    #[test]
    fn what_is_not_the_callers_is_left_out() {
        let headers = "[{name: accept, in: header}, {name: Content-Type, in: header}, {name: idempotency-key, in: header}, \
            {name: Authorization, in: header}, {name: X-Key, in: header}, {name: gone, in: path}, {name: b, in: body}]";
        check("/a", headers, none(), &[], &["X-Key: header simple"]);
        let key = Auth { scheme: AuthScheme::ApiKey, place: Some(SecretPlace::Header), name: Some("x-key".into()) };
        check("/a", headers, key, &[], &[]);
        check("/a", headers, Auth { scheme: AuthScheme::Jwt, ..none() }, &[], &["X-Key: header simple"]);
    }

    #[test]
    fn a_forgotten_path_variable_is_text() {
        check(
            "/a/{x}.{y}",
            "[{name: y, in: path}]",
            none(),
            &[],
            &["y: path simple required", "x: path simple required"],
        );
    }
}
