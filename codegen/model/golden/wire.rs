//! Reads `wire.txt`, the golden table that both writers of requests are held to.

/// A row of the table.
pub struct Row {
    /// Its line, to find it again.
    pub line: usize,
    /// `path`, `query`, `header`, `cookie`, `form` or `multipart`.
    pub place: &'static str,
    /// OpenAPI's name of a style, `json`, a media type, `binary` or `default`.
    pub style: &'static str,
    /// `explode`.
    pub explode: bool,
    /// `allowReserved`.
    pub reserved: bool,
    /// The value of `color`.
    pub value: serde_json::Value,
    /// What goes over the wire: nothing where it is `-`, and an error where it is `!`.
    pub wire: &'static str,
}

/// All rows.
pub fn rows() -> Vec<Row> {
    let lines = include_str!("wire.txt").lines().enumerate();
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(at, line)| row(at + 1, line)).collect()
}

fn row(line: usize, text: &'static str) -> Row {
    let (given, wire) = text.split_once(" => ").expect("a row has a wire");
    let mut rest = given;
    let mut next = || {
        let (word, tail) = rest.split_once(' ').expect("a row has four columns");
        rest = tail.trim_start();
        word
    };
    let (place, style, explode) = (next(), next(), next());
    let (style, reserved) = match style.strip_suffix("+reserved") {
        Some(style) => (style, true),
        None => (style, false),
    };
    let value = serde_json::from_str(rest).expect("a value is JSON");
    Row { line, place, style, explode: explode == "true", reserved, value, wire }
}

/// A multipart body as the table shows it: every part's `Content-Disposition` and `Content-Type` in braces, then its text.
pub fn parts(body: &str) -> String {
    let boundary = body.lines().next().unwrap_or_default();
    let inner = body.trim_end().strip_suffix("--").and_then(|body| body.strip_suffix(boundary)).unwrap_or(body);
    let parts = inner.split(boundary).filter(|part| !part.trim().is_empty()).map(|part| {
        let (head, text) = part.trim_start_matches("\r\n").split_once("\r\n\r\n").expect("a part has a head");
        let head = head.replace("Content-Disposition: ", "").replace("\r\n", "; ");
        format!("{{{head}}} {}", text.strip_suffix("\r\n").unwrap_or(text))
    });
    parts.collect::<Vec<_>>().join(" ")
}
