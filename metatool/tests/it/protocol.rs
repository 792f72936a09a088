//! The protocol's rules, in both eras.

use crate::catalog;
use crate::fake::{Fake, KEY};
use crate::session::{self, Era, block_on};
use rmcp::model::{CacheScope, CallToolRequestParams, ErrorCode, PaginatedRequestParams, ProgressNotificationParam};
use rmcp::service::NotificationContext;
use rmcp::{ClientHandler, RoleClient, ServiceError};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use uaps_model::{Problem, ProblemKind};

#[test]
fn the_menu_is_the_same_bytes_whatever_is_loaded() {
    let bytes = |catalog, era| {
        block_on(async move {
            let client = session::open(Fake::new(catalog), None, era).await;
            serde_json::to_string(&client.list_tools(None).await.unwrap().tools).unwrap()
        })
    };
    let one = bytes(catalog::of([catalog::weather()]), Era::Discover);
    assert_eq!(one, bytes(catalog::many(200), Era::Discover));
    assert_eq!(one, bytes(catalog::many(200), Era::Handshake));
    // Four bytes of this text make a token of o200k or less; the budget is 1,000 tokens.
    assert!(one.len() < 4000, "the menu has grown to {} bytes", one.len());
}

#[test]
fn every_problem_fits_every_output_schema() {
    block_on(async {
        let client = session::open(Fake::new(catalog::three()), None, Era::Discover).await;
        for tool in client.list_tools(None).await.unwrap().tools {
            let schema = Value::Object((*tool.output_schema.unwrap()).clone());
            let schema = jsonschema::validator_for(&schema).unwrap();
            for kind in ProblemKind::ALL {
                let problem = json!(Problem::new(*kind, "what is wrong").with("suggestions", vec!["a"]));
                assert!(schema.is_valid(&problem), "{} {kind:?}", tool.name);
            }
            assert!(!schema.is_valid(&json!({})), "{}: the schema says something", tool.name);
            assert!(!json!(tool.input_schema).to_string().contains("null"), "{}: no input is \"or null\"", tool.name);
        }
    });
}

#[test]
fn the_menu_may_be_cached_and_is_honest_about_what_is_dangerous() {
    block_on(async {
        let client = session::open(Fake::new(catalog::three()), None, Era::Discover).await;
        let list = client.list_tools(None).await.unwrap();
        assert_eq!((list.ttl_ms, list.cache_scope), (Some(3_600_000), Some(CacheScope::Public)));
        let names: Vec<_> = list.tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(names, ["get_started", "search_services", "list_tools", "execute", "health"]);
        for tool in &list.tools {
            let annotations = tool.annotations.as_ref().unwrap();
            assert_eq!(annotations.read_only_hint, Some(tool.name != "execute"), "{}", tool.name);
            assert!(tool.title.is_some() && tool.output_schema.is_some());
        }
        let execute = list.tools.iter().find(|tool| tool.name == "execute").unwrap();
        assert_eq!(execute.annotations.as_ref().unwrap().destructive_hint, Some(true));
    });
}

#[test]
fn what_is_not_offered_is_not_found() {
    #[track_caller]
    fn check<T: std::fmt::Debug>(answer: Result<T, ServiceError>, code: ErrorCode) {
        match answer {
            Err(ServiceError::McpError(error)) => assert_eq!(error.code, code, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
    for era in Era::BOTH {
        block_on(async {
            let client = session::open(Fake::new(catalog::three()), None, era).await;
            check(client.list_prompts(None).await, ErrorCode::METHOD_NOT_FOUND);
            check(client.list_resources(None).await, ErrorCode::METHOD_NOT_FOUND);
            check(client.list_resource_templates(None).await, ErrorCode::METHOD_NOT_FOUND);
            check(session::call(&client, "no_such_tool", json!({})).await, ErrorCode::INVALID_PARAMS);
            let page = PaginatedRequestParams::default().with_cursor(Some("x".into()));
            check(client.list_tools(Some(page)).await, ErrorCode::INVALID_PARAMS);
        });
    }
}

#[test]
fn both_eras_know_who_answers() {
    for era in Era::BOTH {
        block_on(async {
            let client = session::open(Fake::new(catalog::three()), Some(KEY), era).await;
            let info = client.peer_info().unwrap();
            assert_eq!(info.server_info.as_ref().unwrap().name, "penumbra-metatool");
            assert!(info.instructions.as_ref().unwrap().contains("search_services"));
            let started = session::call(&client, "get_started", json!({})).await.unwrap();
            assert_eq!(started.structured_content.unwrap()["account"]["available"], "100.00 USD");
            assert_eq!(started.meta.is_some(), era == Era::Discover, "the newer era signs each result");
        });
    }
}

/// A client that keeps the signs of life it gets.
struct Signs(UnboundedSender<ProgressNotificationParam>);

impl ClientHandler for Signs {
    async fn on_progress(&self, sign: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        self.0.send(sign).unwrap();
    }
}

#[test]
fn a_long_call_tells_that_it_is_alive() {
    for era in Era::BOTH {
        let (signs, mut seen) = tokio::sync::mpsc::unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let client = session::open_with(Signs(signs), Fake::new(catalog::three()), None, era).await;
            let call = json!({"service": "food-delivery", "tool": "place_order", "parameters": {}});
            let call = CallToolRequestParams::new("execute").with_arguments(call.as_object().cloned().unwrap());
            let waiting = client.call_tool(call);
            tokio::select! {
                answer = waiting => panic!("{answer:?}"),
                () = async {
                    for (seconds, message) in [(2.0, "food-delivery/place_order: 2 s"), (7.0, "food-delivery/place_order: 7 s")] {
                        let sign = seen.recv().await.unwrap();
                        assert_eq!((sign.progress, sign.message.as_deref()), (seconds, Some(message)));
                    }
                } => {}
            }
        });
    }
}

#[test]
fn a_cancelled_call_is_dropped() {
    block_on(async {
        let fake = Fake::new(catalog::three());
        let client = session::open(fake.clone(), None, Era::Handshake).await;
        let call = json!({"service": "food-delivery", "tool": "place_order", "parameters": {}});
        let waiting = session::call(&client, "execute", call);
        // The client cancels a request whose future it drops.
        assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
        for _ in 0..100 {
            if fake.dropped.load(Ordering::SeqCst) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the call still runs");
    });
}
