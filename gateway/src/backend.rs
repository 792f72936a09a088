//! The gateway behind the five MCP tools, and behind `POST /services/{id}/tools/{tool}`.

use crate::Gateway;
use crate::error::ledger_problem;
use crate::pipeline::{self, Answer, Call, PurchaseReply, Reply};
use crate::upstream::{SendError, Whole};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use ledger::{Balance, Credential};
use metatool::{
    Account, AccountBalance, Backend, Caller, Cost, CostKind, PurchaseRef, ServiceHealth, ToolCall, ToolResult,
};
use serde_json::{Value, json};
use std::sync::Arc;
use uaps_model::{BodyKind, Catalog, Money, Operation, Problem, Service};

impl Backend for Gateway {
    fn catalog(&self) -> Arc<Catalog> {
        self.pipeline().catalog().clone()
    }

    fn execute<'a>(&'a self, caller: &'a Caller, call: ToolCall) -> BoxFuture<'a, Result<ToolResult, Problem>> {
        async move { self.call_tool(caller, call).await.map(|(result, _)| result) }.boxed()
    }

    fn health<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vec<ServiceHealth>, Problem>> {
        async move { Ok(self.health_board().all(self.pipeline().providers(), Gateway::catalog(self)).await) }.boxed()
    }

    fn account<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Option<Account>, Problem>> {
        async move {
            let Some(credential) = self.pipeline().identify(caller).await? else { return Ok(None) };
            self.account_of(credential).await.map(Some)
        }
        .boxed()
    }
}

impl Gateway {
    /// Runs a tool call. Beside the result: whether its purchase's outcome is not known yet, and where to look then.
    pub(crate) async fn call_tool(
        &self,
        caller: &Caller,
        call: ToolCall,
    ) -> Result<(ToolResult, Option<PurchaseReply>), Problem> {
        let service = self.service(&call.service)?;
        let op = self.operation(service, &call.tool)?;
        let ToolCall { parameters, confirmation, .. } = call;
        let confirmation = confirmation.as_ref();
        let reply = self.pipeline().run(Call { caller, service, op, confirmation }, async { Ok(parameters) }).await?;
        match reply {
            Reply::Answered { answer, fee } => {
                let mut result = self.answered(service, op, answer).await?;
                if let Some(fee) = fee {
                    result.cost = Some(cost(CostKind::Fee, fee));
                    result.balance = self.balance(caller).await;
                }
                Ok((result, None))
            }
            Reply::Purchase(reply) => {
                if let Some(problem) = reply.problem() {
                    return Err(problem);
                }
                let mut result = purchased(service, op, &reply);
                result.balance = self.balance(caller).await;
                Ok((result, Some(*reply)))
            }
        }
    }

    /// A key's account.
    pub(crate) async fn account_of(&self, credential: Credential) -> Result<Account, Problem> {
        let balance = self.ledger().balance(&credential.id).await.map_err(ledger_problem)?;
        Ok(Account { level: credential.level, email: Some(credential.email), balance: account_balance(&balance) })
    }

    /// The balance after a call; leaving it out is better than failing a call that was made and paid.
    async fn balance(&self, caller: &Caller) -> Option<AccountBalance> {
        let credential = self.pipeline().identify(caller).await.ok()??;
        let balance = self.ledger().balance(&credential.id).await.ok()?;
        Some(account_balance(&balance))
    }

    async fn answered(&self, service: &Service, op: &Operation, answer: Answer) -> Result<ToolResult, Problem> {
        let (status, mut media) = match &answer {
            Answer::Streaming(response) => (response.status(), content_type(response.headers())),
            Answer::Whole(whole) => (whole.status, content_type(&whole.headers)),
        };
        let result = match self.pipeline().read(service, answer).await {
            Ok(Whole { body, headers, .. }) => {
                media = content_type(&headers);
                value(media.as_deref(), &body)
            }
            // The call was made and maybe paid; what can't be shown is described.
            Err(SendError::TooLarge(limit)) => json!({
                "truncated": true,
                "limit_bytes": limit,
                "detail": "the answer is larger than a tool result may be; ask for less, or use the REST route, which streams it",
            }),
            Err(error) => return Err(pipeline::send_problem(service, &error)),
        };
        Ok(tool_result(service, op, status.as_u16(), media, result))
    }
}

fn purchased(service: &Service, op: &Operation, reply: &PurchaseReply) -> ToolResult {
    let answer = reply.answer();
    let result = value(answer.content_type.as_deref(), &Bytes::from(answer.body));
    let purchase = &reply.purchase;
    let mut tool = tool_result(service, op, answer.status, answer.content_type, result);
    let kind = if purchase.charged.is_some() { CostKind::Purchase } else { CostKind::Fee };
    tool.cost = reply.cost().map(|amount| cost(kind, amount));
    tool.purchase = Some(PurchaseRef {
        id: purchase.id.to_string(),
        state: purchase.state.as_str().to_owned(),
        replayed: reply.replayed,
    });
    tool
}

fn tool_result(
    service: &Service,
    op: &Operation,
    status: u16,
    content_type: Option<String>,
    result: Value,
) -> ToolResult {
    ToolResult {
        service: service.id.to_string(),
        tool: op.tool.to_string(),
        method: op.method.to_string(),
        path: op.path.clone(),
        status,
        content_type,
        result,
        cost: None,
        purchase: None,
        balance: None,
    }
}

/// A body as a tool result shows it: JSON as it is, text as a string, anything else described.
fn value(content_type: Option<&str>, body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let kind = content_type.map(BodyKind::of);
    let json = || serde_json::from_slice(body).ok();
    let text = || std::str::from_utf8(body).ok().map(Value::from);
    let shown = match kind {
        Some(BodyKind::Json) | None => json().or_else(text),
        Some(BodyKind::Text | BodyKind::Form) => text(),
        Some(BodyKind::Multipart | BodyKind::Binary) => None,
    };
    shown.unwrap_or_else(|| json!({"binary": true, "bytes": body.len()}))
}

fn content_type(headers: &http::HeaderMap) -> Option<String> {
    headers.get(http::header::CONTENT_TYPE)?.to_str().ok().map(str::to_owned)
}

fn cost(kind: CostKind, amount: Money) -> Cost {
    Cost { kind, amount_cents: amount.cents, currency: amount.currency.to_string() }
}

fn account_balance(balance: &Balance) -> AccountBalance {
    AccountBalance {
        posted_cents: balance.posted_cents,
        held_cents: balance.held_cents,
        available_cents: balance.available_cents,
        receivable_cents: balance.receivable_cents,
        currency: balance.currency.to_string(),
    }
}
