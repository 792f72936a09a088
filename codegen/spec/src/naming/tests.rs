//! Documents and the names of their operations.

use super::*;
use crate::{Document, Input, Sources, Text, parse};

#[track_caller]
fn check(paths: &str, expected: &[&str]) {
    let mut sources = Sources::default();
    let file = sources.add("openapi.yaml", format!("paths: {paths}"));
    let document = Document { root: parse(&sources, file).0.unwrap() };
    let operations: Vec<_> = document.operations().collect();
    let names: Vec<String> = tool_names(&operations).into_iter().map(|named| named.tool.into()).collect();
    assert_eq!(names, expected);
    let reversed: Vec<_> = operations.into_iter().rev().collect();
    let mut again: Vec<String> = tool_names(&reversed).into_iter().map(|named| named.tool.into()).collect();
    again.reverse();
    assert_eq!(again, expected, "the order of the document decides nothing");
}

#[test]
fn ids_are_kept_or_mended() {
    check("{/a: {get: {operationId: listA}, post: {operationId: repos/get.x}}}", &["listA", "repos_get_x"]);
    check("{/: {get: {operationId: 3d}}, /b: {get: {operationId: find pet by id}}}", &["op_3d", "find_pet_by_id"]);
    check("{/é: {get: {operationId: é}}}", &["get_root"]);
}

#[test]
fn names_are_made_where_there_are_none() {
    check(
        "{/v1/users: {get: {}, post: {operationId: post}}, '/v1/users/{id}': {get: {operationId: 5f3a9c0d1b}, put: {}, delete: {}}}",
        &["list_users", "create_user", "get_user", "update_user", "delete_user"],
    );
    check(
        "{'/items/{item_id}': {get: {operationId: read_item_items__item_id__get}}, /items: {get: {operationId: ItemsController_findAll_v2}}}",
        &["read_item", "list_items"],
    );
}

#[test]
fn a_name_with_several_claimants_is_nobodys() {
    check(
        "{/a: {get: {operationId: x}}, /b: {get: {operationId: x}}, /c: {get: {operationId: y}}, /d: {get: {operationId: y.}}}",
        &["get_a", "get_b", "y", "get_d"],
    );
    check("{'/a/{id}': {put: {}, patch: {}, post: {}}}", &["replace_a", "patch_a", "post_a"]);
    check("{/a: {get: {operationId: getIt}}, /b: {get: {operationId: get_it}}}", &["get_a", "get_b"]);
    check("{/v1/a: {get: {}}, /v2/a: {get: {}}, /b: {get: {operationId: getA}}}", &["get_a_v1", "get_a_v2", "getA"]);
    check("{'/a?x=1': {get: {}}, '/a?x=2': {get: {}}}", &["get_a_a21fa2", "get_a_e8b5b9"]);
}

#[test]
fn long_ids_are_read_off_the_route() {
    let long = "a".repeat(90);
    check(
        &format!("{{/a: {{get: {{operationId: {long}b}}}}, '/b/{{id}}': {{get: {{operationId: {long}c}}}}}}"),
        &["get_a", "get_b"],
    );
}

/// An overlay's id is a decision.
#[test]
fn a_persons_own_word_is_kept() {
    let text = |path: &str, text: &str| Text { path: path.to_owned(), text: text.to_owned() };
    let input = Input {
        folder: "shop".to_owned(),
        manifest: text(
            "provider.yaml",
            "id: shop\nname: Shop\ndescription: d\ncategory: c\nupstream: https://shop.example\nauth: {scheme: none}\nendpoints: openapi.yaml\n",
        ),
        document: text("openapi.yaml", "openapi: 3.0.3\npaths: {/a: {get: {operationId: handler_12}}}\n"),
        overlay: Some(text(
            "overlay.yaml",
            "overlay: 1.0.0\nactions:\n- {target: \"$.paths['/a'].get\", update: {operationId: get}}\n",
        )),
    };
    let (provider, found) = crate::read(&mut Sources::default(), input);
    let document = provider.unwrap_or_else(|| panic!("{found:?}")).document;
    let named = tool_names(&document.operations().collect::<Vec<_>>());
    assert_eq!((named[0].tool.as_str(), &named[0].origin), ("get", &Origin::Kept));
}
