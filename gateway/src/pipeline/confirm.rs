//! Calls that destroy or overwrite something, where a key's limits want the person at the client to confirm them.

use super::{Call, Pipeline, canonical};
use crate::confirmation::{self, Subject};
use crate::trail::acted;
use jiff::Timestamp;
use ledger::{Approver, Credential, CredentialId};
use metatool::{Confirmation, Verdict};
use serde_json::{Value, json};
use uaps_model::{Problem, ProblemKind};

/// A no is a no, also where nobody has to be asked any more.
pub(super) fn not_denied(call: &Call<'_>) -> Result<(), Problem> {
    match call.confirmation {
        Some(Confirmation { decision: Verdict::Deny, .. }) => Err(confirmation::denied(call.op)),
        _ => Ok(()),
    }
}

impl Pipeline {
    /// Lets a call pass once a person has confirmed it; each confirmation is good for one call, whatever becomes of that.
    pub(super) async fn confirmed(
        &self,
        call: &Call<'_>,
        asker: &Credential,
        demanded_by: &CredentialId,
        arguments: &Value,
    ) -> Result<(), Problem> {
        let (service, tool) = (call.service.id.as_str(), call.op.tool.as_str());
        let request = canonical::fingerprint(service, tool, arguments);
        let subject = Subject { key: asker.id.clone(), request, purchase: None };
        let now = self.ledger().now();
        let Some(given) = call.confirmation else {
            return Err(self.required(call, &subject, demanded_by, now));
        };
        let shared = &self.shared;
        let first = match shared.confirmations.open(&given.token, &subject, now) {
            Some(opened) => shared.spent.spend(&shared.limits, &opened, now).await,
            None => Ok(false),
        };
        let (by, what) = (Approver::Client(asker.id.clone()), format!("{service}/{tool}"));
        match given.decision {
            Verdict::Approve if first? => {
                acted(&by, "call confirmed", &what);
                Ok(())
            }
            Verdict::Approve => Err(confirmation::invalid()),
            // A no needs no token, and nothing that remembers one: it must never be lost.
            Verdict::Deny => {
                acted(&by, "call denied", &what);
                Err(confirmation::denied(call.op))
            }
        }
    }

    fn required(&self, call: &Call<'_>, subject: &Subject, demanded_by: &CredentialId, now: Timestamp) -> Problem {
        let (service, tool) = (&call.service.id, &call.op.tool);
        let whose = if *demanded_by == subject.key { "this key" } else { "a key above this one" };
        let detail = format!(
            "`{tool}` of `{service}` may destroy or overwrite something, and a limit of {whose} asks that the person at the \
             client confirms such calls; nothing was sent. A client of the Model Context Protocol that declares elicitation \
             is asked by itself, if its version is 2026-07-28 or it keeps a session; on REST, repeat the request with the \
             header Penumbra-Confirmation. A key without `confirm_destructive` need not ask"
        );
        let problem = Problem::new(ProblemKind::ConfirmationRequired, detail)
            .with("service", service.as_str())
            .with("tool", tool.as_str())
            .with("key", demanded_by.as_str());
        match self.shared.confirmations.ask(subject, now, Timestamp::MAX) {
            Some(asked) => problem.with("confirmation", json!(asked)),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests;
