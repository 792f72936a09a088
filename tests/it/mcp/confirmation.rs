//! The person at the client is asked before an assistant buys or destroys: by clients of either era, over HTTP and stdio.

use gateway::Config;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationCapability, FormElicitationCapability, Implementation, InputRequest,
    InputRequiredResult, ProtocolVersion, UrlElicitationCapability,
};
use rmcp::service::{RequestContext, RunningService};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tests::{TestContext, binary};

const CREDIT: i64 = 1_000_000;

/// How a client reaches the tools, and from which era it is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Door {
    Http,
    HttpOlder,
    Stdio,
    StdioOlder,
}

/// Those through which a person can be asked.
const ASKED: [Door; 3] = [Door::Http, Door::Stdio, Door::StdioOlder];

/// A client with somebody before it.
#[derive(Clone)]
struct Person {
    can: Option<ElicitationCapability>,
    answer: ElicitResult,
    asked: Arc<Mutex<Vec<ElicitRequestParams>>>,
}

type Client = RunningService<RoleClient, Person>;

impl Person {
    fn who(can: Option<ElicitationCapability>, answer: ElicitResult) -> Person {
        Person { can, answer, asked: Arc::default() }
    }

    fn says_yes() -> Person {
        let yes = ElicitResult::new(ElicitationAction::Accept).with_content(json!({"confirm": true}));
        Person::who(Some(forms()), yes)
    }

    fn says_no() -> Person {
        Person::who(Some(forms()), ElicitResult::new(ElicitationAction::Decline))
    }

    fn is_not_asked() -> Person {
        Person { can: None, ..Person::says_yes() }
    }

    /// The messages so far.
    fn heard(&self) -> Vec<String> {
        let message = |asked: &ElicitRequestParams| json!(asked)["message"].as_str().unwrap().to_owned();
        self.asked.lock().unwrap().iter().map(message).collect()
    }
}

fn forms() -> ElicitationCapability {
    ElicitationCapability::new().with_form(FormElicitationCapability::new())
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = self.can.clone();
        ClientConfig::new(capabilities, Implementation::new("a client with a person", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        self.asked.lock().unwrap().push(request);
        Ok(self.answer.clone())
    }
}

/// A gateway, a person's key with money, and an assistant's below it.
struct House {
    context: TestContext,
    owner: String,
    agent: String,
}

impl House {
    async fn with(limits: Value) -> House {
        House::of(limits, |_| {}).await
    }

    async fn of(limits: Value, adjust: impl FnOnce(&mut Config)) -> House {
        let context = TestContext::with(Arc::new(generated::catalog()), |config| {
            config.public_url = "https://pay.example".parse().ok();
            adjust(config);
        })
        .await;
        let mut house = House { owner: context.key(CREDIT).await, context, agent: String::new() };
        house.agent = house.child(limits).await;
        house
    }

    /// Another key below the owner's.
    async fn child(&self, limits: Value) -> String {
        let made = self.context.post("/v1/keys", Some(&self.owner), &json!({ "limits": limits })).await;
        made.expect(201)["key"].as_str().unwrap().to_owned()
    }

    /// Sets the limits of the agent's key anew.
    async fn limit(&self, limits: Value) {
        let id = self.context.get("/v1/me", Some(&self.agent)).await.expect(200)["id"].as_str().unwrap().to_owned();
        let request = self.context.http.put(format!("{}/v1/keys/{id}/limits", self.context.url)).json(&limits);
        self.context.send(request, Some(&self.owner)).await.expect(200);
    }

    async fn open(&self, door: Door, person: &Person) -> Client {
        self.open_as(&self.agent, door, person).await
    }

    async fn open_as(&self, key: &str, door: Door, person: &Person) -> Client {
        let mode = match door {
            Door::Http | Door::Stdio => {
                ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
            }
            Door::HttpOlder | Door::StdioOlder => ClientLifecycleMode::Initialize,
        };
        let opened = match door {
            Door::Http | Door::HttpOlder => {
                let url = format!("{}/mcp", self.context.url);
                let config = StreamableHttpClientTransportConfig::with_uri(url).auth_header(key.to_owned());
                person.clone().serve_with_lifecycle(StreamableHttpClientTransport::from_config(config), mode).await
            }
            Door::Stdio | Door::StdioOlder => {
                let mut command = tokio::process::Command::new(binary("penumbra-metatool"));
                command.args(["--gateway", &self.context.url]).env("PENUMBRA_API_KEY", key);
                let transport = TokioChildProcess::new(command).expect("it starts");
                person.clone().serve_with_lifecycle(transport, mode).await
            }
        };
        opened.expect("the conversation opens")
    }

    fn dinner(&self, name: &str) -> CallToolRequestParams {
        let parameters = self.context.purchase("food-delivery", "place_order", name);
        execute("food-delivery", "place_order", parameters)
    }

    fn forget_a_job(&self) -> CallToolRequestParams {
        execute("professional-network", "unsave_job", self.context.example("professional-network", "unsave_job"))
    }

    fn orders(&self) -> usize {
        self.context.sandbox.orders("food-delivery")
    }

    /// How many jobs were forgotten.
    fn forgotten(&self) -> usize {
        self.context.sandbox.requests().iter().filter(|seen| seen.method == "DELETE").count()
    }

    /// Held and available.
    async fn money(&self) -> (i64, i64) {
        let (available, held, _) = self.context.balance(&self.owner).await;
        self.context.audit().await;
        (held, available)
    }
}

fn execute(service: &str, tool: &str, parameters: Value) -> CallToolRequestParams {
    let arguments = json!({"service": service, "tool": tool, "parameters": parameters});
    CallToolRequestParams::new("execute").with_arguments(arguments.as_object().cloned().unwrap())
}

/// What a call came to in the end, and whether it failed.
async fn call(client: &Client, request: CallToolRequestParams) -> (Value, bool) {
    let result = client.call_tool(request).await.expect("the call is answered");
    (result.structured_content.clone().unwrap(), result.is_error == Some(true))
}

async fn once(client: &Client, request: CallToolRequestParams) -> CallToolResponse {
    client.call_tool_once(request).await.expect("the call is answered")
}

/// The question that a call ended with.
async fn question(client: &Client, request: CallToolRequestParams) -> InputRequiredResult {
    match once(client, request).await {
        CallToolResponse::InputRequired(question) => question,
        other => panic!("no question: {other:?}"),
    }
}

/// The same call, with an answer.
fn answered(request: &CallToolRequestParams, state: &str, answer: Value) -> CallToolRequestParams {
    let mut request = request.clone().with_input_responses([("confirm".to_owned(), answer)].into_iter().collect());
    request.request_state = Some(state.to_owned());
    request
}

fn yes() -> Value {
    json!({"action": "accept", "content": {"confirm": true}})
}

/// The message of a question.
fn message(question: &InputRequiredResult) -> String {
    let requests = question.input_requests.as_ref().unwrap();
    let [InputRequest::Elicitation(request)] = &requests.values().cloned().collect::<Vec<_>>()[..] else {
        panic!("not one question")
    };
    json!(request.params)["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_yes_buys_once_by_every_door() {
    let house = House::with(json!({"confirm_above": 0})).await;
    for (n, door) in ASKED.into_iter().enumerate() {
        let person = Person::says_yes();
        let client = house.open(door, &person).await;
        let (bought, failed) = call(&client, house.dinner(&format!("dinner-{n}"))).await;
        assert!(!failed && bought["purchase"]["state"] == "captured", "{door:?}: {bought}");
        let paid = bought["cost"]["amount_cents"].as_i64().unwrap();
        let heard = person.heard();
        let price = format!("for {}.{:02} USD.", paid / 100, paid % 100);
        let start = format!("An assistant asks: place_order of food-delivery, {price}");
        assert!(heard.len() == 1 && heard[0].starts_with(&start), "{door:?}: {heard:?}");
        assert!(heard[0].contains("\nIn the assistant's words: ") && heard[0].contains("pad-thai"), "{heard:?}");
        let (again, _) = call(&client, house.dinner(&format!("dinner-{n}"))).await;
        assert_eq!((&again["purchase"]["replayed"], person.heard().len()), (&json!(true), 1), "{door:?}");
        assert_eq!(house.orders(), n + 1);
        client.cancel().await.unwrap();
    }
    assert_eq!(house.money().await.0, 0);
}

#[tokio::test]
async fn a_no_frees_the_money_by_every_door() {
    let house = House::with(json!({"confirm_above": 0})).await;
    for (n, door) in ASKED.into_iter().enumerate() {
        let person = Person::says_no();
        let client = house.open(door, &person).await;
        let (told, failed) = call(&client, house.dinner(&format!("dinner-{n}"))).await;
        assert!(failed && told["type"] == "urn:penumbra:problem:approval-denied", "{door:?}: {told}");
        assert_eq!((person.heard().len(), house.orders(), house.money().await), (1, 0, (0, CREDIT)), "{door:?}");
        client.cancel().await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_destroys_is_asked_about_by_every_door() {
    let house = House::with(json!({"confirm_destructive": true})).await;
    for (n, door) in ASKED.into_iter().enumerate() {
        let person = Person::says_no();
        let client = house.open(door, &person).await;
        let (told, failed) = call(&client, house.forget_a_job()).await;
        assert!(failed && told["type"] == "urn:penumbra:problem:approval-denied", "{door:?}: {told}");
        assert_eq!(house.forgotten(), n, "{door:?}");
        client.cancel().await.unwrap();

        let person = Person::says_yes();
        let client = house.open(door, &person).await;
        let (done, _) = call(&client, house.forget_a_job()).await;
        assert_eq!((&done["tool"], house.forgotten()), (&json!("unsave_job"), n + 1), "{door:?}: {done}");
        let heard = person.heard();
        assert!(heard.len() == 1 && heard[0].contains("unsave_job of professional-network, which may destroy"));
        client.cancel().await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_can_not_be_asked_is_told_what_else_can_be_done() {
    let house = House::with(json!({"confirm_above": 0, "confirm_destructive": true})).await;
    let cases = [
        (Door::Http, Person::is_not_asked()),
        (Door::StdioOlder, Person::is_not_asked()),
        // It could be asked, but no answer of its would find its way back to the call.
        (Door::HttpOlder, Person::says_yes()),
    ];
    for (n, (door, person)) in cases.into_iter().enumerate() {
        let client = house.open(door, &person).await;
        let (held, failed) = call(&client, house.dinner(&format!("dinner-{n}"))).await;
        assert!(!failed && held["status"] == 202, "{door:?}: {held}");
        let address = held["result"]["approval"]["url"].as_str().unwrap();
        assert!(address.starts_with("https://pay.example/"), "{address}");
        let (refused, failed) = call(&client, house.forget_a_job()).await;
        assert!(failed && refused["type"] == "urn:penumbra:problem:confirmation-required", "{refused}");
        assert!(refused["detail"].as_str().unwrap().contains("declares elicitation"), "{refused}");
        // The token is for a person's answer, and no model sees it.
        for told in [&held["result"], &refused] {
            assert_eq!(told["confirmation"], Value::Null, "{door:?}");
        }
        assert_eq!((person.heard().len(), house.orders(), house.forgotten()), (0, 0, 0));
        client.cancel().await.unwrap();
    }
}

#[tokio::test]
async fn a_state_is_good_for_its_own_call_and_once() {
    let house = House::with(json!({"confirm_above": 0})).await;
    let client = house.open(Door::Http, &Person::says_yes()).await;
    let dinner = house.dinner("dinner");
    let asked = question(&client, dinner.clone()).await;
    let state = asked.request_state.clone().unwrap();

    // Another call, another key, an edited state, an answer that is none: each is asked anew, and nothing is bought.
    let stale = |question: &InputRequiredResult| {
        message(question).starts_with("An assistant asks: The answer before could not be used")
    };
    assert!(stale(&question(&client, answered(&house.dinner("supper"), &state, yes())).await));
    let edited = format!("x{}", &state[1..]);
    assert!(stale(&question(&client, answered(&dinner, &edited, yes())).await));
    let other = house.child(json!({"confirm_above": 0})).await;
    let stranger = house.open_as(&other, Door::Http, &Person::says_yes()).await;
    assert!(stale(&question(&stranger, answered(&dinner, &state, yes())).await));
    for none in [json!({"action": "accept"}), json!({}), json!(true)] {
        let again = message(&question(&client, answered(&dinner, &state, none)).await);
        assert!(again.starts_with("An assistant asks: The answer before was neither a yes nor a no"), "{again}");
    }
    let mut bare = dinner.clone().with_input_responses([("confirm".to_owned(), yes())].into_iter().collect());
    bare.request_state = None;
    question(&client, bare).await;
    assert_eq!(house.orders(), 0);

    for replayed in [false, true, true] {
        let CallToolResponse::Complete(result) = once(&client, answered(&dinner, &state, yes())).await else {
            panic!("no answer")
        };
        let bought = result.structured_content.unwrap();
        assert_eq!((&bought["purchase"]["replayed"], house.orders()), (&json!(replayed), 1), "{bought}");
    }
    stranger.cancel().await.unwrap();
    client.cancel().await.unwrap();
}

/// A call's end, with an answer to a question that it came to before.
async fn ended(client: &Client, request: &CallToolRequestParams, state: &str, answer: Value) -> Value {
    match once(client, answered(request, state, answer)).await {
        CallToolResponse::Complete(result) => result.structured_content.unwrap(),
        other => panic!("asked again: {other:?}"),
    }
}

#[tokio::test]
async fn a_no_is_never_too_late_and_asked_for_once() {
    let no = || json!({"action": "decline"});
    let house = House::with(json!({"confirm_above": 0, "confirm_destructive": true})).await;
    let client = house.open(Door::Http, &Person::says_yes()).await;
    let (dinner, forget) = (house.dinner("dinner"), house.forget_a_job());
    for request in [&dinner, &forget] {
        question(&client, request.clone()).await;
    }
    // The token has run out, or was another gateway's; and meanwhile nobody would have to be asked.
    house.limit(json!({})).await;
    for request in [&dinner, &forget] {
        let told = ended(&client, request, "no token of anybody", no()).await;
        assert_eq!(told["type"], "urn:penumbra:problem:approval-denied", "{told}");
    }
    assert_eq!((house.orders(), house.forgotten(), house.money().await), (0, 0, (0, CREDIT)));
    // What was never asked about is not begun by its no.
    let told = ended(&client, &house.dinner("other"), "no token of anybody", no()).await;
    assert_eq!(told["type"], "urn:penumbra:problem:approval-denied", "{told}");
    assert_eq!(house.orders(), 0);
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_question_that_was_closed_stays_open_for_others() {
    let house = House::with(json!({"confirm_above": 0, "confirm_destructive": true})).await;
    let client = house.open(Door::Http, &Person::says_yes()).await;
    let (dinner, forget) = (house.dinner("dinner"), house.forget_a_job());
    let closed = || json!({"action": "cancel"});
    let state = question(&client, dinner.clone()).await.request_state.unwrap();
    let held = ended(&client, &dinner, &state, closed()).await;
    assert_eq!((&held["status"], &held["purchase"]["state"]), (&json!(202), &json!("held")), "{held}");
    let state = question(&client, forget.clone()).await.request_state.unwrap();
    let told = ended(&client, &forget, &state, closed()).await;
    assert_eq!(told["type"], "urn:penumbra:problem:confirmation-required", "{told}");
    assert_eq!((house.orders(), house.forgotten()), (0, 0));
    // Who calls again is asked again.
    question(&client, dinner).await;
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn above_the_ceiling_a_client_may_be_led_to_the_address() {
    let house = House::with(json!({"confirm_above": 0, "approval_above": 0})).await;
    let looked = ElicitResult::new(ElicitationAction::Accept);
    for (n, door) in ASKED.into_iter().enumerate() {
        let name = format!("dinner-{n}");
        // Who shows forms only is not asked: a form is not enough.
        let person = Person::says_yes();
        let client = house.open(door, &person).await;
        let (held, _) = call(&client, house.dinner(&name)).await;
        assert_eq!((&held["status"], person.heard().len()), (&json!(202), 0), "{door:?}: {held}");
        client.cancel().await.unwrap();

        let addresses = ElicitationCapability::new().with_url(UrlElicitationCapability::new());
        let person = Person::who(Some(addresses), looked.clone());
        let client = house.open(door, &person).await;
        let (held, _) = call(&client, house.dinner(&name)).await;
        assert_eq!((&held["status"], house.orders()), (&json!(202), n), "{door:?}: {held}");
        let asked = json!(person.asked.lock().unwrap().clone());
        let approval = &held["result"]["approval"];
        assert_eq!((&asked[0]["mode"], &asked[0]["url"]), (&json!("url"), &approval["url"]), "{door:?}: {asked}");

        let place = approval["location"].as_str().unwrap();
        let yes = json!({"decision": "approve"});
        assert_eq!(house.context.post(place, Some(&house.owner), &yes).await.status, 201);
        let (bought, _) = call(&client, house.dinner(&name)).await;
        assert_eq!((&bought["purchase"]["state"], house.orders()), (&json!("captured"), n + 1), "{door:?}");
        client.cancel().await.unwrap();
    }
}

#[tokio::test]
async fn in_a_session_an_older_client_is_asked_over_http() {
    let limits = json!({"confirm_above": 0, "confirm_destructive": true});
    let house = House::of(limits, |config| config.mcp_sessions = true).await;
    let person = Person::says_yes();
    let client = house.open(Door::HttpOlder, &person).await;
    let (bought, _) = call(&client, house.dinner("dinner")).await;
    assert_eq!((&bought["purchase"]["state"], house.orders()), (&json!("captured"), 1), "{bought}");
    call(&client, house.forget_a_job()).await;
    assert_eq!((person.heard().len(), house.forgotten()), (2, 1));
    client.cancel().await.unwrap();
    // The newer era needs none.
    let person = Person::says_no();
    let client = house.open(Door::Http, &person).await;
    let (told, failed) = call(&client, house.dinner("supper")).await;
    assert!(failed && person.heard().len() == 1, "{told}");
    client.cancel().await.unwrap();
}
