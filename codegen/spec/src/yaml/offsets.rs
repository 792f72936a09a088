//! The parser counts characters; spans are bytes.

/// Turns character indices into bytes.
pub(super) struct Offsets<'t> {
    text: &'t str,
    base: usize,
    /// Byte offset of every 256th character; empty for ASCII text.
    marks: Vec<usize>,
    /// What was asked for last: questions come nearly in order.
    last: (usize, usize),
}

impl<'t> Offsets<'t> {
    /// For a text that begins at byte `base` of its file.
    pub(super) fn new(text: &'t str, base: usize) -> Self {
        let marks =
            if text.is_ascii() { Vec::new() } else { text.char_indices().step_by(256).map(|(at, _)| at).collect() };
        Offsets { text, base, marks, last: (0, 0) }
    }

    /// The byte of the file at which a character of the text begins.
    pub(super) fn byte(&mut self, index: usize) -> usize {
        if self.marks.is_empty() {
            return self.base + index.min(self.text.len());
        }
        let mark = (index / 256 * 256, self.marks.get(index / 256).copied().unwrap_or(self.text.len()));
        let (from, start) = if (mark.0..=index).contains(&self.last.0) { self.last } else { mark };
        let rest = self.text.get(start..).unwrap_or_default();
        let byte = start + rest.char_indices().nth(index - from).map_or(rest.len(), |(at, _)| at);
        self.last = (index, byte);
        self.base + byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_every_width_in_every_order() {
        let text = "aé日😀".repeat(300);
        let mut offsets = Offsets::new(&text, 3);
        let bytes: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
        for index in (0..bytes.len()).chain((0..bytes.len()).rev().step_by(7)) {
            assert_eq!(offsets.byte(index), bytes[index] + 3);
        }
        assert_eq!(offsets.byte(99_999), text.len() + 3);
        assert_eq!(Offsets::new("abc", 3).byte(9), 6);
    }
}
