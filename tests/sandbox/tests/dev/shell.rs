//! As much of a shell and of `curl` as the printed lines use, because a fresh machine need not have `curl`.

use std::io::{Read, Write};
use std::net::TcpStream;
use url::Url;

/// An answer.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Does what a line `curl -s [-X METHOD] URL [-H HEADER]... [--data-raw BODY]` does.
#[track_caller]
pub fn curl(line: &str) -> Answer {
    let mut words = words(line).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"));
    let (mut method, mut url, mut headers, mut body) = (None, None, String::new(), None);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value in {line}"));
        match word.as_str() {
            "-s" => {}
            "-X" => method = Some(value()),
            "-H" => headers += &format!("{}\r\n", value()),
            "--data-raw" => body = Some(value()),
            target => url = Some(Url::parse(target).unwrap_or_else(|e| panic!("{target}: {e} in {line}"))),
        }
    }
    let url = url.expect("a URL");
    let method = method.unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
    let target = &url[url::Position::BeforePath..];
    let body = body.unwrap_or_default();
    // HTTP/1.0, so that the answer ends with the connection and comes in one piece.
    let request = format!(
        "{method} {target} HTTP/1.0\r\nHost: {}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        url.authority(),
        body.len()
    );
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {line}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|first| first.split(' ').nth(1)?.parse().ok()).expect("a status line");
    let headers = lines.filter_map(|h| h.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}

/// The words of a line whose only quotes are single ones.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in line.trim().chars() {
        let word = words.last_mut().unwrap();
        match c {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            '\'' => quoted = !quoted,
            '\\' if !quoted => escaped = true,
            ' ' if !quoted => words.push(String::new()),
            c => word.push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
