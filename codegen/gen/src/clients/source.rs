//! Text of Rust: literals, comments, and lists that break where a line would be too long.

/// Lines that are broken are broken here.
const WIDTH: usize = 100;

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    proc_macro2::Literal::string(text).to_string()
}

/// Adds a documentation comment. `text` holds no control characters but line ends.
pub(super) fn document(out: &mut String, indent: &str, text: &str) {
    for line in text.lines() {
        let line = line.trim_end();
        let gap = if line.is_empty() { "" } else { " " };
        out.push_str(&format!("{indent}///{gap}{line}\n"));
    }
}

/// `head(items)tail`: on one line, or an item a line.
pub(super) fn list(out: &mut String, indent: &str, head: &str, items: &[String], tail: &str) {
    let length = indent.len() + head.len() + tail.len() + items.iter().map(|item| item.len() + 2).sum::<usize>();
    if length <= WIDTH || items.is_empty() {
        out.push_str(&format!("{indent}{head}({}){tail}\n", items.join(", ")));
        return;
    }
    out.push_str(&format!("{indent}{head}(\n"));
    for item in items {
        out.push_str(&format!("{indent}    {item},\n"));
    }
    out.push_str(&format!("{indent}){tail}\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_break_where_they_are_too_long() {
        let check = |items: &[&str], expected: &str| {
            let mut out = String::new();
            list(&mut out, "  ", "call", &items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>(), ";");
            assert_eq!(out, expected);
        };
        check(&["a", "b"], "  call(a, b);\n");
        check(&[], "  call();\n");
        let long = "x".repeat(WIDTH);
        check(&[&long, "b"], &format!("  call(\n      {long},\n      b,\n  );\n"));
    }

    #[test]
    fn comments_keep_their_lines() {
        let mut out = String::new();
        document(&mut out, "  ", "One.\n\n  */ two ");
        assert_eq!(out, "  /// One.\n  ///\n  ///   */ two\n");
    }
}
