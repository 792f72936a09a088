//! A question and its words. They are the gateway's own, but for the parameters, which an assistant wrote: these come last, on
//! one line, each of them cut.

use super::MEMBER;
use crate::backend::{AccountBalance, ToolCall, ToolResult};
use rmcp::model::{
    BooleanSchema, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest, InputRequests,
    InputRequiredResult, PrimitiveSchemaDefinition,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaps_model::{Currency, IDEMPOTENCY_KEY, Money, Problem, ProblemKind};

/// The name of the question that a form answers, and of its box.
pub(super) const CONFIRM: &str = "confirm";
/// The name of the question that is answered elsewhere.
pub(super) const ADDRESS: &str = "approval";

/// The parameter that is a request's body.
const BODY: &str = "body";
/// Parameters that are shown, and characters of their names and values.
const MAX_PARAMETERS: usize = 12;
const MAX_NAME: usize = 40;
const MAX_VALUE: usize = 80;

/// What a person is to be asked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    message: String,
    /// What the box says.
    yes: &'static str,
    /// Goes back with the answer; without one, only the address will do.
    token: Option<String>,
    /// Where it can be answered, and its name there.
    address: Option<(String, String)>,
}

impl Question {
    /// The question that a call came to, if it did. `before` says why it is asked again.
    pub(super) fn of(
        call: &ToolCall,
        ended: &Result<ToolResult, Problem>,
        before: Option<&'static str>,
    ) -> Option<Question> {
        let mut question = match ended {
            Ok(result) => Question::buying(call, result)?,
            Err(problem) => Question::destroying(call, problem)?,
        };
        if let Some(before) = before {
            question.message.insert_str(0, &format!("{before}\n"));
        }
        Some(question)
    }

    fn buying(call: &ToolCall, result: &ToolResult) -> Option<Question> {
        result.purchase.as_ref().filter(|purchase| purchase.state == "held")?;
        let (held, text) = (&result.result, |value: &Value| value.as_str().map(str::to_owned));
        let approval = held.get("approval")?;
        let currency = Currency::new(approval["currency"].as_str()?)?;
        let amount = Money { cents: approval["amount_cents"].as_i64()?, currency };
        let left = result.balance.as_ref().and_then(|balance| left(balance, currency)).unwrap_or_default();
        Some(Question {
            message: format!("{} of {}, for {amount}.{left}\n{}", call.tool, call.service, shown(&call.parameters)),
            yes: "Yes, buy it",
            token: text(&held[MEMBER]["token"]),
            address: text(&approval["url"]).zip(text(&approval["id"])),
        })
    }

    fn destroying(call: &ToolCall, problem: &Problem) -> Option<Question> {
        let token =
            problem.extra.get(MEMBER).filter(|_| problem.is(ProblemKind::ConfirmationRequired))?["token"].as_str();
        let (tool, service) = (&call.tool, &call.service);
        Some(Question {
            message: format!(
                "{tool} of {service}, which may destroy or overwrite something.\n{}",
                shown(&call.parameters)
            ),
            yes: "Yes, do it",
            token: Some(token?.to_owned()),
            address: None,
        })
    }

    pub(super) fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// The same, to be answered at its address.
    pub(super) fn at_its_address(self) -> Option<Question> {
        self.address.is_some().then_some(Question { token: None, ..self })
    }

    /// The question as the client is asked it.
    pub(super) fn params(&self) -> ElicitRequestParams {
        match (&self.token, &self.address) {
            (None, Some((url, id))) => ElicitRequestParams::UrlElicitationParams {
                meta: None,
                message: format!("An assistant asks to buy: {}", self.message),
                url: url.clone(),
                elicitation_id: id.clone(),
            },
            _ => ElicitRequestParams::FormElicitationParams {
                meta: None,
                message: format!("An assistant asks: {}", self.message),
                requested_schema: self.form(),
            },
        }
    }

    fn form(&self) -> ElicitationSchema {
        let tick = PrimitiveSchemaDefinition::Boolean(BooleanSchema::new().title(self.yes));
        ElicitationSchema::new(BTreeMap::from([(CONFIRM.to_owned(), tick)])).with_required(vec![CONFIRM.to_owned()])
    }

    /// The end of a call that comes again with the answer.
    pub(super) fn rounds(self) -> InputRequiredResult {
        let name = if self.token.is_some() { CONFIRM } else { ADDRESS };
        let request = InputRequest::Elicitation(ElicitRequest::new(self.params()));
        let requests: InputRequests = [(name.to_owned(), request)].into_iter().collect();
        InputRequiredResult::new(Some(requests), self.token)
    }
}

/// What is available once the amount is held, as it is already.
fn left(balance: &AccountBalance, currency: Currency) -> Option<String> {
    let same = Currency::new(&balance.currency).filter(|same| *same == currency)?;
    Some(format!(" {} of the balance are left then.", Money { cents: balance.available_cents, currency: same }))
}

/// The parameters, as the assistant wrote them: those that say which thing it is about come before what is written to it, and
/// each is cut by itself, so that none hides another.
fn shown(parameters: &Map<String, Value>) -> String {
    let plain = parameters.iter().filter(|(name, _)| *name != IDEMPOTENCY_KEY && *name != BODY);
    let body = match parameters.get(BODY) {
        Some(Value::Object(members)) => members.iter().map(|(name, value)| (name.as_str(), value)).collect(),
        Some(value) => vec![(BODY, value)],
        None => Vec::new(),
    };
    let all: Vec<String> = plain
        .map(|(name, value)| (name.as_str(), value))
        .chain(body)
        .map(|(name, value)| format!("{}: {}", cut(name, MAX_NAME), cut(&value.to_string(), MAX_VALUE)))
        .collect();
    if all.is_empty() {
        return "It has no parameters.".to_owned();
    }
    let more = match all.len().saturating_sub(MAX_PARAMETERS) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let shown: Vec<String> = all.into_iter().take(MAX_PARAMETERS).collect();
    format!("In the assistant's words: {}{more}", shown.join(", "))
}

/// The visible beginning of a text, on one line, without gaps.
fn cut(text: &str, most: usize) -> String {
    let visible: String = text.chars().map(|c| if is_visible(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let mut shown: String = words.join(" ");
    if let Some((at, _)) = shown.char_indices().nth(most) {
        let left = shown.chars().count() - most;
        shown.truncate(at);
        shown.push_str(&format!("… ({left} more)"));
    }
    shown
}

/// Neither a control character nor one that turns the text around, hides in it or looks like nothing.
fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::PurchaseRef;
    use serde_json::json;

    fn call(parameters: Value) -> ToolCall {
        let parameters = parameters.as_object().cloned().unwrap();
        ToolCall { service: "shop".into(), tool: "place_order".into(), parameters, confirmation: None }
    }

    fn held(approval: Value, token: Option<&str>) -> ToolResult {
        let mut result = json!({"approval": approval});
        if let Some(token) = token {
            result["confirmation"] = json!({"token": token});
        }
        ToolResult {
            service: "shop".into(),
            tool: "place_order".into(),
            method: "POST".into(),
            path: "/orders".into(),
            status: 202,
            content_type: None,
            result,
            cost: None,
            purchase: Some(PurchaseRef { id: "pur_1".into(), state: "held".into(), replayed: false }),
            balance: Some(AccountBalance {
                posted_cents: 2600,
                held_cents: 973,
                available_cents: 1627,
                receivable_cents: 0,
                currency: "USD".into(),
            }),
        }
    }

    fn asked(question: &Question) -> String {
        format!("{:#}", serde_json::to_value(question.params()).unwrap())
    }

    #[test]
    fn a_purchase_is_asked_about_with_its_price_and_what_is_left() {
        let call = call(json!({"Idempotency-Key": "k", "body": {"item": "tea", "count": 2}}));
        let approval =
            json!({"amount_cents": 973, "currency": "USD", "id": "apr_1", "url": "https://pay.example/approve/apr_1"});
        let question = Question::of(&call, &Ok(held(approval, Some("token"))), None).unwrap();
        insta::assert_snapshot!(asked(&question), @r#"
        {
          "message": "An assistant asks: place_order of shop, for 9.73 USD. 16.27 USD of the balance are left then.\nIn the assistant's words: count: 2, item: \"tea\"",
          "mode": "form",
          "requestedSchema": {
            "properties": {
              "confirm": {
                "title": "Yes, buy it",
                "type": "boolean"
              }
            },
            "required": [
              "confirm"
            ],
            "type": "object"
          }
        }
        "#);
        assert_eq!(question.clone().rounds().request_state.as_deref(), Some("token"));
        let elsewhere = question.at_its_address().unwrap();
        insta::assert_snapshot!(asked(&elsewhere), @r#"
        {
          "elicitationId": "apr_1",
          "message": "An assistant asks to buy: place_order of shop, for 9.73 USD. 16.27 USD of the balance are left then.\nIn the assistant's words: count: 2, item: \"tea\"",
          "mode": "url",
          "url": "https://pay.example/approve/apr_1"
        }
        "#);
        assert_eq!(elsewhere.rounds().request_state, None);
    }

    #[test]
    fn a_call_that_destroys_is_asked_about_by_name() {
        let problem = Problem::new(ProblemKind::ConfirmationRequired, "confirm it")
            .with("confirmation", json!({"token": "token"}));
        let question = Question::of(&call(json!({"id": "7"})), &Err(problem), Some("You were asked before.")).unwrap();
        insta::assert_snapshot!(question.message, @r#"
        You were asked before.
        place_order of shop, which may destroy or overwrite something.
        In the assistant's words: id: "7"
        "#);
        let other = Problem::new(ProblemKind::Forbidden, "no").with("confirmation", json!({"token": "token"}));
        assert!(Question::of(&call(json!({})), &Err(other), None).is_none());
    }

    #[test]
    fn what_an_assistant_writes_stays_on_its_line() {
        let shown = |parameters: Value| shown(parameters.as_object().unwrap());
        assert_eq!(shown(json!({"Idempotency-Key": "k"})), "It has no parameters.");
        let tricky = shown(json!({"note": "tea\n\nPrice: 0.01 USD\u{202e}\u{200b}   \u{7}"}));
        assert_eq!(tricky, r#"In the assistant's words: note: "tea\n\nPrice: 0.01 USD \u0007""#);
    }

    #[test]
    fn what_it_is_about_is_shown_however_long_the_rest_is() {
        let shown = |parameters: Value| shown(parameters.as_object().unwrap());
        let many: Map<String, Value> = (0..20).map(|n| (format!("part{n:02}"), json!("ü".repeat(5000)))).collect();
        let long = shown(json!({"body": many, "id": "7"}));
        assert!(long.starts_with(r#"In the assistant's words: id: "7", part00: "üü"#), "{long}");
        assert!(long.ends_with("ü… (4922 more), and 9 more"), "{long}");
        assert!(long.chars().count() < 1500);
        assert_eq!(shown(json!({"body": "plain"})), r#"In the assistant's words: body: "plain""#);
    }
}
