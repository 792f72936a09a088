//! Key, level and rate limit.

use super::{Call, Pipeline, Who};
use crate::error::ledger_problem;
use ledger::{Credential, CredentialId};
use metatool::Caller;
use uaps_model::{AccessLevel, Operation, Problem, ProblemKind};

/// A caller who may make the call.
pub(super) struct Admitted {
    /// `None` for an anonymous caller who may be one.
    pub credential: Option<Credential>,
    /// The uppermost key whose limits want the person at the client to confirm this call, which is no purchase.
    pub confirms: Option<CredentialId>,
}

impl Pipeline {
    /// The caller's credential, checked and counted.
    pub(super) async fn admit(&self, call: &Call<'_>) -> Result<Admitted, Problem> {
        let credential = self.identify(call.caller).await?;
        level(call.op, credential.as_ref())?;
        let line = match &credential {
            Some(credential) => self.line(credential).await?,
            None => Vec::new(),
        };
        service(call, &line)?;
        self.shared.limits.check(call.service, counted(call.caller, &line)).await?;
        let destroys = call.op.hints.destructive && !call.op.is_purchase();
        let confirms = line.iter().rev().find(|key| destroys && key.limits.confirm_destructive);
        Ok(Admitted { credential, confirms: confirms.map(|key| key.id.clone()) })
    }

    /// Whoever holds the key of a request about an account; there must be one. Counted.
    pub async fn holder(&self, caller: &Caller) -> Result<Credential, Problem> {
        let credential = self.identify(caller).await?.ok_or_else(|| {
            Problem::new(ProblemKind::Unauthorized, "send your key as `Authorization: Bearer` or `X-API-Key`")
        })?;
        let line = self.line(&credential).await?;
        self.shared.limits.check_account(counted(caller, &line)).await?;
        Ok(credential)
    }

    /// A key and those above it.
    async fn line(&self, credential: &Credential) -> Result<Vec<Credential>, Problem> {
        match credential.parent {
            Some(_) => self.ledger().lineage(&credential.id).await.map_err(ledger_problem),
            None => Ok(vec![credential.clone()]),
        }
    }

    /// Whose key the caller presents. A key that is not valid is refused everywhere, so that nobody takes it for good.
    pub async fn identify(&self, caller: &Caller) -> Result<Option<Credential>, Problem> {
        let Some(key) = caller.key.as_deref() else { return Ok(None) };
        match self.ledger().authenticate(key).await.map_err(ledger_problem)? {
            Some(credential) => Ok(Some(credential)),
            None => Err(Problem::new(
                ProblemKind::Unauthorized,
                "the key is not valid: it is unknown, revoked or past its time; send a current one as `Authorization: Bearer` or `X-API-Key`",
            )),
        }
    }
}

/// What an operation asks for: its own level, and a key wherever money is involved.
pub fn required(op: &Operation) -> AccessLevel {
    let floor = if op.is_purchase() || op.fee_cents > 0 { AccessLevel::Identified } else { AccessLevel::Anonymous };
    op.access.max(floor)
}

/// Keys below one are counted together with it, so that making more of them gives no more calls.
fn counted(caller: &Caller, line: &[Credential]) -> Who {
    match line.last() {
        Some(uppermost) => Who::Key(uppermost.id.to_string()),
        None => Who::of(caller.address),
    }
}

/// A key may be good for some services only, and for none that one above it is not good for.
fn service(call: &Call<'_>, line: &[Credential]) -> Result<(), Problem> {
    let id = call.service.id.as_str();
    match line.iter().position(|key| !key.limits.allow(id)) {
        Some(place) => {
            let whose = if place == 0 { "this key" } else { "a key above this one" };
            Err(Problem::new(ProblemKind::SpendLimitExceeded, format!("{whose} may not use `{id}`"))
                .with("limit", "services"))
        }
        None => Ok(()),
    }
}

fn level(op: &Operation, credential: Option<&Credential>) -> Result<(), Problem> {
    let (needed, have) = (required(op), credential.map_or(AccessLevel::Anonymous, |c| c.level));
    if have >= needed {
        return Ok(());
    }
    let problem = match credential {
        None => Problem::new(
            ProblemKind::Unauthorized,
            format!("`{}` needs a key of level {needed}; send one as `Authorization: Bearer` or `X-API-Key`", op.tool),
        ),
        Some(_) => Problem::new(
            ProblemKind::Forbidden,
            format!("`{}` needs a key of level {needed}; this one is {have}", op.tool),
        ),
    };
    Err(problem.with("required_level", needed.as_str()).with("level", have.as_str()))
}
