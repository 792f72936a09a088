//! A service that no program was compiled with: from a folder of the gateway's, through the metatool, to its provider.

use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::{Process, binary, free_port, is_up, serve_providers, start_gateway};
use uaps_model::{Example, Service};

const ID: &str = "money-changer";
/// A host that nobody but the gateway may hear of.
const UPSTREAM: &str = "https://inner.money-changer.example/v3";

/// One of the services that are compiled in, under another name.
fn write(folder: &Path) -> Service {
    let built_in = generated::catalog();
    let mut service = built_in.get("frankfurter").expect("it is there").expect("it is good").clone();
    service.id = ID.parse().expect("an id");
    service.name = "Money changer".into();
    service.upstream = UPSTREAM.into();
    let entry = built_in.entry("frankfurter").expect("it is there");
    std::fs::create_dir_all(folder.join("search")).expect("a folder");
    std::fs::write(folder.join(format!("{ID}.json")), json!(service).to_string()).expect("a file");
    std::fs::write(folder.join(format!("search/{ID}.json")), entry.meaning.as_ref()).expect("a file");
    service
}

struct World {
    database: String,
    providers: String,
    port: u16,
    folder: tempfile::TempDir,
    example: Example,
}

impl World {
    async fn new() -> Self {
        gateway::install_crypto();
        let folder = tempfile::tempdir().expect("a folder");
        let service = write(&folder.path().join("services"));
        let example = service.operation("get_exchange_rate").expect("a tool").example.clone();
        let catalog = gateway::extend(&generated::catalog(), &folder.path().join("services")).expect("a catalogue");
        World {
            database: format!("sqlite://{}", folder.path().join("ledger.db").display()),
            providers: serve_providers(&Sandbox::new(Arc::new(catalog))).await,
            port: free_port().await,
            folder,
            example,
        }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The gateway's own binary, with the folder or without.
    async fn gateway(&self, with_folder: bool) -> Process {
        let services = self.folder.path().join("services").display().to_string();
        let more = [("PENUMBRA_CATALOG", if with_folder { services.as_str() } else { "" })];
        let process = start_gateway(&self.database, self.port, &self.providers, ID, &more);
        is_up(&self.url()).await;
        process
    }

    /// The metatool's own binary, which looks at the gateway every second.
    async fn metatool(&self) -> RunningService<RoleClient, ()> {
        let mut command = tokio::process::Command::new(binary("penumbra-metatool"));
        command.args(["--gateway", &self.url(), "--refresh", "1"]);
        command.env("XDG_CACHE_HOME", self.folder.path().join("cache")).env_remove("PENUMBRA_API_KEY");
        ().serve(TokioChildProcess::new(command).expect("it starts")).await.expect("the session opens")
    }
}

async fn call(client: &RunningService<RoleClient, ()>, tool: &'static str, arguments: Value) -> (bool, Value) {
    let call = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().cloned().unwrap_or_default());
    let CallToolResult { is_error, structured_content, .. } = client.call_tool(call).await.expect("it is answered");
    (is_error != Some(true), structured_content.unwrap_or_default())
}

/// The ids that a search finds, with their layers.
async fn found(client: &RunningService<RoleClient, ()>) -> Vec<(String, Option<String>)> {
    let (_, found) = call(client, "search_services", json!({"query": "convert dollars to euros"})).await;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let services = found["services"].as_array().cloned().unwrap_or_default();
    services.iter().map(|s| (text(&s["id"]).unwrap_or_default(), text(&s["layer"]))).collect()
}

fn external() -> (String, Option<String>) {
    (ID.to_owned(), Some("external".to_owned()))
}

#[tokio::test]
async fn a_service_from_a_folder_is_found_listed_and_called_and_the_gateway_may_come_and_go() {
    let world = World::new().await;
    let gateway = world.gateway(true).await;
    let client = world.metatool().await;

    let first = found(&client).await;
    assert_eq!(first[0], ("frankfurter".to_owned(), None), "what is compiled in comes first among equals");
    assert!(first.contains(&external()), "{first:?}");
    let (_, listed) = call(&client, "list_tools", json!({"service": ID, "query": "rate of a pair"})).await;
    assert!(listed["tools"].to_string().contains("get_exchange_rate"), "{listed}");
    let request = json!({"service": ID, "tool": "get_exchange_rate", "parameters": world.example.arguments});
    let (well, answered) = call(&client, "execute", request.clone()).await;
    assert!(well && answered["status"] == 200, "{answered}");
    let (_, health) = call(&client, "health", json!({})).await;
    assert!(
        health["catalog"].as_str().is_some_and(|state| state.starts_with("13 services of the gateway")),
        "{health}"
    );

    // Away: searches go on, calls say so, and so does health.
    drop(gateway);
    assert!(found(&client).await.contains(&external()));
    let (well, refused) = call(&client, "execute", request.clone()).await;
    assert!(!well && refused["type"] == "urn:penumbra:problem:unavailable", "{refused}");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let (well, health) = call(&client, "health", json!({})).await;
    assert!(!well && health["catalog"].to_string().contains("nobody answers there"), "{health}");

    // A start while it is away has what was known before.
    let late = world.metatool().await;
    assert!(found(&late).await.contains(&external()));
    late.cancel().await.expect("the session closes");

    // Back, without the folder; then with it.
    for with_folder in [false, true] {
        let _gateway = world.gateway(with_folder).await;
        let end = Instant::now() + Duration::from_secs(20);
        while found(&client).await.contains(&external()) != with_folder {
            assert!(Instant::now() < end, "the metatool does not notice");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (well, answered) = call(&client, "execute", request.clone()).await;
        assert_eq!(well, with_folder, "{answered}");
    }
    client.cancel().await.expect("the session closes");
}

#[tokio::test]
async fn the_gateway_tells_the_layer_and_not_the_way_to_the_provider() {
    let world = World::new().await;
    let _gateway = world.gateway(true).await;
    let get = |path: String| {
        let url = format!("{}{path}", world.url());
        async move { reqwest::get(url).await.expect("it answers").text().await.expect("a text") }
    };
    let services: Value = serde_json::from_str(&get("/services".into()).await).expect("JSON");
    let services = services["services"].as_array().cloned().unwrap_or_default();
    let layers: Vec<_> = services.iter().filter(|s| s["layer"] != "built_in").map(|s| s["id"].clone()).collect();
    assert_eq!(layers, [ID]);
    for path in ["/services", "/catalog", "/openapi.json", "/docs"] {
        assert!(!get(path.into()).await.contains("inner.money-changer"), "{path}");
    }
    for service in services {
        let id = service["id"].as_str().unwrap_or_default();
        let told: Value = serde_json::from_str(&get(format!("/catalog/{id}")).await).expect("JSON");
        assert_eq!((&told["service"]["upstream"], &told["service"]["auth"]), (&json!(""), &json!({"scheme": "none"})));
        assert!(!told.to_string().contains("inner.money-changer"), "{id}");
        assert!(told["meaning"].is_object(), "{id} is found by meaning elsewhere, too");
    }
}

#[test]
fn a_broken_folder_is_an_error_of_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wikipedia.json"), "{").expect("a file");
    let output = std::process::Command::new(binary("penumbra-gateway"))
        .args(["serve", "--catalog", &folder.path().display().to_string()])
        .current_dir(folder.path())
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("wikipedia.json: EOF while parsing an object at line 1 column 1"), "{said}");
}
