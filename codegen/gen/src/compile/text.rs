//! Words for people and models: titles and descriptions without markup.

const MAX_TITLE: usize = 80;
const MAX_DESCRIPTION: usize = 600;

/// HTML elements that documents use in prose. Anything else in angle brackets is a placeholder and stays.
const ELEMENTS: [&str; 34] = [
    "a", "b", "i", "u", "p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "tr", "td", "th", "pre", "div", "img", "sub", "sup", "code", "span", "table", "thead", "tbody", "strong",
];

/// The summary's first line, else the tool's name as words.
pub(super) fn title(summary: &str, tool: &str) -> String {
    let line = summary.lines().map(plain).find(|line| !line.is_empty());
    let words = line.unwrap_or_else(|| humanise(tool));
    cut_at_word(words.trim_end_matches(['.', ' ']), MAX_TITLE)
}

/// A description of at most about 600 characters that ends with a sentence where one ends in time.
pub(super) fn description(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= MAX_DESCRIPTION {
        return text;
    }
    let end = text.char_indices().nth(MAX_DESCRIPTION).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or_default();
    let stop = [". ", "! ", "? "].into_iter().filter_map(|stop| head.rfind(stop)).max();
    match stop.filter(|at| *at > MAX_DESCRIPTION / 6) {
        Some(at) => head.get(..=at).unwrap_or(head).to_owned(),
        None => cut_at_word(&text, MAX_DESCRIPTION),
    }
}

fn cut_at_word(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let end = text.char_indices().nth(max - 1).map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or_default();
    let head = head.rfind(' ').filter(|at| *at > max / 2).and_then(|at| head.get(..at)).unwrap_or(head);
    format!("{}…", head.trim_end_matches([' ', ',', ';', ':', '.']))
}

/// `getForecast`, `get_forecast` and `forecast/get` as words.
fn humanise(id: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = id.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        if !c.is_alphanumeric() {
            out.push(' ');
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        // `APIs` is one word, `APIKeys` two.
        let plural = after == Some(&'s') && chars.get(at + 2).is_none_or(|next| !next.is_lowercase());
        let starts_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || before.is_ascii_digit() || after.is_some_and(|a| a.is_lowercase()) && !plural
            });
        if starts_word && !out.ends_with(' ') {
            out.push(' ');
        }
        // An abbreviation keeps its capitals.
        let abbreviation = before.is_some_and(|b| b.is_uppercase()) && !starts_word
            || (plural || after.is_none_or(|a| !a.is_lowercase())) && c.is_uppercase();
        if abbreviation { out.push(c) } else { out.extend(c.to_lowercase()) }
    }
    let mut words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(first) = words.chars().next() {
        words.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    words
}

/// Light cleaning: HTML elements, links, emphasis, headings and line breaks go, words and code stay.
pub(super) fn plain(text: &str) -> String {
    let text = unlink(&without_elements(text));
    let text: String = text
        .replace("**", "")
        .replace("__", "")
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let lines = text.lines().map(|line| line.trim().trim_start_matches('#').trim_start());
    let words = lines.filter(|line| !line.starts_with("```")).flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

fn without_elements(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        match after.split_once('>').filter(|(inside, _)| is_element(inside)) {
            Some((_, tail)) => {
                out.push(' ');
                rest = tail;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out + rest
}

fn is_element(inside: &str) -> bool {
    let name = inside.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
    inside.starts_with("!--") || ELEMENTS.iter().any(|element| element.eq_ignore_ascii_case(name))
}

/// `[words](address)` becomes `words`.
fn unlink(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before.strip_suffix('!').unwrap_or(before));
        let link = after.split_once("](").and_then(|(words, tail)| {
            let (address, tail) = tail.split_once(')')?;
            (!words.contains(['[', ']', '\n']) && !address.contains(char::is_whitespace)).then_some((words, tail))
        });
        match link {
            Some((words, tail)) => {
                out.push_str(words);
                rest = tail;
            }
            None => {
                if before.ends_with('!') {
                    out.push('!');
                }
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(title("Search places by name.\nMore", "x"), "Search places by name");
        assert_eq!(title("", "getForecast"), "Get forecast");
        assert_eq!(title(" ", "repos/get-content"), "Repos get content");
        assert_eq!(title("", "list_APIKeys"), "List API keys");
        assert_eq!(title("", "listAPIs"), "List APIs");
        assert_eq!(title(&"word ".repeat(40), "x"), format!("{}word…", "word ".repeat(14)));
    }

    #[test]
    fn markup_goes_and_words_stay() {
        assert_eq!(
            plain("## Note\n**Bold** [docs](https://a.b/c), `x_y` <br/>and <id>."),
            "Note Bold docs, `x_y` and <id>."
        );
        assert_eq!(plain("a <a href=\"x\">link</a> &amp; b [1] ![img](u) x < y > z"), "a link & b [1] img x < y > z");
        assert_eq!(plain("[x](a b) ["), "[x](a b) [");
    }

    #[test]
    fn long_descriptions_end_with_a_sentence() {
        let text = format!(
            "{} {}",
            "A first sentence of some length that says all there is to say. ".repeat(5),
            "x".repeat(900)
        );
        assert!(description(&text).ends_with("to say."));
        let endless = description(&"é".repeat(900));
        assert_eq!(endless.chars().count(), 600);
        assert!(endless.ends_with('…'));
    }
}
