//! A text that matches a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};

/// How many repetitions beyond the fewest are tried to reach a length.
const MAX_EXTRA: u32 = 64;

/// Characters that read well, tried before a class's own first.
const LIKED: &str = "a1A0b2B_- ";

/// A text of `min` to `max` characters that matches, as far as the expression is one that can be turned round. Lookaround
/// and back references can't.
pub(super) fn matching(pattern: &str, min: usize, max: usize, salt: usize) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    (0..=MAX_EXTRA).find_map(|extra| {
        let mut maker = Maker { extra, max, salt, out: String::new() };
        maker.make(&hir)?;
        (min..=max).contains(&maker.out.chars().count()).then_some(maker.out)
    })
}

struct Maker {
    extra: u32,
    max: usize,
    salt: usize,
    out: String,
}

impl Maker {
    /// `None` once the text is too long. An expression is no deeper than its parser allows.
    fn make(&mut self, hir: &Hir) -> Option<()> {
        if self.out.len() > self.max.saturating_mul(4) {
            return None;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.out.push_str(std::str::from_utf8(&literal.0).ok()?),
            HirKind::Class(class) => {
                let c = self.pick(class)?;
                self.out.push(c);
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(u32::MAX);
                for _ in 0..repetition.min.saturating_add(self.extra).min(most) {
                    self.make(&repetition.sub)?;
                }
            }
            HirKind::Capture(capture) => self.make(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.make(part))?,
            HirKind::Alternation(parts) => self.make(parts.first()?)?,
        }
        Some(())
    }

    fn pick(&self, class: &Class) -> Option<char> {
        let Class::Unicode(class) = class else { return None };
        let holds = |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(c));
        let liked: Vec<char> = LIKED.chars().filter(holds).collect();
        // Another character of the same class makes another text.
        let nth = self.salt.checked_rem(liked.len());
        nth.and_then(|nth| liked.get(nth).copied()).or_else(|| class.iter().next().map(|range| range.start()))
    }
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[track_caller]
    fn check(pattern: &str, min: usize, max: usize, expected: Option<&str>) {
        assert_eq!(matching(pattern, min, max, 0).as_deref(), expected, "{pattern}");
    }

    #[test]
    fn patterns_are_turned_round() {
        check("^ride_[0-9a-z]{12}$", 0, 99, Some("ride_aaaaaaaaaaaa"));
        check(r"^\+[1-9][0-9]{6,14}$", 0, 99, Some("+1111111"));
        check(r"^\d{4}\/\d{2}$", 0, 99, Some("1111/11"));
        check("^[a-z]*$", 3, 5, Some("aaa"));
        check("^(cat|dog)?s$", 0, 99, Some("s"));
        check("^[^a1A]$", 0, 1, Some("0"));
        check("^a{1000}$", 0, 10, None);
        check("(?!x)y", 0, 9, None);
        check("(((a{1000}){1000}){1000}){1000}", 0, 100, None);
    }
}
