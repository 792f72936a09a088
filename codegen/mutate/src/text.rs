//! Mutations of a text: what editors, merges and broken transfers do.

use crate::rng::Rng;

type Change = fn(&mut String, &mut Rng) -> Option<()>;

const CHANGES: &[(&str, Change)] = &[
    ("truncate", truncate),
    ("delete a line", delete_line),
    ("duplicate a line", duplicate_line),
    ("swap lines", swap_lines),
    ("change indentation", indent),
    ("insert a sign", insert_sign),
    ("insert a sign", insert_sign),
    ("damage bytes", damage),
    ("delete a piece", delete_piece),
    ("duplicate a piece", duplicate_piece),
    ("anchors", anchors),
    ("other line ends", line_ends),
];

/// Changes a text once; tells what was done.
pub(crate) fn change(text: &mut String, rng: &mut Rng) -> &'static str {
    for _ in 0..8 {
        let Some((name, change)) = rng.pick(CHANGES) else { break };
        if change(text, rng).is_some() {
            return name;
        }
    }
    "nothing"
}

/// A place between two characters.
fn place(text: &str, rng: &mut Rng) -> usize {
    let mut at = rng.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where a line starts and where the next one does.
fn line(text: &str, rng: &mut Rng) -> std::ops::Range<usize> {
    let at = place(text, rng);
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end + 1);
    start..end
}

/// A short stretch.
fn piece(text: &str, rng: &mut Rng) -> std::ops::Range<usize> {
    let start = place(text, rng);
    let mut end = (start + 1 + rng.skewed(10)).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

fn truncate(text: &mut String, rng: &mut Rng) -> Option<()> {
    // Often near the end, where most of the document is still there.
    let back = rng.skewed(20);
    let mut at = text.len().saturating_sub(back);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.truncate(at);
    Some(())
}

fn delete_line(text: &mut String, rng: &mut Rng) -> Option<()> {
    text.replace_range(line(text, rng), "");
    Some(())
}

fn duplicate_line(text: &mut String, rng: &mut Rng) -> Option<()> {
    let range = line(text, rng);
    let copy = text.get(range.clone())?.to_owned();
    text.insert_str(range.end, &copy);
    Some(())
}

fn swap_lines(text: &mut String, rng: &mut Rng) -> Option<()> {
    let (one, other) = (line(text, rng), line(text, rng));
    let (first, second) = if one.start < other.start { (one, other) } else { (other, one) };
    if first.end > second.start {
        return None;
    }
    let (early, late) = (text.get(first.clone())?.to_owned(), text.get(second.clone())?.to_owned());
    text.replace_range(second, &early);
    text.replace_range(first, &late);
    Some(())
}

fn indent(text: &mut String, rng: &mut Rng) -> Option<()> {
    let range = line(text, rng);
    let content = text.get(range.clone())?.trim_start_matches(' ').to_owned();
    let pad = *rng.pick(&["", " ", "  ", "    ", "          ", "\t", "  \t"])?;
    text.replace_range(range, &format!("{pad}{content}"));
    Some(())
}

fn insert_sign(text: &mut String, rng: &mut Rng) -> Option<()> {
    const SIGNS: &[&str] = &[
        ":",
        ": ",
        "- ",
        "? ",
        "#",
        " #",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a ",
        "!!str ",
        "!x ",
        "| ",
        "|\n",
        ">-\n",
        "'",
        "\"",
        "%",
        "@",
        "`",
        "\\",
        "\n",
        "\r",
        "\t",
        "\u{0}",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\u{1b}[31m",
        "\u{7}",
        "é",
        "\u{10ffff}",
        "---\n",
        "...\n",
        "\n---\n",
        "<<: ",
        "~",
        "null",
        "%YAML 9.9\n",
        "!!binary ",
        "0x1f",
        "1_000",
        ".inf",
    ];
    let at = place(text, rng);
    text.insert_str(at, rng.pick(SIGNS)?);
    Some(())
}

fn damage(text: &mut String, rng: &mut Rng) -> Option<()> {
    let mut bytes = std::mem::take(text).into_bytes();
    for _ in 0..=rng.below(4) {
        let at = rng.below(bytes.len());
        *bytes.get_mut(at)? = u8::try_from(rng.below(256)).ok()?;
    }
    *text = String::from_utf8_lossy(&bytes).into_owned();
    Some(())
}

fn delete_piece(text: &mut String, rng: &mut Rng) -> Option<()> {
    text.replace_range(piece(text, rng), "");
    Some(())
}

fn duplicate_piece(text: &mut String, rng: &mut Rng) -> Option<()> {
    let range = piece(text, rng);
    let copy = text.get(range)?.repeat(1 + rng.below(3));
    let at = place(text, rng);
    text.insert_str(at, &copy);
    Some(())
}

/// Anchors and aliases, also of what they stand in, and merges.
fn anchors(text: &mut String, rng: &mut Rng) -> Option<()> {
    let ends: Vec<usize> = text.match_indices(":\n").map(|(at, _)| at + 1).collect();
    let anchor = *rng.pick(&ends)?;
    let alias = *rng.pick(&ends)?;
    let below = text.get(alias + 1..)?;
    let pad = below.len() - below.trim_start_matches(' ').len();
    let line = format!("\n{}{}: *m", " ".repeat(pad), rng.pick(&["<<", "more", "a", "properties"])?);
    let (first, second) = if anchor < alias { (" &m".to_owned(), line) } else { (line, " &m".to_owned()) };
    text.insert_str(anchor.max(alias), &second);
    text.insert_str(anchor.min(alias), &first);
    Some(())
}

fn line_ends(text: &mut String, rng: &mut Rng) -> Option<()> {
    *text = text.replace('\n', rng.pick(&["\r\n", "\r", "\n\n", "\u{85}", "\u{2028}"])?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_change_finds_its_place_and_changes_something() {
        let text = "openapi: 3.0.3\npaths:\n  /é:\n    get:\n      summary: A 日本\ncomponents:\n  schemas:\n    A:\n      type: object\n";
        for (name, change) in CHANGES {
            let mutants: BTreeSet<String> = (0..60)
                .filter_map(|number| {
                    let mut mutant = text.to_owned();
                    change(&mut mutant, &mut Rng::new(3, name, number))?;
                    Some(mutant).filter(|mutant| mutant != text)
                })
                .collect();
            assert!(mutants.len() > 3, "`{name}` made {} mutants", mutants.len());
        }
    }

    #[test]
    fn nothing_is_no_obstacle() {
        for number in 0..500 {
            change(&mut String::new(), &mut Rng::new(1, "", number));
        }
    }
}
