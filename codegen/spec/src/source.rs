//! Texts, and places in them.

/// One of the texts of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A place for people: both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// A text with the name that messages use for it.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// As the user would write it: `specs/weather/openapi.yaml`.
    pub path: String,
    /// Its content.
    pub text: String,
    line_starts: Vec<usize>,
}

/// The texts of one run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    hidden: Vec<Span>,
}

impl Sources {
    /// Adds a text and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let line_starts = line_starts(&text);
        self.files.push(SourceFile { path: path.into(), text, line_starts });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The text of a file; empty for an id of another `Sources`.
    pub fn text(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| &file.text)
    }

    /// The name of a file.
    pub fn path(&self, id: FileId) -> &str {
        self.file(id).map_or("?", |file| &file.path)
    }

    /// Line and column of a byte.
    pub fn position(&self, file: FileId, byte: usize) -> Position {
        let Some(source) = self.file(file) else { return Position { line: 1, column: 1 } };
        let line = source.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = source.line_starts.get(line - 1).copied().unwrap_or(0);
        let mut end = byte.min(source.text.len());
        while !source.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = source.text.get(start..end).map_or(0, |before| before.chars().count()) + 1;
        Position { line, column }
    }

    /// Keeps a place from being shown: a secret that stands where none should.
    pub(crate) fn hide(&mut self, span: Span) {
        self.hidden.push(span);
    }

    /// Whether the character at a byte must not be shown.
    pub fn is_hidden(&self, file: FileId, byte: usize) -> bool {
        self.hidden.iter().any(|span| span.file == file && (span.start..span.end).contains(&byte))
    }

    /// Where a span starts, as `path:line:column`.
    pub fn locate(&self, span: Span) -> String {
        let Position { line, column } = self.position(span.file, span.start);
        format!("{}:{line}:{column}", self.path(span.file))
    }
}

/// Where lines begin; the first does behind a byte order mark, which is no character of it. They end with a line feed, with a carriage return before it, or with that alone.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    let first = text.len() - text.trim_start_matches('\u{feff}').len();
    std::iter::once(first).chain(ends.map(|(at, _)| at + 1)).collect()
}

impl Span {
    /// The empty span at the start of a file, for what concerns the whole of it.
    pub fn whole(file: FileId) -> Self {
        Span { file, start: 0, end: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "x: 1\nné: 2\n");
        assert_eq!(sources.position(file, 0), Position { line: 1, column: 1 });
        assert_eq!(sources.position(file, 8), Position { line: 2, column: 3 });
        assert_eq!(sources.position(file, 999).line, 3);
    }

    #[test]
    fn lines_end_in_three_ways() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "a\nb\r\nc\rd");
        for (byte, line) in [(0, 1), (2, 2), (5, 3), (7, 4)] {
            assert_eq!(sources.position(file, byte), Position { line, column: 1 });
        }
    }
}
