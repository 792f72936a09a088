//! Parameters: each with a schema, those of the path required, and one for each variable of the path.

use crate::overlay::Action;
use crate::target;
use crate::yaml::Yaml;
use std::collections::BTreeSet;
use uaps_spec::{Document, Node, OperationRef};

/// The actions that mend parameters, each place once.
pub(crate) fn actions(document: &Document) -> Vec<Action> {
    let mut seen = BTreeSet::new();
    let mut actions = Vec::new();
    for op in document.operations() {
        let (Some(item), Some(operation)) = (target::item(document, &op), target::operation(document, &op)) else {
            continue;
        };
        for (holder, place) in [(op.item, &item), (op.node, &operation)] {
            let found = broken(document, holder, &target::member(place, "parameters"));
            actions.extend(found.into_iter().filter(|action| seen.insert(action.target.clone())));
        }
        actions.extend(undeclared(document, &op, operation));
    }
    actions
}

/// Parameters of one list that are optional in a path, or say nothing of their values.
fn broken(document: &Document, holder: &Node, list: &str) -> Vec<Action> {
    let parameters = holder.get("parameters").map_or(&[][..], Node::items);
    let broken = parameters.iter().filter_map(|node| {
        let parameter = document.resolve(node).ok()?;
        let (name, place) = (parameter.str_at("name")?, parameter.str_at("in")?);
        let mut update = Vec::new();
        let mut reasons = Vec::new();
        if place == "path" && !parameter.is_true("required") {
            update.push(("required", Yaml::Bool(true)));
            reasons.push("A path parameter is always required");
        }
        if parameter.get("schema").is_none() && parameter.get("content").is_none() {
            // Swagger 2.0 wrote the type into the parameter itself.
            let known = ["string", "number", "integer", "boolean"];
            let kind = parameter.str_at("type").filter(|kind| known.contains(kind)).unwrap_or("string");
            update.push(("schema", Yaml::map([("type", Yaml::text(kind))])));
            reasons.push("A parameter needs a schema");
        }
        let target = match node.str_at("$ref") {
            Some(_) => target::locate(document, node, list.to_owned())?,
            None => target::parameter(list, name, place),
        };
        (!update.is_empty()).then(|| Action { target, description: reasons.join(". "), update: Yaml::map(update) })
    });
    broken.collect()
}

/// Variables of the path that no parameter declares: declared as text.
fn undeclared(document: &Document, op: &OperationRef<'_>, target: String) -> Option<Action> {
    let parameters = document.parameters(op);
    let declared: BTreeSet<_> =
        parameters.iter().filter(|p| p.str_at("in") == Some("path")).filter_map(|p| p.str_at("name")).collect();
    let missing: BTreeSet<_> = variables(op.path).filter(|name| !declared.contains(name)).collect();
    let list: Vec<_> = missing
        .iter()
        .map(|name| {
            Yaml::map([
                ("name", Yaml::text(*name)),
                ("in", Yaml::text("path")),
                ("required", Yaml::Bool(true)),
                ("schema", Yaml::map([("type", Yaml::text("string"))])),
            ])
        })
        .collect();
    let names: Vec<_> = missing.iter().map(|name| format!("`{{{name}}}`")).collect();
    (!list.is_empty()).then(|| Action {
        target,
        description: format!("The document declares no parameter for {}", names.join(", ")),
        update: Yaml::map([("parameters", Yaml::List(list))]),
    })
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).filter(|name| !name.is_empty())
}
