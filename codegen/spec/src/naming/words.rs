//! The little English that names need: where a word ends, and which words are plural.

/// `reset-password`, `resetPassword`, `HTTPServer2` as lower-case words. Whatever is no ASCII letter or digit parts them.
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut word = String::new();
        let mut rest = run.chars().peekable();
        let mut before: Option<char> = None;
        while let Some(c) = rest.next() {
            // `resetPassword` parts before `P`; `HTTPServer` before `S`, which begins a word; `Users` keeps its `s`.
            let starts = c.is_ascii_uppercase()
                && before.is_some_and(|before| {
                    !before.is_ascii_uppercase()
                        || rest.peek().is_some_and(|next| next.is_ascii_lowercase()) && !ends_plural_acronym(&rest)
                });
            if starts && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(c.to_ascii_lowercase());
            before = Some(c);
        }
        if !word.is_empty() {
            words.push(word);
        }
    }
    words
}

/// `IDs`, `URLs`: the lower-case `s` that ends a run of capitals belongs to it.
fn ends_plural_acronym(rest: &std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut rest = rest.clone();
    rest.next() == Some('s') && rest.next().is_none_or(|after| !after.is_ascii_lowercase())
}

/// Plurals that no rule gives, and their singulars.
const IRREGULAR: [(&str, &str); 26] = [
    ("people", "person"),
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("indices", "index"),
    ("matrices", "matrix"),
    ("vertices", "vertex"),
    ("appendices", "appendix"),
    ("criteria", "criterion"),
    ("phenomena", "phenomenon"),
    ("analyses", "analysis"),
    ("theses", "thesis"),
    ("crises", "crisis"),
    ("diagnoses", "diagnosis"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("calories", "calorie"),
    ("ties", "tie"),
    ("leaves", "leave"),
    ("shelves", "shelf"),
    ("shoes", "shoe"),
    ("caches", "cache"),
    ("axes", "axis"),
    ("quizzes", "quiz"),
    ("buses", "bus"),
    ("gases", "gas"),
];

/// Words that end like a plural and are none.
const SINGULAR: [&str; 34] = [
    "news",
    "series",
    "species",
    "analytics",
    "metrics",
    "statistics",
    "stats",
    "kudos",
    "canvas",
    "atlas",
    "alias",
    "bias",
    "gas",
    "lens",
    "https",
    "dns",
    "sms",
    "mms",
    "gps",
    "tls",
    "css",
    "aws",
    "rss",
    "ios",
    "os",
    "saas",
    "tos",
    "logistics",
    "physics",
    "mathematics",
    "graphics",
    "diagnostics",
    "always",
    "is",
];

/// The singular of a plural; `None` where the word is none.
pub(super) fn singular(word: &str) -> Option<String> {
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return Some((*one).to_owned());
    }
    if SINGULAR.contains(&word) || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) || word.len() < 3 {
        return None;
    }
    let stem = word.strip_suffix('s')?;
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return Some(format!("{stem}y"));
    }
    // `addresses`, `dishes`, `matches`, `boxes`, `heroes`, `statuses`, `aliases` lose two letters; `uses`, `houses` one.
    let two = ["sses", "shes", "ches", "xes", "zzes", "oes", "iases"].iter().any(|end| word.ends_with(end))
        || (word.ends_with("uses")
            && !["causes", "clauses", "houses", "pauses", "excuses"].iter().any(|whole| word.ends_with(whole))
            && word != "uses");
    Some(if two { stem.strip_suffix('e').unwrap_or(stem) } else { stem }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_split(text: &str, expected: &str) {
        assert_eq!(split(text).join(" "), expected);
    }

    #[test]
    fn words_end_where_a_reader_says() {
        check_split("reset-password", "reset password");
        check_split("UsersController_findAll", "users controller find all");
        check_split("HTTPServer", "http server");
        check_split("listIDsOf", "list ids of");
        check_split("v2.1", "v2 1");
        check_split("_é_", "");
    }

    #[track_caller]
    fn check(plural: &str, one: &str) {
        assert_eq!(singular(plural).as_deref(), Some(one).filter(|one| !one.is_empty()), "{plural}");
    }

    #[test]
    fn plurals() {
        check("users", "user");
        check("companies", "company");
        check("addresses", "address");
        check("boxes", "box");
        check("branches", "branch");
        check("databases", "database");
        check("licenses", "license");
        check("statuses", "status");
        check("causes", "cause");
        check("warehouses", "warehouse");
        check("people", "person");
        check("aliases", "alias");
    }

    #[test]
    fn what_only_looks_like_one() {
        for word in ["status", "address", "analysis", "news", "sms", "forecast", "data", "as"] {
            check(word, "");
        }
    }
}
