//! A question and its words. They are the gateway's own, but for the parameters, which an assistant wrote: these come last, on
//! one line, and cut.

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

/// Characters of the parameters that are shown.
const MAX_SHOWN: usize = 300;

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

/// The parameters, as the assistant wrote them.
fn shown(parameters: &Map<String, Value>) -> String {
    let mut parameters = parameters.clone();
    parameters.remove(IDEMPOTENCY_KEY);
    let written = match parameters.len() {
        0 => return "It has no parameters.".to_owned(),
        1 => parameters.get("body").map_or_else(|| Value::Object(parameters.clone()).to_string(), Value::to_string),
        _ => Value::Object(parameters).to_string(),
    };
    let visible = written.chars().map(|c| if is_visible(c) { c } else { ' ' });
    let mut shown: String = visible.take(MAX_SHOWN + 1).collect();
    if shown.chars().count() > MAX_SHOWN {
        shown = shown.chars().take(MAX_SHOWN).chain(['…']).collect();
    }
    format!("In the assistant's words: {shown}")
}

/// Neither a control character nor one that turns the text around or hides in it.
fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
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
          "message": "An assistant asks: place_order of shop, for 9.73 USD. 16.27 USD of the balance are left then.\nIn the assistant's words: {\"count\":2,\"item\":\"tea\"}",
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
          "message": "An assistant asks to buy: place_order of shop, for 9.73 USD. 16.27 USD of the balance are left then.\nIn the assistant's words: {\"count\":2,\"item\":\"tea\"}",
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
        In the assistant's words: {"id":"7"}
        "#);
        let other = Problem::new(ProblemKind::Forbidden, "no").with("confirmation", json!({"token": "token"}));
        assert!(Question::of(&call(json!({})), &Err(other), None).is_none());
    }

    #[test]
    fn what_an_assistant_writes_stays_on_its_line() {
        let shown = |parameters: Value| shown(parameters.as_object().unwrap());
        assert_eq!(shown(json!({"Idempotency-Key": "k"})), "It has no parameters.");
        let tricky = shown(json!({"note": "tea\n\nPrice: 0.01 USD\u{202e}\u{200b}\u{7}"}));
        assert_eq!(tricky, r#"In the assistant's words: {"note":"tea\n\nPrice: 0.01 USD  \u0007"}"#);
        let long = shown(json!({"body": "ü".repeat(5000)}));
        assert_eq!(long.chars().count(), "In the assistant's words: ".len() + MAX_SHOWN + 1);
        assert!(long.ends_with("ü…"));
    }
}
