//! One walk over the tree that knows where references and schemas can stand, and where only examples and names do.

use uaps_spec::{Document, Member, Node};

/// What the walk found, in the document's order.
#[derive(Debug, Default)]
pub(crate) struct Tree<'d> {
    /// Every member `$ref` that is a reference.
    pub references: Vec<&'d Member>,
    /// Every schema.
    pub schemas: Vec<&'d Node>,
}

/// What the keys of an object mean.
#[derive(Clone, Copy)]
enum Place {
    /// Fields of OpenAPI.
    Fields,
    /// Keywords of a schema.
    Schema,
    /// Names that the author chose; their values are fields or schemas.
    FieldsByName,
    /// Likewise, of schemas.
    SchemasByName,
    /// Paths and statuses, among which extensions may stand.
    FieldsByPath,
}

/// Walks a document. A stack of its own keeps deep documents off the machine's.
pub(crate) fn walk(document: &Document) -> Tree<'_> {
    let siblings = document.is_2020_12();
    let root = &document.root;
    let mut tree = Tree::default();
    let mut todo = vec![(root, Place::Fields)];
    while let Some((node, place)) = todo.pop() {
        let reference = match place {
            Place::Fields | Place::Schema => {
                // One by a name that nothing has is still there after raising.
                let member = node.member("$ref").or_else(|| node.member("$dynamicRef"));
                member.filter(|member| member.value.as_str().is_some())
            }
            _ => None,
        };
        tree.references.extend(reference);
        if matches!(place, Place::Schema) && !matches!(node.kind, uaps_spec::Kind::Array(_)) {
            if reference.is_some() && !siblings {
                // What stands beside a reference in a schema of 3.0 means nothing.
                continue;
            }
            tree.schemas.push(node);
        }
        todo.extend(node.items().iter().rev().map(|item| (item, place)));
        todo.extend(node.members().iter().rev().filter_map(|member| Some((&member.value, below(place, member)?))));
    }
    tree
}

/// What stands below a key; `None` where neither references nor schemas can.
fn below(place: Place, member: &Member) -> Option<Place> {
    let extension = member.key.starts_with("x-");
    match place {
        Place::FieldsByName => Some(Place::Fields),
        Place::SchemasByName => Some(Place::Schema),
        Place::FieldsByPath => (!extension).then_some(Place::Fields),
        _ if extension => None,
        Place::Schema => match member.key.as_str() {
            "example" | "examples" | "default" | "enum" | "const" | "required" => None,
            "properties" | "patternProperties" | "dependentSchemas" | "definitions" | "$defs" => {
                Some(Place::SchemasByName)
            }
            "items"
            | "not"
            | "additionalProperties"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | "prefixItems"
            | "contains"
            | "if"
            | "then"
            | "else"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema" => Some(Place::Schema),
            _ => Some(Place::Fields),
        }
        .filter(|_| member.key != "additionalProperties" || member.value.is_object()),
        Place::Fields => match member.key.as_str() {
            "example" | "default" | "enum" | "value" => None,
            "schema" => Some(Place::Schema),
            "schemas" => Some(Place::SchemasByName),
            "paths" | "responses" => Some(Place::FieldsByPath),
            // A list of parameters is no map of names.
            "parameters" if !member.value.is_object() => Some(Place::Fields),
            "examples" if !member.value.is_object() => None,
            "parameters" | "examples" | "headers" | "requestBodies" | "securitySchemes" | "links" | "callbacks"
            | "variables" | "content" | "encoding" | "mapping" | "scopes" => Some(Place::FieldsByName),
            _ => Some(Place::Fields),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, references: &[&str], schemas: usize) {
        let mut sources = uaps_spec::Sources::default();
        let file = sources.add("a.yaml", text);
        let document = Document { root: uaps_spec::parse(&sources, file).0.unwrap() };
        let tree = walk(&document);
        let found: Vec<_> = tree.references.iter().filter_map(|member| member.value.as_str()).collect();
        assert_eq!((found.as_slice(), tree.schemas.len()), (references, schemas), "{text}");
    }

    #[test]
    fn references_are_told_from_names_and_examples() {
        check("paths: {/x: {$ref: '#/a'}}", &["#/a"], 0);
        check("paths: {/x: {get: {x-note: {$ref: '#/a'}}}}", &[], 0);
        check("components: {schemas: {A: {properties: {$ref: {type: string}}}}}", &[], 2);
        check("components: {schemas: {A: {properties: {example: {$ref: '#/a'}}}}}", &["#/a"], 1);
        check("components: {schemas: {A: {example: {$ref: '#/a'}, items: {$ref: '#/b'}}}}", &["#/b"], 1);
        check("components: {responses: {default: {$ref: '#/a'}}}", &["#/a"], 0);
        check("components: {examples: {A: {value: {$ref: '#/a'}}}}", &[], 0);
        check(
            "components: {schemas: {A: {allOf: [{$ref: '#/a'}, {not: {}}], additionalProperties: true}}}",
            &["#/a"],
            3,
        );
    }
}
