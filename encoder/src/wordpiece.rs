//! The tokens of a text, as BERT's uncased models were taught them: words in lower case without accents, and the
//! longest pieces of those that the vocabulary does not hold.

use crate::Broken;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word with more characters is not taken to pieces.
const LONGEST_WORD: usize = 100;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'v> {
    pub(crate) id: u32,
    pub(crate) text: &'v str,
}

#[derive(Debug)]
pub(crate) struct Wordpiece<'v> {
    ids: HashMap<&'v str, u32>,
    /// What every text starts with, ends with, and what stands for an unknown word.
    start: Token<'v>,
    end: Token<'v>,
    unknown: Token<'v>,
}

impl<'v> Wordpiece<'v> {
    pub(crate) fn new(vocabulary: Vec<&'v str>) -> Result<Self, Broken> {
        let ids: HashMap<&str, u32> = (0..).zip(vocabulary).map(|(id, text)| (text, id)).collect();
        let special = |text| {
            let (text, id) = ids.get_key_value(text).ok_or(Broken("its vocabulary lacks a special token"))?;
            Ok(Token { id: *id, text })
        };
        let (start, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        Ok(Wordpiece { ids, start, end, unknown })
    }

    /// At most `most` tokens, of which the first and the last are the text's ends.
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Vec<Token<'v>> {
        let room = most.saturating_sub(2);
        let mut tokens = vec![self.start];
        // No token is made of less than a character, and few characters are dropped.
        for word in words(text.chars().take(room.saturating_mul(LONGEST_WORD))) {
            if tokens.len() > room {
                break;
            }
            self.pieces(&word, &mut tokens);
        }
        tokens.truncate(room + 1);
        tokens.push(self.end);
        tokens
    }

    pub(crate) fn knows(&self, word: &str) -> bool {
        self.ids.contains_key(word)
    }

    /// The longest known beginning, then the longest known continuation, and so on; all or nothing.
    fn pieces(&self, word: &str, tokens: &mut Vec<Token<'v>>) {
        if word.chars().nth(LONGEST_WORD).is_some() {
            tokens.push(self.unknown);
            return;
        }
        let before = tokens.len();
        let mut rest = word;
        let mut candidate = String::new();
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
            let found = ends.filter_map(|end| rest.split_at_checked(end)).find_map(|(piece, after)| {
                candidate.clear();
                if rest.len() < word.len() {
                    candidate.push_str("##");
                }
                candidate.push_str(piece);
                self.ids.get_key_value(candidate.as_str()).map(|(text, id)| (Token { id: *id, text }, after))
            });
            match found {
                Some((token, after)) => {
                    tokens.push(token);
                    rest = after;
                }
                None => {
                    tokens.truncate(before);
                    tokens.push(self.unknown);
                    return;
                }
            }
        }
    }
}

/// Words and single signs, in lower case, without accents.
fn words(text: impl Iterator<Item = char>) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    for c in text.flat_map(char::to_lowercase).nfd() {
        if is_combining_mark(c) || is_invisible(c) {
            continue;
        }
        let alone = is_sign(c) || is_ideograph(c);
        if c.is_whitespace() || alone {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            if alone {
                out.push(c.to_string());
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Steers a terminal or a line break, and is no letter.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fffd}')
}

/// Punctuation: all of ASCII that is neither letter nor digit, and the blocks where the rest of the world keeps its.
fn is_sign(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
}

/// Each is a word of its own.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let vocabulary = vec![
            "[CLS]", "[SEP]", "[UNK]", "the", "taxi", "to", "zurich", "air", "##port", "##s", ",", "don", "'", "t",
            "中",
        ];
        let tokens = Wordpiece::new(vocabulary).unwrap().tokens(text, 8);
        let texts: Vec<_> = tokens.iter().map(|t| t.text).collect();
        assert_eq!(texts.join(" "), expected, "{text}");
    }

    #[test]
    fn words_are_taken_to_pieces() {
        check("The taxi to Zürich", "[CLS] the taxi to zurich [SEP]");
        check("airports,", "[CLS] air ##port ##s , [SEP]");
        check("don't", "[CLS] don ' t [SEP]");
        check("taxi中taxi", "[CLS] taxi 中 taxi [SEP]");
        check("airplane", "[CLS] [UNK] [SEP]");
        check("", "[CLS] [SEP]");
        check("\u{0} \u{200b}", "[CLS] [SEP]");
    }

    #[test]
    fn a_long_text_is_cut() {
        check("to to to to to to to to to", "[CLS] to to to to to to [SEP]");
        check(&"air".repeat(100_000), "[CLS] [UNK] [SEP]");
    }

    #[test]
    fn a_vocabulary_without_its_special_tokens_is_refused() {
        assert!(Wordpiece::new(vec!["taxi"]).is_err());
    }
}
