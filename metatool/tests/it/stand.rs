//! A gateway that gives out the catalogue it is told to, and remembers what it was asked.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use metatool::{Published, digest};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uaps_model::{Catalog, FORMAT};

/// What it gives out for one id.
#[derive(Clone)]
pub struct Given {
    pub id: String,
    pub layer: &'static str,
    /// What the index says; of the body, where it is not set.
    pub digest: Option<String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
pub struct Stand {
    given: Mutex<Vec<Given>>,
    asked: Mutex<Vec<String>>,
}

/// A running one. It ends with the test, or by [`Running::stop`].
pub struct Running {
    pub url: String,
    pub stand: Arc<Stand>,
    task: JoinHandle<()>,
}

/// What a gateway with these services gives out.
pub fn given(catalog: &Catalog, layer: &'static str) -> Vec<Given> {
    let of = |entry: &uaps_model::Entry| Given {
        id: entry.id.to_string(),
        layer,
        digest: None,
        body: Published::of(entry).unwrap().to_bytes(),
    };
    catalog.entries().iter().map(of).collect()
}

impl Stand {
    pub async fn start(given: Vec<Given>) -> Running {
        Stand::start_at("127.0.0.1:0", given).await
    }

    pub async fn start_at(address: &str, given: Vec<Given>) -> Running {
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stand = Arc::new(Stand { given: Mutex::new(given), asked: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(stand.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Running { url, stand, task }
    }

    pub fn give(&self, given: Vec<Given>) {
        *self.given.lock().unwrap() = given;
    }

    /// Each request as `200 /catalog`, in their order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn index(&self) -> Value {
        let row = |given: &Given| {
            let digest = given.digest.clone().unwrap_or_else(|| digest(&given.body));
            json!({"id": given.id, "digest": digest, "layer": given.layer})
        };
        json!({"version": FORMAT, "services": self.given.lock().unwrap().iter().map(row).collect::<Vec<_>>()})
    }
}

impl Running {
    pub async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn answer(State(stand): State<Arc<Stand>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    assert!(request.headers().get(header::AUTHORIZATION).is_none(), "no key is sent for what is no secret");
    let body = match path.strip_prefix("/catalog") {
        Some("") => Some(stand.index().to_string().into_bytes()),
        Some(id) => {
            stand.given.lock().unwrap().iter().find(|given| format!("/{}", given.id) == id).map(|g| g.body.clone())
        }
        None => None,
    };
    let etag = format!("\"{}\"", digest(body.as_deref().unwrap_or_default()));
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    let status = match (&body, known) {
        (None, _) => StatusCode::NOT_FOUND,
        (_, true) => StatusCode::NOT_MODIFIED,
        _ => StatusCode::OK,
    };
    stand.asked.lock().unwrap().push(format!("{} {path}", status.as_u16()));
    match status {
        StatusCode::OK => ([(header::ETAG, etag)], Body::from(body.unwrap_or_default())).into_response(),
        _ => (status, [(header::ETAG, etag)]).into_response(),
    }
}
