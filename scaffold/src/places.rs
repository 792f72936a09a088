//! What stands where in a document: which objects may be references, and of what kind, and where only data stand.
//!
//! Swagger 2.0, OpenAPI 3.0 and 3.1 together: no two of them use one key for different things at one place.

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// The document.
    Root,
    /// Its `components`.
    Components,
    /// An object whose members are of that kind, under names that the author chose.
    Named(Kind),
    /// A list of that kind.
    List(Kind),
    /// One of that kind.
    One(Kind),
    /// The `mapping` of a discriminator: names to references, as text.
    Mapping,
    /// A part of OpenAPI that holds no reference, but may be one in files that were written to be bundled.
    Plain,
}

/// Kinds of object that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Example,
    Link,
    Callback,
    SecurityScheme,
    Schema,
    Discriminator,
}

use Kind::{
    Callback, Discriminator, Encoding, Example, Header, Link, MediaType, Operation, Parameter, PathItem, RequestBody,
    Response, Schema, SecurityScheme,
};
use Place::{Components, List, Mapping, Named, One, Plain, Root};

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Keywords with one schema or a list of them.
const SUBSCHEMA: [&str; 17] = [
    "items",
    "not",
    "additionalProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "prefixItems",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "additionalItems",
    "itemSchema",
];

/// What stands below `key`; `None` where it is data: an example, a default, an extension.
pub(crate) fn below(place: Place, key: &str) -> Option<Place> {
    let is_extension = key.starts_with("x-");
    match (place, key) {
        // Among paths and statuses extensions may stand; among a person's own names they are names.
        (Named(kind @ (PathItem | Callback)), _) if is_extension && kind == PathItem => None,
        (Named(kind), _) => Some(One(kind)),
        (_, _) if is_extension => None,
        (Root, "paths" | "webhooks") => Some(Named(PathItem)),
        (Root, "components") => Some(Components),
        (Root, "definitions") => Some(Named(Schema)),
        (Root, "securityDefinitions") => Some(Named(SecurityScheme)),
        (Root, "info" | "tags" | "servers" | "externalDocs") => Some(Plain),
        (Root | Components, "parameters") => Some(Named(Parameter)),
        (Root | Components, "responses") => Some(Named(Response)),
        (Components, "schemas") => Some(Named(Schema)),
        (Components, "examples") => Some(Named(Example)),
        (Components, "requestBodies") => Some(Named(RequestBody)),
        (Components, "headers") => Some(Named(Header)),
        (Components, "securitySchemes") => Some(Named(SecurityScheme)),
        (Components, "links") => Some(Named(Link)),
        (Components, "callbacks") => Some(Named(Callback)),
        (Components, "pathItems") => Some(Named(PathItem)),
        (One(PathItem), key) if METHODS.contains(&key) => Some(One(Operation)),
        (One(PathItem | Operation), "parameters") => Some(List(Parameter)),
        (One(Operation), "requestBody") => Some(One(RequestBody)),
        (One(Operation), "responses") => Some(Named(Response)),
        (One(Operation), "callbacks") => Some(Named(Callback)),
        (One(Callback), _) => Some(One(PathItem)),
        (One(Parameter | Header | MediaType | Response), "schema") => Some(One(Schema)),
        (One(Parameter | Header | RequestBody | Response), "content") => Some(Named(MediaType)),
        (One(Parameter | Header), "items") => Some(One(Schema)),
        (One(Parameter | Header | MediaType), "examples") => Some(Named(Example)),
        (One(Response | Encoding), "headers") => Some(Named(Header)),
        (One(Response), "links") => Some(Named(Link)),
        (One(MediaType), "encoding") => Some(Named(Encoding)),
        (One(MediaType), "itemSchema") => Some(One(Schema)),
        (One(Schema), "properties" | "patternProperties" | "definitions" | "$defs" | "dependentSchemas") => {
            Some(Named(Schema))
        }
        (One(Schema), key) if SUBSCHEMA.contains(&key) => Some(One(Schema)),
        (One(Schema), "discriminator") => Some(One(Discriminator)),
        (One(Discriminator), "mapping") => Some(Mapping),
        (Plain, "example" | "default" | "enum") => None,
        (Plain, _) => Some(Plain),
        _ => None,
    }
}

/// What the elements of a list at `place` are.
pub(crate) fn element(place: Place) -> Option<Place> {
    match place {
        List(kind) => Some(One(kind)),
        // `allOf`, and `items` of Draft 4.
        One(Schema) | Plain => Some(place),
        _ => None,
    }
}

/// Where a document keeps shared objects of a kind: the folder below `components`, and its name in Swagger 2.0. `None`
/// for what can only stand in its place.
pub(crate) fn section(place: Place, is_swagger: bool) -> Option<&'static [&'static str]> {
    let One(kind) = place else { return None };
    let (new, old): (&'static [&'static str], Option<&'static [&'static str]>) = match kind {
        Schema => (&["components", "schemas"], Some(&["definitions"])),
        Parameter => (&["components", "parameters"], Some(&["parameters"])),
        Response => (&["components", "responses"], Some(&["responses"])),
        RequestBody => (&["components", "requestBodies"], None),
        Header => (&["components", "headers"], None),
        Example => (&["components", "examples"], None),
        Link => (&["components", "links"], None),
        Callback => (&["components", "callbacks"], None),
        SecurityScheme => (&["components", "securitySchemes"], None),
        PathItem | Operation | MediaType | Encoding | Discriminator => return None,
    };
    if is_swagger { old } else { Some(new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<Place>) {
        let found = path.split(' ').try_fold(Root, |place, key| match key {
            "[]" => element(place),
            key => below(place, key),
        });
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn references_are_told_from_names_and_data() {
        check("paths /x get responses default", Some(One(Response)));
        check("paths /x parameters []", Some(One(Parameter)));
        check("paths /x get callbacks done $url post", Some(One(Operation)));
        check("paths x-note", None);
        check("components schemas example properties default", Some(One(Schema)));
        check("components schemas x-own allOf []", Some(One(Schema)));
        check("components schemas A example", None);
        check("components schemas A discriminator mapping", Some(Mapping));
        check("components examples A", Some(One(Example)));
        check("components examples A value", None);
        check("components x-policy policies", None);
        check("definitions A items", Some(One(Schema)));
        check("info contact", Some(Plain));
    }
}
