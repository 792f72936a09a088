//! What is kept, what is told of the rest, and that the rest can be had.

use super::cut::size;
use super::*;
use crate::backend::Caller;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What is shown of a value, and where it goes on.
fn check(value: &Value, budget: usize) -> String {
    let (shown, left) = cut(value, &Place::default(), budget).unwrap();
    let told: Vec<String> =
        left.iter().map(|l| format!("\n{} from {} of {} {}", l.rest.pointer, l.rest.offset, l.of, l.unit)).collect();
    format!("{shown}{}", told.concat())
}

#[test]
fn an_array_keeps_whole_items() {
    let list = json!([{"id": 1}, {"id": 2}, {"id": 3}]);
    assert_eq!(check(&list, 100), r#"[{"id":1},{"id":2},{"id":3}]"#);
    insta::assert_snapshot!(check(&list, 20), @r#"
    [{"id":1},{"id":2}]
     from 2 of 3 items
    "#);
}

#[test]
fn small_members_stay_and_large_ones_share() {
    let text = "x".repeat(500);
    let answer = json!({"total": 2, "note": text, "items": vec![json!({"id": 1, "name": "tea"}); 20], "next": "abc"});
    insta::assert_snapshot!(check(&answer, 200), @r#"
    {"items":[{"id":1,"name":"tea"},{"id":1,"name":"tea"},{"id":1,"name":"tea"}],"next":"abc","note":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","total":2}
    /note from 77 of 500 characters
    /items from 3 of 20 items
    "#);
}

#[test]
fn what_is_larger_than_all_is_cut_itself() {
    let long = json!([{"body": "é\"".repeat(40)}, 2]);
    insta::assert_snapshot!(check(&long, 40), @r#"
    [{"body":"é\"é\"é\"é\"é\"é\"é"}]
    /0/body from 13 of 80 characters
     from 1 of 2 items
    "#);
    let wide: Value = (0..50).map(|n| (format!("key-{n:02}"), json!(n))).collect::<Map<_, _>>().into();
    insta::assert_snapshot!(check(&wide, 50), @r#"
    {"key-00":0,"key-01":1,"key-02":2,"key-03":3}
     from 4 of 50 members
    "#);
}

/// Everything a place holds, gathered page by page.
fn gather(whole: &Value, place: &Place, budget: usize) -> Value {
    let (mut value, left) = cut(whole, place, budget).unwrap();
    assert!(size(&value) <= budget + 64, "{} bytes of {budget}: {value}", size(&value));
    for l in left {
        let rest = gather(whole, &l.rest, budget);
        let inner = l.rest.pointer.strip_prefix(&place.pointer).unwrap();
        // The items of a page are counted from its beginning.
        let pointer = match (inner.strip_prefix('/'), place.offset) {
            (Some(path), offset @ 1..) if value.is_array() => {
                let (index, more) = path.split_once('/').map_or((path, String::new()), |(i, m)| (i, format!("/{m}")));
                format!("/{}{more}", index.parse::<usize>().unwrap() - offset)
            }
            _ => inner.to_owned(),
        };
        match (value.pointer_mut(&pointer).unwrap(), rest) {
            (Value::Array(kept), Value::Array(rest)) => kept.extend(rest),
            (Value::Object(kept), Value::Object(rest)) => kept.extend(rest),
            (Value::String(kept), Value::String(rest)) => kept.push_str(&rest),
            (kept, rest) => panic!("{kept} goes on as {rest}"),
        }
    }
    value
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z\"\\\\é\n]{0,200}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 10, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..10).prop_map(Value::from),
            prop::collection::vec(("[a-d~/]{1,3}", inner), 0..10)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_is_lost_page_by_page(value in any_json(), budget in 100_usize..600) {
        prop_assert_eq!(size(&value), value.to_string().len());
        prop_assert_eq!(gather(&value, &Place::default(), budget), value);
    }
}

/// What the paths keep, or what is told of those that lead nowhere.
fn pick(paths: &[&str]) -> String {
    let answer = json!({
        "total": 2, "a.b": {"c": 1},
        "items": [{"id": 1, "user": {"login": "x", "id": 7}}, {"id": 2, "user": {"login": "y", "id": 8}, "tags": ["t"]}],
    });
    let fields = Fields::new(paths.iter().map(|path| (*path).to_owned()).collect()).unwrap();
    match fields.project(&answer) {
        Ok(Projected { value, missing }) => format!("{value}{}", missing.concat()),
        Err(missing) => format!("nothing: {}", missing.join(", ")),
    }
}

#[test]
fn fields_keep_what_was_asked_for_in_its_place() {
    assert_eq!(pick(&["total"]), r#"{"total":2}"#);
    assert_eq!(
        pick(&["items.id", "items.user.login"]),
        r#"{"items":[{"id":1,"user":{"login":"x"}},{"id":2,"user":{"login":"y"}}]}"#
    );
    for same in ["items.1.id", "$.items[1].id", "items[1].id"] {
        assert_eq!(pick(&[same]), r#"{"items":[{"id":2}]}"#);
    }
    assert_eq!(pick(&["items[*].tags"]), r#"{"items":[{},{"tags":["t"]}]}"#);
    assert_eq!(pick(&["a.b.c"]), r#"{"a.b":{"c":1}}"#);
    assert_eq!(pick(&["total", "items.usr"]), r#"{"total":2}`items.usr` (did you mean `user`?)"#);
    assert_eq!(pick(&["count", "itms.id"]), "nothing: `count`, `itms.id` (did you mean `items`?)");
    assert!(Fields::new(vec![" ".into()]).is_err());
    assert!(Fields::new(vec!["a".into(); 51]).is_err());
}

#[test]
fn a_cursor_is_good_for_whom_and_for_what_it_was_made() {
    let kept = Kept::default();
    let owner = |key: &str| Owner::of(&Caller { key: Some(key.into()), address: None });
    let place = Place { pointer: "/items".into(), offset: 3 };
    let handle = kept.keep(owner("a"), ("shop", "search"), Arc::new(json!({"items": []}))).unwrap();
    let cursor = kept.cursor(handle, place.clone()).unwrap();
    assert_eq!(kept.cursor(handle, place.clone()), Some(cursor.clone()));
    assert_eq!(kept.find(&cursor, &owner("a"), ("shop", "search")).unwrap().2, place);
    let nobody = Owner::of(&Caller::default());
    for (who, of) in [(owner("b"), ("shop", "search")), (owner("a"), ("shop", "other")), (nobody, ("shop", "search"))] {
        assert!(kept.find(&cursor, &who, of).is_none());
    }
    let id = cursor.split('.').next().unwrap();
    for forged in ["", ".", "x.0", &format!("{id}.1"), &format!("{id}.-1"), id, &"A".repeat(100_000)] {
        assert!(kept.find(forged, &owner("a"), ("shop", "search")).is_none(), "{forged}");
    }
}

#[test]
fn the_oldest_go_when_there_is_no_room() {
    let kept = Kept::default();
    let owner = || Owner::of(&Caller::default());
    let megabyte = Arc::new(Value::from("x".repeat(1024 * 1024)));
    let keep = || {
        let handle = kept.keep(owner(), ("a", "b"), megabyte.clone()).unwrap();
        kept.cursor(handle, Place::default()).unwrap()
    };
    let cursors: Vec<String> = (0..20).map(|_| keep()).collect();
    let there = |cursor: &String| kept.find(cursor, &owner(), ("a", "b")).is_some();
    assert!(!there(&cursors[0]) && there(&cursors[19]));
    assert!((10..16).contains(&cursors.iter().filter(|cursor| there(cursor)).count()));
}
