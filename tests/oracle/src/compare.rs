//! One call, made in both ways.

use crate::recorder::{Answer, Recorder, Sent};
use serde_json::Value;
use uaps_model::{Operation, Service};

/// Characters of a text that are shown around the place where it differs.
const SHOWN: usize = 100;

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The same request. `unread` tells why the typed client could not read the example's answer, if it couldn't.
    Same {
        /// The typed client's words.
        unread: Option<String>,
    },
    /// Neither would send it.
    Refused {
        /// The executor's words.
        executor: String,
        /// The typed client's.
        client: String,
    },
    /// Not the same. The first thing that differs, in words.
    Differ(String),
}

/// Sends `arguments` to the recorder by the executor and by `typed`, and compares the requests to the byte.
///
/// `typed` makes the same call with the typed client; its error is what the client says of a call that failed, before or
/// after it was sent.
pub async fn compare(
    recorder: &Recorder,
    service: &Service,
    operation: &Operation,
    arguments: &Value,
    typed: impl AsyncFnOnce() -> Result<(), String>,
) -> Verdict {
    let example = &operation.example;
    // JSON is sent as JSON, text as it stands.
    let body = match (&example.response, &example.content_type) {
        (None, _) => String::new(),
        (Some(Value::String(text)), Some(kind)) if !kind.contains("json") => text.clone(),
        (Some(value), _) => value.to_string(),
    };
    recorder.answer(Answer { status: example.status, content_type: example.content_type.clone(), body });
    recorder.take();
    let executed = by_executor(recorder, service, operation, arguments).await;
    let said = typed().await;
    let mut sent = recorder.take();
    match (executed, sent.pop(), said) {
        (_, Some(_), _) if !sent.is_empty() => Verdict::Differ("the typed client sends more than one request".into()),
        (Ok(ours), Some(theirs), said) => match difference(&ours, &theirs) {
            // A redirect as the answer is one to follow, not one to read.
            None => Verdict::Same { unread: said.err().filter(|_| (200..300).contains(&example.status)) },
            Some(difference) => Verdict::Differ(difference),
        },
        (Err(executor), None, said) => {
            Verdict::Refused { executor, client: said.err().unwrap_or_else(|| "without a word".to_owned()) }
        }
        (Ok(_), None, said) => {
            let reason = said.err().unwrap_or_else(|| "it sends nothing and says nothing".to_owned());
            Verdict::Differ(format!("only the typed client refuses: {reason}"))
        }
        (Err(reason), Some(_), _) => Verdict::Differ(format!("only the executor refuses: {reason}")),
    }
}

async fn by_executor(
    recorder: &Recorder,
    service: &Service,
    operation: &Operation,
    arguments: &Value,
) -> Result<Sent, String> {
    let base = recorder.url.parse().map_err(|error| format!("{error}"))?;
    let request = gateway::executor::build_at(&base, service, operation, arguments).map_err(|e| e.to_string())?;
    let mut builder = reqwest::Client::new().request(request.method, request.url).headers(request.headers);
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    builder.send().await.map_err(|error| format!("{error:?}"))?;
    recorder.take().pop().ok_or_else(|| "nothing arrived".to_owned())
}

/// The first thing in which two requests differ.
fn difference(executor: &Sent, client: &Sent) -> Option<String> {
    let told = |what: &str, executor: &str, client: &str| {
        let (executor, client) = around(executor, client);
        Some(format!("{what}: executor `{executor}`, typed client `{client}`"))
    };
    if executor.method != client.method {
        return told("method", &executor.method, &client.method);
    }
    let parts = |target: &str| {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        (path.to_owned(), query.to_owned())
    };
    let ((path, query), (their_path, their_query)) = (parts(&executor.target), parts(&client.target));
    if path != their_path {
        return told("path", &path, &their_path);
    }
    if query != their_query {
        return told("query", &query, &their_query);
    }
    // The body first: its length is a header too, and says less.
    if executor.body != client.body {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        return told("body", &text(&executor.body), &text(&client.body));
    }
    let names = executor.headers.iter().chain(&client.headers).map(|(name, _)| name);
    names.into_iter().find_map(|name| {
        let of = |sent: &Sent| {
            let values: Vec<_> = sent.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
            values.join(" + ")
        };
        let (ours, theirs) = (of(executor), of(client));
        (ours != theirs).then(|| told(&format!("header {name}"), &ours, &theirs)).flatten()
    })
}

/// Two texts cut to what surrounds the first character that differs.
fn around(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(SHOWN / 2);
    let cut = |text: &str| {
        let middle: String = text.chars().skip(from).take(SHOWN).collect();
        let start = if from > 0 { "…" } else { "" };
        let end = if text.chars().count() > from + SHOWN { "…" } else { "" };
        format!("{start}{}{end}", middle.escape_debug())
    };
    (cut(a), cut(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, header: &str, body: &str, expected: Option<&str>) {
        let sent = |target: &str, header: &str, body: &str| Sent {
            method: "POST".into(),
            target: target.into(),
            headers: vec![("accept".into(), header.into())],
            body: body.to_owned().into(),
        };
        let found = difference(&sent("/a?b=1", "text/csv", "x"), &sent(target, header, body));
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn the_first_difference_is_told() {
        check("/a?b=1", "text/csv", "x", None);
        check("/b?b=1", "text/csv", "x", Some("path: executor `/a`, typed client `/b`"));
        check("/a?b=2", "*/*", "y", Some("query: executor `b=1`, typed client `b=2`"));
        check("/a?b=1", "*/*", "y", Some("body: executor `x`, typed client `y`"));
        check("/a?b=1", "*/*", "x", Some("header accept: executor `text/csv`, typed client `*/*`"));
    }

    #[test]
    fn long_texts_are_cut_around_the_place() {
        let (a, b) = around(&format!("{}1{}", "x".repeat(200), "y".repeat(200)), &format!("{}2", "x".repeat(200)));
        assert_eq!(a, format!("…{}1{}…", "x".repeat(50), "y".repeat(49)));
        assert_eq!(b, format!("…{}2", "x".repeat(50)));
    }
}
