//! Words cut to their stems.

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
