//! One line a call: who, what, how it ended, what it cost, how long it took. Never a value, a key or a secret.

use super::{Answer, Call, Reply};
use ledger::Credential;
use std::time::Instant;
use uaps_model::Problem;

/// A line that is being gathered.
pub(super) struct Line {
    started: Instant,
    service: String,
    tool: String,
    credential: String,
    finished: bool,
}

impl Line {
    pub(super) fn start(call: &Call<'_>) -> Self {
        Line {
            started: Instant::now(),
            service: call.service.id.to_string(),
            tool: call.op.tool.to_string(),
            credential: "anonymous".into(),
            finished: false,
        }
    }

    pub(super) fn credential(&mut self, credential: Option<&Credential>) {
        if let Some(credential) = credential {
            self.credential = credential.id.to_string();
        }
    }

    pub(super) fn finish(mut self, result: &Result<Reply, Problem>) {
        match result {
            Ok(Reply::Answered { answer, fee }) => {
                let status = match answer {
                    Answer::Streaming(response) => response.status(),
                    Answer::Whole(whole) => whole.status,
                };
                self.write("answered", status.as_u16(), fee.map_or(0, |fee| fee.cents), "");
            }
            Ok(Reply::Purchase(reply)) => {
                let purchase = &reply.purchase;
                let outcome = if reply.replayed { "replayed" } else { purchase.state.as_str() };
                let fee = reply.fee.map_or(0, |fee| fee.cents);
                let price = purchase.charged.filter(|_| !reply.replayed).map_or(0, |charged| charged.cents);
                self.write(outcome, reply.status(), fee + price, purchase.id.as_str());
            }
            Err(problem) => {
                let slug = problem.kind.rsplit(':').next().unwrap_or_default();
                self.write(slug, problem.status, super::fee::charged_cents(problem), "");
            }
        }
    }

    fn write(&mut self, outcome: &str, status: u16, cost_cents: i64, purchase: &str) {
        self.finished = true;
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let Line { service, tool, credential, .. } = self;
        tracing::info!(
            target: "penumbra::audit",
            service, tool, credential, outcome, status, cost_cents, purchase, duration_ms, "call"
        );
    }
}

impl Drop for Line {
    /// A caller who hangs up drops the call; it is logged all the same.
    fn drop(&mut self) {
        if !self.finished {
            self.write("abandoned", 499, 0, "");
        }
    }
}
