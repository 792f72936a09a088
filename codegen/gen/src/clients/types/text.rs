//! From typify's tokens to text.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use std::collections::BTreeMap;
use syn::File;

/// Items, formatted, with a blank line between them. Placeholders become the names of the wire; the ways from text that
/// typify adds beside `FromStr` go.
pub(super) fn items(tokens: TokenStream, wire_names: &BTreeMap<String, String>) -> Result<String, String> {
    let mut file: File = syn::parse2(restore(kept(tokens), wire_names)).map_err(|error| error.to_string())?;
    let mut out = String::new();
    for item in std::mem::take(&mut file.items) {
        if !out.is_empty() {
            out.push('\n');
        }
        file.items = vec![item];
        out.push_str(&prettyplease::unparse(&file));
    }
    Ok(out)
}

/// Without the implementations of `TryFrom`. Each is only another name for `parse`, and every enumeration has two.
fn kept(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut start = 0;
    let mut conversion = false;
    for token in tokens {
        let ends = match &token {
            TokenTree::Ident(ident) => {
                conversion |=
                    ident == "TryFrom" && matches!(kept.get(start), Some(TokenTree::Ident(first)) if first == "impl");
                false
            }
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Literal(_) => false,
        };
        kept.push(token);
        if ends {
            if conversion {
                kept.truncate(start);
            }
            (start, conversion) = (kept.len(), false);
        }
    }
    kept.into_iter().collect()
}

/// A type, as a person would write it where `types` is imported.
pub(super) fn ty(tokens: TokenStream) -> String {
    let mut out = String::new();
    spell(tokens, &mut out);
    for (long, short) in [("std::string::", ""), ("std::vec::", ""), ("std::option::", ""), ("std::boxed::", "")] {
        if out.contains(long) {
            out = out.replace(long, short);
        }
    }
    out
}

/// Without spaces, and without the `::` that a path may start with.
fn spell(tokens: TokenStream, out: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if out.ends_with("::") && !out[..out.len() - 2].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    out.truncate(out.len() - 2);
                }
                out.push_str(&ident.to_string());
            }
            TokenTree::Punct(punct) => {
                out.push(punct.as_char());
                if matches!(punct.as_char(), ',' | ';') {
                    out.push(' ');
                }
            }
            TokenTree::Literal(literal) => out.push_str(&literal.to_string()),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                spell(group.stream(), out);
                out.push_str(close);
            }
        }
    }
}

/// `name`, or with `_` behind it if that is a word of the language.
pub(super) fn ident(name: &str) -> String {
    // The parser knows the words of all editions but this one's newest.
    let is_word = name == "gen" || syn::parse_str::<syn::Ident>(name).is_err();
    if is_word { format!("{name}_") } else { name.to_owned() }
}

/// Puts the names of the wire back where placeholders stand.
fn restore(tokens: TokenStream, wire_names: &BTreeMap<String, String>) -> TokenStream {
    if wire_names.is_empty() {
        return tokens;
    }
    let restored = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut new = Group::new(group.delimiter(), restore(group.stream(), wire_names));
            new.set_span(group.span());
            TokenTree::Group(new)
        }
        TokenTree::Literal(literal) => {
            // A placeholder holds control characters, which are escaped in a literal.
            let wire = literal
                .to_string()
                .contains("\\u{2}")
                .then(|| syn::parse2::<syn::LitStr>(TokenTree::from(literal.clone()).into()).ok())
                .flatten()
                .and_then(|text| wire_names.get(&text.value()));
            TokenTree::Literal(wire.map_or(literal, |wire| Literal::string(wire)))
        }
        other => other,
    });
    restored.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_that_only_parse_go() {
        let tokens = "struct A; impl :: std :: convert :: TryFrom < & str > for A { } impl From < B > for A { } enum TryFrom { }";
        let kept = items(tokens.parse().unwrap(), &BTreeMap::new()).unwrap();
        assert_eq!(kept, "struct A;\n\nimpl From<B> for A {}\n\nenum TryFrom {}\n");
    }

    #[test]
    fn types_are_written_as_a_person_would() {
        let check = |tokens: &str, expected: &str| assert_eq!(ty(tokens.parse().unwrap()), expected);
        check(":: std :: vec :: Vec < types :: Dog >", "Vec<types::Dog>");
        check(
            "& :: std :: collections :: BTreeMap < :: std :: string :: String , i64 >",
            "&std::collections::BTreeMap<String, i64>",
        );
        check("& :: serde_json :: Value", "&serde_json::Value");
        check("( i64 , [ f64 ; 2usize ] )", "(i64, [f64; 2usize])");
        check("()", "()");
    }

    #[test]
    fn words_of_the_language_are_no_names() {
        for word in ["type", "gen", "async", "try", "dyn", "yield", "abstract", "self", "crate"] {
            assert_eq!(ident(word), format!("{word}_"));
        }
        assert_eq!(ident("kind"), "kind");
    }
}
