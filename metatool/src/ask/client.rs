//! What the client of a call can be asked, and what it has said already.

use super::question::{self, Question};
use crate::backend::{Confirmation, Verdict};
use rmcp::RoleServer;
use rmcp::model::{ClientResult, ElicitRequest, InputResponses, ProtocolVersion, ServerRequest};
use rmcp::service::{PeerRequestOptions, RequestContext};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a person has while the call waits for them; a little less than the token is good for.
const PATIENCE: Duration = Duration::from_secs(285);

/// How a client is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// From 2026-07-28 on: the call ends with the question, and comes again with the answer.
    Rounds,
    /// Before: by a request within the call, which takes a conversation that lasts.
    Within,
    /// Before, where each request stands by itself: not at all.
    Never,
}

impl Era {
    /// That of a request. `lasts` tells whether the conversation does.
    pub(crate) fn of(context: &RequestContext<RoleServer>, lasts: bool) -> Era {
        let rounds = |version: ProtocolVersion| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str();
        match context.protocol_version().is_some_and(rounds) {
            true => Era::Rounds,
            false if lasts => Era::Within,
            false => Era::Never,
        }
    }
}

/// How a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Rounds,
    Within,
}

/// The client of one call.
pub(crate) struct Client<'c> {
    context: &'c RequestContext<RoleServer>,
    era: Era,
    /// It shows forms.
    forms: bool,
    /// It leads people to addresses.
    addresses: bool,
    /// What it brought along. Nothing of it can be trusted.
    state: Option<String>,
    responses: InputResponses,
}

impl<'c> Client<'c> {
    pub(crate) fn new(
        context: &'c RequestContext<RoleServer>,
        era: Era,
        state: Option<String>,
        responses: Option<InputResponses>,
    ) -> Self {
        let elicitation = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        // One that names neither is from the time when there were only forms.
        let forms = elicitation.as_ref().is_some_and(|e| e.form.is_some() || e.url.is_none());
        let addresses = elicitation.as_ref().is_some_and(|e| e.url.is_some());
        Client { context, era, forms, addresses, state, responses: responses.unwrap_or_default() }
    }

    /// What the person said, and to which question. An answer without its question's token is to none that was asked.
    pub(super) fn said(&self) -> Option<Confirmation> {
        let (token, answer) = (self.state.clone()?, self.responses.get(question::CONFIRM)?);
        Some(Confirmation { token, decision: verdict(answer)? })
    }

    /// Whether there was an answer to a question, and it said nothing.
    pub(super) fn was_unclear(&self) -> bool {
        let answer = self.responses.get(question::CONFIRM).filter(|_| self.state.is_some());
        answer.is_some_and(|answer| verdict(answer).is_none())
    }

    /// Whether the question was closed without an answer. It stays open for whoever else may answer it, and is not put again in
    /// this call: a client that closes all of them would never end.
    pub(super) fn was_closed(&self) -> bool {
        self.responses.get(question::CONFIRM).is_some_and(|answer| answer["action"] == "cancel")
    }

    /// A question as this client can be asked it, and how. Never what it has not declared; and an address once, since a yes
    /// to that says no more than that somebody has looked.
    pub(super) fn way(&self, question: Question) -> Option<(Question, Way)> {
        let way = match self.era {
            Era::Rounds => Way::Rounds,
            Era::Within => Way::Within,
            Era::Never => return None,
        };
        let led = self.responses.contains_key(question::ADDRESS);
        let question = match question.token() {
            Some(_) if self.forms => question,
            _ if self.addresses && !led => question.at_its_address()?,
            _ => return None,
        };
        Some((question, way))
    }

    /// Asks within the call. `None` where there is no answer.
    pub(super) async fn ask(&self, question: &Question) -> Option<Verdict> {
        let request = ServerRequest::ElicitRequest(ElicitRequest::new(question.params()));
        let options = PeerRequestOptions::with_timeout(PATIENCE);
        let handle = self.context.peer.send_request_with_option(request, options).await;
        let answer = async { handle?.await_response().await }.await;
        match answer {
            Ok(ClientResult::ElicitResult(answer)) if question.token().is_some() => verdict(&json!(answer)),
            Ok(ClientResult::ElicitResult(answer)) => action(&json!(answer)),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "the client can't be asked");
                None
            }
        }
    }
}

/// What was said to a form: a yes has its box ticked, whatever button sent it.
fn verdict(answer: &Value) -> Option<Verdict> {
    match action(answer)? {
        Verdict::Approve => match answer["content"][question::CONFIRM].as_bool()? {
            true => Some(Verdict::Approve),
            false => Some(Verdict::Deny),
        },
        Verdict::Deny => Some(Verdict::Deny),
    }
}

fn action(answer: &Value) -> Option<Verdict> {
    match answer["action"].as_str()? {
        "accept" => Some(Verdict::Approve),
        "decline" => Some(Verdict::Deny),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_ticked_box_that_was_sent_is_a_yes() {
        let check = |answer: Value, expected| assert_eq!(verdict(&answer), expected, "{answer}");
        check(json!({"action": "accept", "content": {"confirm": true}}), Some(Verdict::Approve));
        check(json!({"action": "accept", "content": {"confirm": false}}), Some(Verdict::Deny));
        check(json!({"action": "decline", "content": {"confirm": true}}), Some(Verdict::Deny));
        for none in [
            json!({"action": "cancel"}),
            json!({"action": "accept"}),
            json!({"action": "accept", "content": {"confirm": "yes"}}),
            json!({"action": "maybe", "content": {"confirm": true}}),
            json!("accept"),
            Value::Null,
        ] {
            check(none, None);
        }
    }
}
