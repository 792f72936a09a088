//! The question whether a purchase may be sent, put to a person.

use crate::{Answer, ApprovalId, Credential, CredentialId, Limits, PurchaseId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApprovalState {
    /// Nobody has answered yet. The money is held, nothing was sent.
    Waiting,
    /// Yes: the order is on its way, or has been.
    Approved,
    /// No. The money is free again.
    Denied,
    /// Nobody answered in time. The money is free again.
    Expired,
}

impl ApprovalState {
    const ALL: [ApprovalState; 4] =
        [ApprovalState::Waiting, ApprovalState::Approved, ApprovalState::Denied, ApprovalState::Expired];

    /// The name used in the database, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            ApprovalState::Waiting => "waiting",
            ApprovalState::Approved => "approved",
            ApprovalState::Denied => "denied",
            ApprovalState::Expired => "expired",
        }
    }
}

impl std::fmt::Display for ApprovalState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ApprovalState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = ApprovalState::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is no state of an approval; use waiting, approved, denied or expired"))
    }
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approver {
    /// A key. It must be above every key whose limits ask for the approval, or above the asking key where
    /// [`Approval::confirmable`]; so a key never approves what it asked for.
    Key(CredentialId),
    /// The person at the client of a key, as the client says. Counts for the key's own purchases, and only where
    /// [`Approval::confirmable`].
    Client(CredentialId),
    /// Whoever runs the gateway.
    Operator,
}

/// What the answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Send it. The purchase is `sent` from then on.
    Approve {
        /// As [`crate::NewPurchase::request`], from now on.
        request: Option<String>,
    },
    /// Don't. The money is free again.
    Deny {
        /// Why.
        reason: String,
        /// What whoever asks for the purchase again gets.
        answer: Answer,
    },
    /// Nobody answered in time.
    Expire {
        /// For people.
        reason: String,
        /// What whoever asks for the purchase again gets.
        answer: Answer,
    },
}

impl std::fmt::Display for Approver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Approver::Key(key) => f.write_str(key.as_str()),
            Approver::Client(key) => write!(f, "client:{key}"),
            Approver::Operator => f.write_str("operator"),
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What it is about.
    pub purchase: PurchaseId,
    /// The uppermost key whose limits ask for it. Only a key above that one, or the operator, may answer.
    pub demanded_by: CredentialId,
    /// Whether the person at the asking key's client may answer as well, and any key above that one.
    pub confirmable: bool,
    /// What became of it.
    pub state: ApprovalState,
    /// Who answered: a key's id, `client:` and the asking key's id, or `operator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When it was put.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was answered, or ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
}

impl Approval {
    /// Those of `line`, the asking key and the keys above it, that may answer about `held` cents: who stands above the key whose
    /// limit asks, and above every key whose limit would ask for an approval now.
    pub fn may_answer<'l>(&self, line: &'l [Credential], held: i64) -> &'l [Credential] {
        let place = |id: CredentialId| line.iter().position(|key| key.id == id);
        let asked = (!self.confirmable).then(|| self.demanded_by.clone());
        let asks = Demand::of(line.iter(), held).filter(|now| !now.confirmable).map(|now| now.by);
        let below = [asked, asks].into_iter().flatten().filter_map(place).max().unwrap_or_default();
        line.get(below + 1..).unwrap_or_default()
    }

    /// Whether the asking key's client may say yes to `held` cents: only while no limit, such as one that was set meanwhile,
    /// asks for more.
    pub fn may_confirm(&self, line: &[Credential], held: i64) -> bool {
        self.confirmable && Demand::of(line.iter(), held).is_none_or(|now| now.confirmable)
    }
}

/// A limit that wants a person to say yes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Demand {
    /// The uppermost key that has such a limit.
    pub by: CredentialId,
    /// Whether the person at the client will do.
    pub confirmable: bool,
}

impl Demand {
    /// What the limits of a key, and of those above it, want for so many cents. Where one asks for an approval, a confirmation
    /// is not enough.
    pub(crate) fn of<'l>(line: impl DoubleEndedIterator<Item = &'l Credential> + Clone, cents: i64) -> Option<Demand> {
        let uppermost = |limit: fn(&Limits) -> Option<i64>| {
            let demands = |key: &&Credential| limit(&key.limits).is_some_and(|above| cents > above);
            line.clone().rev().find(demands).map(|key| key.id.clone())
        };
        let approval = uppermost(|limits| limits.approval_above).map(|by| Demand { by, confirmable: false });
        approval.or_else(|| uppermost(|limits| limits.confirm_above).map(|by| Demand { by, confirmable: true }))
    }
}
