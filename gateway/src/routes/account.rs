//! What the holder of a key may see: their own account, and nobody else's.

use super::input::{Parameters, Params};
use crate::Gateway;
use crate::caller::From;
use crate::error::{Rejection, ledger_problem};
use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use ledger::{Credential, CredentialId, Limits, PurchaseId, Transaction, TransactionId, TransactionKind, Wanted};
use metatool::{Account, Caller};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uaps_model::{Problem, ProblemKind};

/// Lines of a page of transactions.
const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// Lines of CSV; `from` and `until` take a longer statement apart.
const MAX_CSV: u32 = 100_000;

/// Nobody's balance belongs into a cache.
pub(super) const PRIVATE: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// A key's account, and what it may spend of it.
#[derive(Debug, Serialize)]
struct Me {
    #[serde(flatten)]
    account: Account,
    id: CredentialId,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<CredentialId>,
    #[serde(skip_serializing_if = "Limits::is_none")]
    limits: Limits,
}

/// `GET /v1/me`: level, e-mail, limits, the key above, and the balance.
pub async fn me(State(gateway): State<Gateway>, From(caller): From) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let Credential { id, parent, limits, .. } = credential.clone();
    let account = gateway.account_of(credential).await?;
    Ok((PRIVATE, Json(Me { account, id, parent, limits })))
}

/// Which lines of a statement, and how.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// At most so many lines, 50 by default, 200 at most; of CSV the newest 100,000, where nothing is said.
    limit: Option<u32>,
    /// Older than this transaction.
    before: Option<String>,
    /// Only this kind: `credit`, `usage`, `purchase` or `refund`.
    #[serde(rename = "type")]
    kind: Option<TransactionKind>,
    /// Only what was spent at this service.
    service: Option<String>,
    /// From this moment or day on, such as `2026-11-01` or `2026-11-01T12:00:00Z`. Days are UTC's.
    from: Option<String>,
    /// Before this moment or day.
    until: Option<String>,
    /// `json` or `csv`.
    #[serde(default)]
    format: Format,
}

/// How a statement is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// `GET /v1/transactions?type=&service=&from=&until=&limit=&before=&format=`: newest first; `next` is the next page's
/// `before`.
pub async fn transactions(
    State(gateway): State<Gateway>,
    From(caller): From,
    Parameters(page): Parameters<Page>,
) -> Result<Response, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let wanted = Wanted {
        kind: page.kind,
        service: page.service,
        from: page.from.map(|text| moment("from", &text)).transpose()?,
        until: page.until.map(|text| moment("until", &text)).transpose()?,
    };
    let before = page.before.map(|text| text.parse::<TransactionId>()).transpose();
    let before = before.map_err(|_| Problem::new(ProblemKind::MalformedRequest, "`before` is no transaction's id"))?;
    let limit = match (page.limit, page.format) {
        (Some(limit), _) => limit.clamp(1, MAX_LIMIT),
        (None, Format::Json) => DEFAULT_LIMIT,
        (None, Format::Csv) => MAX_CSV,
    };
    let lines = gateway.ledger().transactions(&credential.id, &wanted, limit, before.as_ref()).await?;
    if page.format == Format::Csv {
        let named = (CONTENT_DISPOSITION, "attachment; filename=\"transactions.csv\"");
        return Ok((PRIVATE, [(CONTENT_TYPE, "text/csv; charset=utf-8"), named], csv(&lines)).into_response());
    }
    let full = usize::try_from(limit).is_ok_and(|limit| lines.len() >= limit);
    let next = lines.last().filter(|_| full).map(|line| line.id.clone());
    Ok((PRIVATE, Json(json!({"transactions": lines, "next": next}))).into_response())
}

/// `GET /v1/statements/{month}`, such as `2026-11`: what came and went in a month of UTC.
pub async fn statement(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(month): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let wrong = || {
        let shown: String = month.chars().take(20).collect();
        Problem::new(ProblemKind::MalformedRequest, format!("`{shown}` is no month; write one such as 2026-11"))
    };
    let first: Date = format!("{month}-01").parse().map_err(|_| wrong())?;
    let next = first.checked_add(1.month()).map_err(|_| wrong())?;
    let (from, until) = (midnight(first).ok_or_else(wrong)?, midnight(next).ok_or_else(wrong)?);
    let summary = gateway.ledger().summary(&credential.id, from, until).await?;
    let mut body = json!({"month": month, "from": from, "until": until, "currency": ledger::CURRENCY.as_str()});
    if let (Some(body), Ok(serde_json::Value::Object(summary))) = (body.as_object_mut(), serde_json::to_value(summary))
    {
        body.extend(summary);
    }
    Ok((PRIVATE, Json(body)))
}

/// A moment, or the midnight of UTC that a day begins with.
fn moment(name: &str, text: &str) -> Result<Timestamp, Problem> {
    let day = || text.parse::<Date>().ok().filter(|_| text.len() == 10).and_then(midnight);
    day().or_else(|| text.parse().ok()).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let detail =
            format!("`{name}` is `{shown}`; write a day such as 2026-11-01, or a moment such as 2026-11-01T12:00:00Z");
        Problem::new(ProblemKind::MalformedRequest, detail)
    })
}

fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it.
fn csv(lines: &[Transaction]) -> String {
    let mut out =
        String::from("id,created_at,type,amount_cents,balance_after_cents,service,tool,purchase_id,description\r\n");
    for line in lines {
        let text = |text: Option<&str>| {
            let text = text.unwrap_or_default();
            let safe =
                if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
            if safe.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
        };
        out.push_str(&format!(
            "{},{},{},{},{},{},{},{},{}\r\n",
            line.id,
            line.created_at,
            line.kind.as_str(),
            line.amount_cents,
            line.balance_after_cents,
            text(line.service.as_deref()),
            text(line.tool.as_deref()),
            line.purchase_id.as_ref().map(PurchaseId::as_str).unwrap_or_default(),
            text(Some(&line.description)),
        ));
    }
    out
}

/// `GET /v1/purchases/{id}`: a purchase of one's own, or of a key below; any other does not exist.
pub async fn purchase(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let nothing = || Problem::new(ProblemKind::NotFound, "there is no such purchase");
    let id: PurchaseId = id.parse().map_err(|_| nothing())?;
    let found = gateway.ledger().purchase(&id).await.map_err(ledger_problem)?;
    let purchase = found.ok_or_else(nothing)?;
    let line = gateway.ledger().lineage(&purchase.credential).await.map_err(ledger_problem)?;
    match line.iter().any(|key| key.id == credential.id) {
        true => Ok((PRIVATE, Json(purchase))),
        false => Err(nothing().into()),
    }
}

/// Whoever holds the key of a request; there must be one.
pub(super) async fn holder(gateway: &Gateway, caller: &Caller) -> Result<Credential, Problem> {
    gateway.pipeline().holder(caller).await
}

#[cfg(test)]
mod tests {
    use crate::Who;
    use crate::testing::World;

    #[tokio::test]
    async fn a_statement_is_filtered_paged_and_written_as_csv() {
        let world = World::new().await;
        world.authed("GET /shop/search", "").await;
        world.order("k", r#"{"item": "a"}"#).await;
        let kinds = async |query: &str| {
            let got = world.authed(&format!("GET /v1/transactions{query}"), "").await;
            assert_eq!(got.status, 200, "{}", got.body);
            let lines = got.json()["transactions"].as_array().unwrap().clone();
            lines.iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        // Fees are settled together, here because somebody looks.
        assert_eq!(kinds("").await, "usage purchase credit");
        assert_eq!(kinds("?type=usage").await, "usage");
        assert_eq!(kinds("?service=shop&limit=1").await, "usage");
        assert_eq!(kinds("?from=2020-01-01&until=2020-02-01T00:00:00Z").await, "");
        for wrong in ["?from=yesterday", "?type=gift", "?until=2026-13-01", "?format=xml", "?page=2"] {
            world.authed(&format!("GET /v1/transactions{wrong}"), "").await.problem(400, "malformed-request");
        }

        let csv = world.authed("GET /v1/transactions?format=csv", "").await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let lines: Vec<&str> = csv.body.split("\r\n").collect();
        assert_eq!(lines.len(), 5, "a head, three lines, and nothing after the last");
        assert!(lines[2].contains(",purchase,-1999,3001,shop,place_order,pur_"), "{}", lines[2]);
    }

    #[tokio::test]
    async fn a_month_adds_up() {
        let world = World::new().await;
        world.order("k", r#"{"item": "a"}"#).await;
        let month = jiff::Timestamp::now().strftime("%Y-%m").to_string();
        let got = world.authed(&format!("GET /v1/statements/{month}"), "").await.json();
        assert_eq!((got["opening_cents"].as_i64(), got["closing_cents"].as_i64()), (Some(0), Some(3001)));
        assert_eq!((got["credits_cents"].as_i64(), got["purchases_cents"].as_i64()), (Some(5000), Some(1999)));
        let before = world.authed("GET /v1/statements/2020-12", "").await.json();
        assert_eq!((before["until"].as_str(), before["lines"].as_i64()), (Some("2021-01-01T00:00:00Z"), Some(0)));
        for wrong in ["2026", "2026-13", "now"] {
            world.authed(&format!("GET /v1/statements/{wrong}"), "").await.problem(400, "malformed-request");
        }
    }

    #[tokio::test]
    async fn an_account_is_looked_at_so_often() {
        let world = World::new().await;
        assert_eq!(world.authed("GET /v1/me", "").await.status, 200);
        // Somebody empties the bucket all the while: on a slow machine it fills more quickly than requests do.
        let who = Who::Key(world.credential.id.to_string());
        let greedy = async {
            loop {
                let _ = world.gateway.pipeline().limits().check_account(who.clone()).await;
                tokio::task::yield_now().await;
            }
        };
        while world.gateway.pipeline().limits().check_account(who.clone()).await.is_ok() {}
        let refused = tokio::select! {
            biased;
            () = greedy => unreachable!("it never has enough"),
            got = world.authed("GET /v1/me", "") => got,
        };
        assert_ne!(refused.header("retry-after"), "");
        refused.problem(429, "rate-limited");
        // Calls are counted apart.
        assert_eq!(world.authed("GET /shop/items/1", "").await.status, 200);
    }

    #[test]
    fn a_spreadsheet_finds_no_formula() {
        let line = ledger::Transaction {
            id: "txn_00000000000000000000000000000001".parse().unwrap(),
            kind: ledger::TransactionKind::Credit,
            amount_cents: -5,
            balance_after_cents: 0,
            service: Some("=1+1".into()),
            tool: None,
            purchase_id: None,
            description: "a, \"b\"\nc".into(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let text = super::csv(&[line]);
        let expected =
            "txn_00000000000000000000000000000001,1970-01-01T00:00:00Z,credit,-5,0,'=1+1,,,\"a, \"\"b\"\"\nc\"\r\n";
        assert_eq!(text.split_once("\r\n").unwrap().1, expected);
    }
}
