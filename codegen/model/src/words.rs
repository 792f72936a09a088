//! Text as words, the same for whoever describes a service and for whoever looks for one.

/// Longest word that is indexed, in characters. Anything longer is a token, a hash or a mistake.
const LONGEST: usize = 32;

/// English words that appear in any request and in any description, and tell no service from another.
const STOP: &[&str] = &[
    "a", "about", "all", "am", "an", "and", "any", "api", "are", "as", "at", "be", "been", "but", "by", "can", "could",
    "did", "do", "does", "each", "find", "for", "from", "get", "give", "given", "has", "have", "having", "help", "her",
    "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "know", "let", "like", "list",
    "look", "looking", "make", "me", "more", "most", "my", "need", "no", "not", "of", "on", "one", "or", "other",
    "our", "out", "please", "provide", "provides", "service", "services", "she", "should", "show", "so", "some",
    "such", "tell", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "tool",
    "tools", "up", "us", "use", "used", "using", "want", "was", "we", "were", "what", "when", "where", "which", "who",
    "will", "with", "would", "you", "your",
];

/// Whether a word says nothing about what it stands beside.
pub fn is_filler(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// The words of `text`, in lower case, in order. `camelCase`, `snake_case`, `HTTPServer` and `kebab-case` are split.
pub fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            // An apostrophe belongs to its word: "driver's" is not "driver" and "s".
            if !matches!(c, '\'' | '’') {
                flush(&mut word, &mut out);
            }
            before = None;
            continue;
        }
        let starts = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase()
                    || b.is_numeric()
                    || (b.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase()))
            });
        if starts {
            flush(&mut word, &mut out);
        }
        word.extend(c.to_lowercase());
        before = Some(c);
    }
    flush(&mut word, &mut out);
    out
}

fn flush(word: &mut String, out: &mut Vec<String>) {
    if !word.is_empty() && word.chars().count() <= LONGEST {
        out.push(std::mem::take(word));
    }
    word.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stop_words_are_sorted() {
        assert!(STOP.is_sorted());
    }

    #[test]
    fn identifiers_are_words_too() {
        for (text, expected) in [
            ("getWeatherForecast", "get weather forecast"),
            ("open-meteo_v1", "open meteo v1"),
            ("HTTPServer2Go", "http server2 go"),
            ("The driver's ETA (min)", "the drivers eta min"),
            ("Zürich Straße", "zürich straße"),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
        assert!(words(&"x".repeat(1000)).is_empty());
    }
}
