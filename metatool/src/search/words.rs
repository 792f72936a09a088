//! Text into terms: words, without those that say nothing, cut to their stems.

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
pub(super) fn is_stop(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

/// The words of `text`, in lower case, in order. `camelCase`, `snake_case`, `HTTPServer` and `kebab-case` are split.
pub(super) fn words(text: &str) -> Vec<String> {
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

/// A word without its inflection. Light: plurals, `-ing`, `-ed`, a silent `e`, `y` and `i` alike.
///
/// It need not be a word, only the same for all forms of one.
pub(super) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = singular(word);
    for suffix in ["ing", "ed"] {
        if let Some(rest) = stem.strip_suffix(suffix)
            && rest.len() >= 3
            && rest.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        {
            stem = undouble(rest);
            break;
        }
    }
    if stem.len() > 4
        && let Some(rest) = stem.strip_suffix('e')
    {
        stem = rest.to_owned();
    }
    if stem.len() > 3
        && let Some(rest) = stem.strip_suffix('y')
        && !rest.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        stem = format!("{rest}i");
    }
    stem
}

fn singular(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("ies")
        && rest.len() >= 2
    {
        return format!("{rest}y");
    }
    for end in ["sses", "xes", "ches", "shes", "zzes"] {
        if word.ends_with(end) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(rest) if !rest.ends_with(['s', 'u', 'i']) => rest.to_owned(),
        _ => word.to_owned(),
    }
}

/// `shipp` is `ship`; `fill` and `pass` stay.
fn undouble(word: &str) -> String {
    let mut tail = word.chars().rev();
    match (tail.next(), tail.next()) {
        (Some(a), Some(b)) if a == b && !matches!(a, 'l' | 's' | 'z' | 'e' | 'o') => {
            word.chars().take(word.chars().count() - 1).collect()
        }
        _ => word.to_owned(),
    }
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

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            &["order", "orders", "ordered", "ordering"][..],
            &["ship", "shipping", "shipped", "ships"],
            &["city", "cities"],
            &["price", "prices", "pricing", "priced"],
            &["address", "addresses"],
            &["box", "boxes"],
            &["forecast", "forecasts", "forecasting"],
        ] {
            let stems: Vec<_> = forms.iter().map(|f| stem(f)).collect();
            assert!(stems.iter().all(|s| s == stems.first().unwrap()), "{stems:?}");
        }
        for (a, b) in [("bus", "but"), ("ride", "rid"), ("status", "stat"), ("ring", "r")] {
            assert_ne!(stem(a), stem(b));
        }
    }
}
