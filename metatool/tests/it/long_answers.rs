//! Answers that are longer than a context bears: cut, with the rest at hand.

use crate::catalog;
use crate::fake::{Fake, KEY};
use crate::session::{self, Era};
use serde_json::{Value, json};

const MENU: usize = 900;

/// Items as a provider may list them.
fn items(count: usize) -> Value {
    (0..count).map(|n| json!({"id": n, "title": format!("Item number {n}"), "body": "words ".repeat(20)})).collect()
}

/// Calls one after the other, as one key; what each answered.
fn calls(key: &'static str, made: impl Fn(&[Value]) -> Option<Value>) -> (Vec<Value>, usize) {
    let backend = Fake::new(catalog::three());
    let answers = session::block_on(async {
        let client = session::open(backend.clone(), Some(key), Era::Handshake).await;
        let mut answers = Vec::new();
        while let Some(call) = made(&answers) {
            let answer = session::call(&client, "execute", call).await.unwrap();
            answers.push(answer.structured_content.unwrap());
        }
        answers
    });
    let sent = backend.calls.lock().unwrap().len();
    (answers, sent)
}

fn forecast(more: Value) -> Value {
    let mut call = json!({"service": "open-meteo", "tool": "get_forecast"});
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call
}

#[test]
fn a_long_list_is_read_to_its_end_with_one_call() {
    let all = items(MENU);
    let (answers, sent) = calls(KEY, |before| match before.last() {
        None => Some(forecast(json!({"parameters": {"items": all}}))),
        Some(last) => Some(forecast(json!({"cursor": last["left_out"].get(0)?["cursor"]}))),
    });
    assert_eq!(sent, 1);
    let first = &answers[0];
    assert_eq!(first["result"]["utc_offset_seconds"], 3600);
    let left = &first["left_out"][0];
    assert_eq!((&left["at"], &left["of"], &left["unit"]), (&json!("$.echo.items"), &json!(MENU), &json!("items")));
    assert!(first["hint"].as_str().unwrap().contains("`fields`"), "{first}");
    let mut read = first["result"]["echo"]["items"].as_array().unwrap().clone();
    for page in &answers[1..] {
        assert_eq!((&page["at"], &page["from"]), (&json!("$.echo.items"), &json!(read.len())));
        read.extend(page["result"].as_array().unwrap().clone());
    }
    assert_eq!(Value::from(read), all);
    assert!(answers.iter().all(|answer| answer["result"].to_string().len() <= 3_600));
}

#[test]
fn fields_leave_out_what_nobody_asked_for() {
    let all = items(40);
    let (answers, _) = calls(KEY, |before| match before.len() {
        0 => Some(forecast(json!({"parameters": {"items": all}, "fields": ["echo.items.title"]}))),
        1 => Some(forecast(json!({"parameters": {}, "fields": "utc_offset_secs"}))),
        _ => None,
    });
    assert_eq!(answers[0]["result"]["echo"]["items"][39], json!({"title": "Item number 39"}));
    assert!(answers[0].get("left_out").is_none() && answers[0].get("hint").is_none());
    assert_eq!(answers[1]["result"]["utc_offset_seconds"], 3600);
    let hint = answers[1]["hint"].as_str().unwrap();
    assert!(hint.contains("did you mean `utc_offset_seconds`?"), "{hint}");
}

#[test]
fn a_cursor_of_nothing_is_told_with_what_mends_it() {
    let (answers, sent) =
        calls(KEY, |before| before.is_empty().then(|| forecast(json!({"cursor": "AAAAAAAAAAAAAAAAAAAA.0"}))));
    assert_eq!((answers[0]["status"].as_u64(), sent), (Some(404), 0));
    assert!(answers[0]["detail"].as_str().unwrap().contains("Repeat the call"), "{}", answers[0]);
}
