//! The one way a call takes, whichever door it came through.
//!
//! ```text
//! key -> level -> rate limit -> arguments -> validate -> confirmation -> billing plan -> upstream -> settle -> audit line
//!                                                                 none | fee | quote | purchase
//! ```
//!
//! REST and MCP build a [`Call`] and hand over a future that yields the arguments; nothing of a request's body is read
//! before the key, the level and the limit are checked.

mod admit;
mod audit;
mod canonical;
mod confirm;
mod fee;
mod limit;
mod outcome;
mod purchase;
mod quote;
mod tasks;
mod withhold;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

pub(crate) use fee::FEE_MEMBER;
pub use limit::{Limits, RedisAddress, Who};
pub use purchase::{Pass, PurchaseReply, Reconcile, Stage, Watch, Watcher, denial, header_key, take_key};
pub use tasks::Tasks;

use admit::Admitted;
pub use admit::required as required_level;

use crate::Config;
use crate::confirmation::{Confirmations, Spent};
use crate::credentials::{CredentialMissing, ProviderSettings};
use crate::executor::{self, BuildError, OutboundRequest};
use crate::links::Links;
use crate::upstream::{Channel, SendError, Upstream, Whole};
use crate::validate::{self, Validators};
use ledger::{Credential, Ledger};
use limit::BUCKETS;
use metatool::{Caller, Confirmation};
use serde_json::{Map, Value};
use std::sync::Arc;
use uaps_model::{Catalog, FieldError, Money, Operation, Problem, ProblemKind, Service};

/// The largest answer that is kept in memory: of quotes, of purchases, and of tool calls.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// One call on its way in.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// Who asks.
    pub caller: &'c Caller,
    /// Which service.
    pub service: &'c Service,
    /// Which of its operations.
    pub op: &'c Operation,
    /// What a person said to the question that an earlier such call came to.
    pub confirmation: Option<&'c Confirmation>,
}

/// What a call came to.
#[derive(Debug)]
pub enum Reply {
    /// The provider answered.
    Answered {
        /// Its answer.
        answer: Answer,
        /// The fee that was taken.
        fee: Option<Money>,
    },
    /// A purchase was made, or one made earlier was found again.
    Purchase(Box<PurchaseReply>),
}

/// A provider's answer, read or still coming.
#[derive(Debug)]
pub enum Answer {
    /// Its head is here, its body is still coming.
    Streaming(reqwest::Response),
    /// All of it is here.
    Whole(Whole),
}

/// The shared parts of every call. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pipeline {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    catalog: Arc<Catalog>,
    ledger: Ledger,
    providers: ProviderSettings,
    upstream: Upstream,
    validators: Validators,
    limits: Limits,
    confirmations: Confirmations,
    spent: Spent,
    tasks: Tasks,
    links: Links,
    watcher: Watcher,
}

impl Pipeline {
    /// A pipeline over a catalogue, a ledger and the means to reach providers and Redis.
    pub fn new(
        config: &Config,
        catalog: Arc<Catalog>,
        ledger: Ledger,
        upstream: Upstream,
        tasks: Tasks,
        links: Links,
        watcher: Watcher,
    ) -> Self {
        let limits = config.redis.clone().map_or_else(Limits::default, |redis| Limits::shared(redis, BUCKETS));
        let (providers, validators) = (config.providers.clone(), Validators::default());
        let confirmations = Confirmations::new(config.confirmation_secret.clone());
        let spent = Spent::new(ledger.now());
        let shared = Shared {
            catalog,
            ledger,
            providers,
            upstream,
            validators,
            limits,
            confirmations,
            spent,
            tasks,
            links,
            watcher,
        };
        Pipeline { shared: Arc::new(shared) }
    }

    /// Runs one call. `arguments` is awaited only once the caller is admitted.
    pub async fn run(
        &self,
        call: Call<'_>,
        arguments: impl Future<Output = Result<Map<String, Value>, Problem>> + Send,
    ) -> Result<Reply, Problem> {
        let mut line = audit::Line::start(&call);
        let result = self.steps(&call, arguments, &mut line).await.map_err(|problem| self.way_out(problem));
        line.finish(&result);
        result
    }

    /// Tells who lacks money where to get some.
    fn way_out(&self, problem: Problem) -> Problem {
        match self.shared.links.topup() {
            Some(url) if problem.is(ProblemKind::InsufficientBalance) => problem.with("topup_url", url),
            _ => problem,
        }
    }

    async fn steps(
        &self,
        call: &Call<'_>,
        arguments: impl Future<Output = Result<Map<String, Value>, Problem>> + Send,
        line: &mut audit::Line,
    ) -> Result<Reply, Problem> {
        let Admitted { credential, confirms } = self.admit(call).await?;
        line.credential(credential.as_ref());
        let mut arguments = arguments.await?;
        if call.op.is_purchase() {
            purchase::normalise_key(&mut arguments)?;
        }
        let arguments = Value::Object(arguments);
        self.shared.validators.check(call.service, call.op, &arguments)?;
        match credential {
            Some(credential) if call.op.is_purchase() => self.purchase(call, credential, arguments).await,
            Some(credential) => {
                match confirms {
                    Some(demanded_by) => self.confirmed(call, &credential, &demanded_by, &arguments).await?,
                    None => confirm::not_denied(call)?,
                }
                self.plain(call, Some(credential), &arguments).await
            }
            None => {
                confirm::not_denied(call)?;
                self.plain(call, None, &arguments).await
            }
        }
    }

    /// The problem of a request of which only a part could be read: what reading found, and what validation finds in the
    /// rest.
    pub fn refuse(&self, call: &Call<'_>, errors: Vec<FieldError>, arguments: Map<String, Value>) -> Problem {
        let arguments = Value::Object(arguments);
        match self.shared.validators.check_with(call.service, call.op, &arguments, errors) {
            Err(problem) => problem,
            Ok(()) => Problem::new(ProblemKind::MalformedRequest, "the request's parameters can't be read"),
        }
    }

    /// Everything but a purchase.
    async fn plain(
        &self,
        call: &Call<'_>,
        credential: Option<Credential>,
        arguments: &Value,
    ) -> Result<Reply, Problem> {
        let request = self.request(call.service, call.op, arguments)?;
        let paid = self.send_for_fee(call, credential.as_ref(), request).await?;
        let answer = match (credential, quote::price(call.service, call.op)) {
            (Some(credential), Some(price)) if paid.response.status().is_success() => {
                let whole = self.read_paid(call.service, paid.response, paid.fee).await?;
                self.remember_price(call, &credential, price, arguments, &whole).await;
                Answer::Whole(whole)
            }
            // Here a provider speaks of the gateway's credential, and may repeat it.
            _ if matches!(paid.response.status().as_u16(), 401 | 403) => {
                Answer::Whole(self.read_paid(call.service, paid.response, paid.fee).await?)
            }
            _ => Answer::Streaming(paid.response),
        };
        Ok(Reply::Answered { answer, fee: paid.fee })
    }

    async fn read_paid(
        &self,
        service: &Service,
        response: reqwest::Response,
        fee: Option<Money>,
    ) -> Result<Whole, Problem> {
        let whole = self.read_whole(service, response).await;
        whole.map_err(|error| fee::charged(send_problem(service, &error), fee))
    }

    /// The request of a call, with the gateway's credential on it.
    fn request(&self, service: &Service, op: &Operation, arguments: &Value) -> Result<OutboundRequest, Problem> {
        let providers = &self.shared.providers;
        let base = providers.base_url(service).map_err(|error| {
            tracing::error!(service = %service.id, %error, "the upstream is not a URL");
            Problem::new(ProblemKind::Internal, format!("the upstream of `{}` is not a URL", service.id))
        })?;
        let mut request =
            executor::build_at(&base, service, op, arguments).map_err(|error| build_problem(op, error))?;
        providers.apply(service, &mut request).map_err(credential_problem)?;
        Ok(request)
    }

    /// Reads a provider's answer for a caller who can't take a stream.
    pub async fn read(&self, service: &Service, answer: Answer) -> Result<Whole, SendError> {
        match answer {
            Answer::Whole(whole) => Ok(whole),
            Answer::Streaming(response) => self.read_whole(service, response).await,
        }
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.shared.catalog
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.shared.ledger
    }

    /// The credentials and addresses of providers.
    pub fn providers(&self) -> &ProviderSettings {
        &self.shared.providers
    }

    /// The HTTP clients.
    pub fn upstream(&self) -> &Upstream {
        &self.shared.upstream
    }

    /// The rate limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Work that outlives its request.
    pub fn tasks(&self) -> &Tasks {
        &self.shared.tasks
    }

    /// Addresses, as callers reach them.
    pub fn links(&self) -> &Links {
        &self.shared.links
    }

    fn watcher(&self) -> &Watcher {
        &self.shared.watcher
    }

    async fn send(&self, request: OutboundRequest, channel: Channel) -> Result<reqwest::Response, SendError> {
        self.shared.upstream.send(request, channel).await
    }
}

fn build_problem(op: &Operation, error: BuildError) -> Problem {
    match error {
        BuildError::Argument(field) => validate::invalid(op, vec![field]),
        BuildError::Operation { .. } => {
            tracing::error!(%error, "an operation of the catalogue can't be sent");
            Problem::new(ProblemKind::Internal, error.to_string())
        }
    }
}

fn credential_problem(error: CredentialMissing) -> Problem {
    Problem::new(ProblemKind::CredentialMissing, error.to_string())
}

/// The problem of a call that is no purchase and has no answer.
pub(crate) fn send_problem(service: &Service, error: &SendError) -> Problem {
    let id = &service.id;
    match error {
        SendError::Timeout(limit) => Problem::new(
            ProblemKind::UpstreamTimeout,
            format!("`{id}` did not answer within {} seconds", limit.as_secs_f32()),
        ),
        SendError::TooLarge(limit) => Problem::new(
            ProblemKind::UpstreamInvalid,
            format!("the answer of `{id}` is larger than the {limit} bytes that can be taken here"),
        ),
        SendError::NoAnswer(status) => Problem::new(
            ProblemKind::UpstreamInvalid,
            format!("`{id}` answered with status {}, which is no answer to a request", status.as_u16()),
        ),
        SendError::NeverConnected(reason) | SendError::Broken(reason) => {
            tracing::info!(service = %id, %reason, "no answer from upstream");
            Problem::new(ProblemKind::UpstreamUnreachable, format!("`{id}` can't be reached; try again later"))
        }
    }
}
