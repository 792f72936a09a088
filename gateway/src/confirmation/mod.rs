//! Confirmations: what the gateway gives out where a person at the client has to say yes, and takes back with the answer.
//!
//! A token says what the question was about (key, request, amount, and the approval where money is held), and carries an
//! HMAC-SHA256 over that. So nothing is stored for a question that nobody answers, and an answer to one question is none to
//! any other. That it counts once is not the token's to see to: for a purchase the ledger does, for other calls [`Spent`].

mod header;
mod spent;

pub use header::read;
pub use spent::Spent;

use crate::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use ledger::{ApprovalId, CredentialId, Fingerprint};
use metatool::{Confirmation, Verdict};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uaps_model::{Operation, Problem, ProblemKind};

/// How long a person has to answer; never longer than the approval waits.
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// Longer texts are no tokens of ours.
const MAX_TOKEN: usize = 1024;

/// What every tag is over first, so that it is good for nothing else.
const PURPOSE: &[u8] = b"penumbra confirmation 1\n";

/// What a question is about. An answer must be about the very same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Who asks.
    pub key: CredentialId,
    /// Service, tool and arguments.
    pub request: Fingerprint,
    /// The held purchase, and what is held for it.
    pub purchase: Option<(ApprovalId, i64)>,
}

/// A question as it is given out.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// Goes back with the answer.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A token that was ours, in time, and about the right thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// That of the question; no other has it.
    pub id: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when it can come again.
    pub expires_at: Timestamp,
}

/// What a token says, and what its tag is over.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    id: String,
    key: CredentialId,
    request: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purchase: Option<(ApprovalId, i64)>,
    /// Milliseconds since 1970, as is `expires`.
    asked: i64,
    expires: i64,
}

/// What makes tokens ours.
#[derive(Debug, Clone)]
pub struct Confirmations {
    secret: Secret,
}

impl Confirmations {
    /// `secret` is that of all gateways that take each other's tokens; without one, they are good for this process.
    pub fn new(secret: Option<Secret>) -> Self {
        let own = || Secret::new(format!("{}{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4()));
        Confirmations { secret: secret.unwrap_or_else(own) }
    }

    /// Puts a question, to be answered before `until`. `None` where that is over.
    pub fn ask(&self, subject: &Subject, now: Timestamp, until: Timestamp) -> Option<Asked> {
        let expires_at = until.min(now + LIFE);
        let sealed = Sealed {
            id: uuid::Uuid::new_v4().simple().to_string(),
            key: subject.key.clone(),
            request: hex(&subject.request),
            purchase: subject.purchase.clone(),
            asked: now.as_millisecond(),
            expires: expires_at.as_millisecond(),
        };
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&sealed).ok()?);
        let token = format!("{payload}.{}", URL_SAFE_NO_PAD.encode(self.tag(&payload)?));
        (expires_at > now).then_some(Asked { token, expires_at })
    }

    /// Opens a token that came back with `subject`. `None` where it is not about that, not ours, or too late: which of these
    /// is nobody's business.
    pub fn open(&self, token: &str, subject: &Subject, now: Timestamp) -> Option<Opened> {
        let (payload, tag) = token.split_once('.').filter(|_| token.len() <= MAX_TOKEN)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !bool::from(self.tag(payload)?.ct_eq(&tag)) {
            return None;
        }
        let sealed: Sealed = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let same =
            sealed.key == subject.key && sealed.request == hex(&subject.request) && sealed.purchase == subject.purchase;
        let expires_at = Timestamp::from_millisecond(sealed.expires).ok().filter(|end| *end > now)?;
        let asked_at = Timestamp::from_millisecond(sealed.asked).ok()?;
        same.then_some(Opened { id: sealed.id, asked_at, expires_at })
    }

    /// A secret of any length is taken, so there always is one.
    fn tag(&self, payload: &str) -> Option<Vec<u8>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes()).ok()?;
        mac.update(PURPOSE);
        mac.update(payload.as_bytes());
        Some(mac.finalize().into_bytes().to_vec())
    }
}

/// The refusal of a token, whatever is wrong with it.
pub fn invalid() -> Problem {
    Problem::new(
        ProblemKind::ConfirmationInvalid,
        "the confirmation is for another request or key, was used before, or has run out; nothing was sent. Repeat the \
         request without it, and it is asked anew",
    )
}

/// The refusal of an answer to a question that can't be found. A no is a no all the same.
pub fn of_nothing(given: &Confirmation, op: &Operation) -> Problem {
    match given.decision {
        Verdict::Approve => invalid(),
        Verdict::Deny => denied(op),
    }
}

/// What a no of the person at the client comes to.
pub fn denied(op: &Operation) -> Problem {
    let detail = format!("the person at the client said no to `{}`; nothing was sent", op.tool);
    Problem::new(ProblemKind::ApprovalDenied, detail)
}

fn hex(fingerprint: &Fingerprint) -> String {
    fingerprint.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPROVAL: &str = "apr_00000000000000000000000000000001";

    fn subject(key: u8, request: &str, cents: Option<i64>) -> Subject {
        let key = format!("key_{key:032}").parse().unwrap();
        let purchase = cents.map(|cents| (APPROVAL.parse().unwrap(), cents));
        Subject { key, request: Fingerprint::of(request), purchase }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_is_good_for_what_it_was_asked_about_and_nothing_else() {
        let ours = Confirmations::new(None);
        let tea = subject(1, "tea", Some(500));
        let asked = ours.ask(&tea, at(0), at(10_000)).unwrap();
        assert_eq!(asked.expires_at, at(300));
        assert!(ours.open(&asked.token, &tea, at(299)).is_some());
        assert!(ours.open(&asked.token, &tea, at(300)).is_none());
        for other in [
            subject(2, "tea", Some(500)),
            subject(1, "milk", Some(500)),
            subject(1, "tea", Some(501)),
            subject(1, "tea", None),
        ] {
            assert!(ours.open(&asked.token, &other, at(0)).is_none(), "{other:?}");
        }
        assert!(Confirmations::new(None).open(&asked.token, &tea, at(0)).is_none());
    }

    #[test]
    fn a_token_with_one_letter_changed_is_none() {
        let ours = Confirmations::new(Some(Secret::new("s".repeat(32))));
        let tea = subject(1, "tea", None);
        let Asked { token, .. } = ours.ask(&tea, at(0), at(100)).unwrap();
        for place in 0..token.len() {
            let mut edited = token.clone().into_bytes();
            edited[place] = if edited[place] == b'A' { b'B' } else { b'A' };
            let edited = String::from_utf8(edited).unwrap();
            assert!(ours.open(&edited, &tea, at(0)).is_none(), "{edited}");
        }
        for text in ["", ".", "a.b", &"a".repeat(2000), &format!("{token}.")] {
            assert!(ours.open(text, &tea, at(0)).is_none(), "{text}");
        }
        let other_gateway = Confirmations::new(Some(Secret::new("s".repeat(32))));
        assert!(other_gateway.open(&token, &tea, at(99)).is_some());
    }

    #[test]
    fn a_question_lives_no_longer_than_what_it_is_about() {
        let ours = Confirmations::new(None);
        assert_eq!(ours.ask(&subject(1, "tea", Some(5)), at(50), at(60)).unwrap().expires_at, at(60));
        assert!(ours.ask(&subject(1, "tea", Some(5)), at(60), at(60)).is_none());
    }
}
