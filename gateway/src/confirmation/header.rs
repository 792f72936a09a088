//! The header in which a REST caller sends a confirmation.

use http::HeaderMap;
use metatool::{Confirmation, Verdict};
use uaps_model::{Problem, ProblemKind};

/// `TOKEN`, or `TOKEN;decision=deny`.
const HEADER: &str = "penumbra-confirmation";

/// The confirmation of a request, if it carries one.
pub fn read(headers: &HeaderMap) -> Result<Option<Confirmation>, Problem> {
    let mut given = headers.get_all(HEADER).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let wrong = || {
        let detail = "the header Penumbra-Confirmation takes one token, with `;decision=deny` behind it for a no";
        Problem::new(ProblemKind::MalformedRequest, detail)
    };
    let text = first.to_str().ok().filter(|_| given.next().is_none()).ok_or_else(wrong)?;
    let (token, verdict) = match text.split_once(';').map(|(token, said)| (token, said.trim())) {
        None => (text, Verdict::Approve),
        Some((token, "decision=approve")) => (token, Verdict::Approve),
        Some((token, "decision=deny")) => (token, Verdict::Deny),
        Some(_) => return Err(wrong()),
    };
    Ok(Some(Confirmation { token: token.trim().to_owned(), decision: verdict }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[&str], expected: Option<Option<(&str, Verdict)>>) {
        let headers: HeaderMap =
            values.iter().map(|value| (http::HeaderName::from_static(HEADER), value.parse().unwrap())).collect();
        let read = read(&headers).ok().map(|given| given.map(|given| (given.token, given.decision)));
        assert_eq!(read, expected.map(|given| given.map(|(token, verdict)| (token.to_owned(), verdict))));
    }

    #[test]
    fn the_answer_stands_behind_the_token() {
        check(&[], Some(None));
        check(&["a.b"], Some(Some(("a.b", Verdict::Approve))));
        check(&["a.b ; decision=approve"], Some(Some(("a.b", Verdict::Approve))));
        check(&["a.b;decision=deny"], Some(Some(("a.b", Verdict::Deny))));
        check(&["a.b;decision=maybe"], None);
        check(&["a.b", "c.d"], None);
    }
}
