//! Questions to the person at the client, before an assistant buys or destroys.
//!
//! The backend decides what is to be asked: a purchase is held, or a call is refused, with the token of a question. Here the
//! question is put in the way that the client can answer, and the call is made again with the token and the answer. The token
//! goes to the client and never to its model.

mod client;
mod question;

pub(crate) use client::{Client, Era};

use crate::backend::{Backend, Caller, Confirmation, ToolCall, ToolResult, Verdict};
use client::Way;
use question::Question;
use rmcp::model::InputRequiredResult;
use serde_json::Value;
use uaps_model::{Problem, ProblemKind};

/// The member of a held purchase's answer, and of the problem of a call that must be confirmed, which holds the token.
const MEMBER: &str = "confirmation";

/// Why somebody is asked again.
const STALE: &str = "The answer before could not be used: it came too late, or was for something else.";
const UNCLEAR: &str = "The answer before was neither a yes nor a no: tick the box, or decline.";

/// What a call came to.
pub(crate) enum Ran {
    /// It is over, at least for now.
    Done(Result<ToolResult, Problem>),
    /// The client has to ask, and to call again with the answer.
    Asks(InputRequiredResult),
}

/// Makes a call, with what the person said to it before; asks them where that is needed, and can be done.
pub(crate) async fn run(backend: &dyn Backend, caller: &Caller, mut call: ToolCall, client: &Client<'_>) -> Ran {
    call.confirmation = client.said();
    let mut ended = backend.execute(caller, call.clone()).await;
    // Only a yes is asked for again. A no has ended the call, and is never followed by one without it.
    let yes = call.confirmation.as_ref().is_some_and(|given| given.decision == Verdict::Approve);
    let stale = yes && is(&ended, ProblemKind::ConfirmationInvalid);
    if stale {
        call.confirmation = None;
        ended = backend.execute(caller, call.clone()).await;
    }
    let before = if stale { Some(STALE) } else { client.was_unclear().then_some(UNCLEAR) };
    let asked = Question::of(&call, &ended, before).filter(|_| !client.was_closed());
    let Some((question, way)) = asked.and_then(|question| client.way(question)) else {
        return Ran::Done(hidden(ended));
    };
    match way {
        Way::Rounds => Ran::Asks(question.rounds()),
        Way::Within => {
            let verdict = client.ask(&question).await;
            call.confirmation = question.token().zip(verdict).map(|(token, decision)| Confirmation { token, decision });
            // Without an answer the question stays open, and the call is what it was. Behind an address, look what became of it.
            if call.confirmation.is_some() || question.token().is_none() && verdict == Some(Verdict::Approve) {
                ended = backend.execute(caller, call).await;
            }
            Ran::Done(hidden(ended))
        }
    }
}

fn is(ended: &Result<ToolResult, Problem>, kind: ProblemKind) -> bool {
    ended.as_ref().is_err_and(|problem| problem.is(kind))
}

/// Without the token: whoever reads this is a model, and the answer is a person's to give.
fn hidden(mut ended: Result<ToolResult, Problem>) -> Result<ToolResult, Problem> {
    match &mut ended {
        Ok(ToolResult { result: Value::Object(members), purchase: Some(purchase), .. }) if purchase.state == "held" => {
            members.remove(MEMBER);
        }
        Err(problem) if problem.is(ProblemKind::ConfirmationRequired) => drop(problem.extra.remove(MEMBER)),
        _ => {}
    }
    ended
}
