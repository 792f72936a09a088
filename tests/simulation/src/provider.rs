//! The provider: it sells, remembers what it sold, and answers, or not, as it is told or as chance has it. It outlives every
//! crash of the gateway.

use crate::random::Random;
use crate::turnstile::{Place, Turnstile};
use futures::FutureExt;
use futures::future::BoxFuture;
use gateway::executor::OutboundRequest;
use gateway::{Channel, SendError, Transport};
use http::StatusCode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uaps_model::IDEMPOTENCY_KEY;

/// What things cost, in cents, by their number.
pub const PRICES: [i64; 6] = [1999, 0, 100, 499, 2500, 3333];

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Sold, for the price and so many cents more, and answered with 201.
    Sold(i64),
    /// Sold, and answered with a 201 that nobody can read.
    Unreadable,
    /// Not sold: 422.
    Refused,
    /// A 503, whatever became of the order.
    Failed(Sale),
    /// No answer in time, whatever became of the order.
    Silent(Sale),
    /// Sold, and the connection breaks in the middle of the answer.
    Reset,
    /// No connection is made.
    Unreachable,
}

/// What became of an order that the answer says nothing of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sale {
    /// It is sold.
    Made,
    /// It will be sold, after the gateway has given up waiting.
    Late,
    /// It isn't and will not be sold.
    None,
}

impl Outcome {
    /// What it means for the provider's books.
    pub fn sale(self) -> Sale {
        match self {
            Outcome::Sold(_) | Outcome::Unreadable | Outcome::Reset => Sale::Made,
            Outcome::Failed(sale) | Outcome::Silent(sale) => sale,
            Outcome::Refused | Outcome::Unreachable => Sale::None,
        }
    }
}

/// A line in the provider's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// What the order was about.
    pub note: String,
    /// The provider's own id.
    pub id: String,
    /// What it charged.
    pub cents: i64,
}

impl Sold {
    /// The idempotency key of the client whose order it was.
    pub fn key(&self) -> &str {
        key(&self.note)
    }
}

/// A note is the client's key and which of its requests it was.
fn key(note: &str) -> &str {
    note.split('/').next().unwrap_or_default()
}

/// An order as it arrives.
#[derive(Debug, Clone)]
struct Order {
    note: String,
    /// The purchase's name, where the provider recognises it.
    name: Option<String>,
    price: i64,
}

/// How it is decided what becomes of an order.
#[derive(Debug)]
enum Mood {
    /// So with the first one to arrive; all later ones are sold for their price.
    Script(Outcome),
    Chance(Random),
}

#[derive(Debug)]
struct Books {
    mood: Mood,
    sold: Vec<Sold>,
    /// Which line a name stands for.
    names: BTreeMap<String, usize>,
    seen: BTreeSet<String>,
    late: Vec<Order>,
}

/// The provider. It is shared by all lives of a gateway.
#[derive(Debug)]
pub struct Provider {
    books: Mutex<Books>,
}

/// How often what becomes of an order that arrives for the first time, in 100 cases.
const FIRST: &[(usize, Outcome)] = &[
    (50, Outcome::Sold(0)),
    (8, Outcome::Sold(-50)),
    (5, Outcome::Sold(700)),
    (3, Outcome::Unreadable),
    (10, Outcome::Refused),
    (3, Outcome::Failed(Sale::Made)),
    (4, Outcome::Failed(Sale::None)),
    (1, Outcome::Failed(Sale::Late)),
    (4, Outcome::Silent(Sale::Made)),
    (3, Outcome::Silent(Sale::None)),
    (3, Outcome::Silent(Sale::Late)),
    (3, Outcome::Reset),
    (3, Outcome::Unreachable),
];

/// The same of one that comes again under a name that is sold. Nothing is sold twice; a refusal may say that the name is taken.
const AGAIN: &[(usize, Outcome)] = &[
    (60, Outcome::Sold(0)),
    (10, Outcome::Refused),
    (10, Outcome::Failed(Sale::Made)),
    (8, Outcome::Silent(Sale::Made)),
    (4, Outcome::Unreadable),
    (4, Outcome::Reset),
    (4, Outcome::Unreachable),
];

impl Provider {
    /// One whose first order has this outcome; all later ones are sold.
    pub fn scripted(first: Outcome) -> Arc<Provider> {
        Provider::new(Mood::Script(first))
    }

    /// One that follows chance.
    pub fn random(random: Random) -> Arc<Provider> {
        Provider::new(Mood::Chance(random))
    }

    fn new(mood: Mood) -> Arc<Provider> {
        let (sold, names, seen, late) = Default::default();
        Arc::new(Provider { books: Mutex::new(Books { mood, sold, names, seen, late }) })
    }

    /// All that was sold, in the order in which it was.
    pub fn sold(&self) -> Vec<Sold> {
        self.books().sold.clone()
    }

    /// What became of a client's order so far. `None` as long as it may still be sold.
    pub fn verdict(&self, wanted: &str) -> Option<Option<Sold>> {
        let books = self.books();
        let sold = books.sold.iter().find(|sold| sold.key() == wanted).cloned();
        let open = books.late.iter().any(|order| key(&order.note) == wanted);
        (sold.is_some() || !open).then_some(sold)
    }

    /// Sells the oldest order of those that were left lying. Says whether there was one.
    pub fn sell_late(&self) -> bool {
        let mut books = self.books();
        if books.late.is_empty() {
            return false;
        }
        let order = books.late.remove(0);
        let price = order.price;
        books.sell(&order, price);
        true
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Decides what becomes of an order and does it. With its line in the books, if there is one.
    fn take(&mut self, order: &Order) -> (Outcome, Option<usize>) {
        let known = order.name.as_ref().and_then(|name| self.names.get(name)).copied();
        let first = self.seen.insert(order.note.clone());
        let outcome = match &mut self.mood {
            Mood::Script(outcome) if first => *outcome,
            Mood::Script(_) => Outcome::Sold(0),
            Mood::Chance(random) => {
                let weights = if known.is_some() { AGAIN } else { FIRST };
                random.weighted(weights).unwrap_or(Outcome::Refused)
            }
        };
        let more = if let Outcome::Sold(more) = outcome { more } else { 0 };
        match (known, outcome.sale()) {
            (Some(line), _) => (outcome, Some(line)),
            (None, Sale::Made) => (outcome, Some(self.sell(order, (order.price + more).max(0)))),
            (None, Sale::Late) => {
                self.late.push(order.clone());
                (outcome, None)
            }
            (None, Sale::None) => (outcome, None),
        }
    }

    /// Sells, but for what is sold under this name already.
    fn sell(&mut self, order: &Order, cents: i64) -> usize {
        if let Some(line) = order.name.as_ref().and_then(|name| self.names.get(name)) {
            return *line;
        }
        let line = self.sold.len();
        self.sold.push(Sold { note: order.note.clone(), id: format!("o-{line}"), cents });
        self.names.extend(order.name.clone().map(|name| (name, line)));
        line
    }

    fn quote(&mut self, price: i64) -> Result<reqwest::Response, SendError> {
        let percent = match &mut self.mood {
            Mood::Script(_) => 100,
            Mood::Chance(random) => random.below(100),
        };
        match percent {
            0 => answer(StatusCode::INTERNAL_SERVER_ERROR, "{}".into()),
            1 => answer(StatusCode::OK, "not a price".into()),
            2 => Err(SendError::Timeout(Duration::ZERO)),
            _ => answer(StatusCode::OK, json!({"total_cents": price}).to_string()),
        }
    }
}

/// The way from one life of a gateway to the provider.
#[derive(Debug)]
pub struct Door {
    /// Who is behind it.
    pub provider: Arc<Provider>,
    /// Where requests wait, on the way there and back.
    pub turnstile: Arc<Turnstile>,
}

impl Transport for Door {
    fn send(&self, request: OutboundRequest, _: Channel) -> BoxFuture<'_, Result<reqwest::Response, SendError>> {
        async move {
            let body: Value = serde_json::from_slice(request.body.as_deref().unwrap_or_default()).unwrap_or_default();
            let item = body["item"].as_u64().and_then(|item| usize::try_from(item).ok()).unwrap_or_default();
            let price = PRICES.get(item).copied().unwrap_or_default();
            self.turnstile.wait(Place::Arrived).await;
            match request.url.path() {
                "/search" => answer(StatusCode::OK, json!({"hits": []}).to_string()),
                "/quotes" => self.provider.books().quote(price),
                _ => {
                    let name = request.headers.get(IDEMPOTENCY_KEY).and_then(|name| name.to_str().ok());
                    let note = body["note"].as_str().unwrap_or_default().to_owned();
                    let order = Order { note, name: name.map(str::to_owned), price };
                    let (outcome, line) = self.provider.books().take(&order);
                    self.turnstile.wait(Place::Executed).await;
                    let sold = line.and_then(|line| self.provider.books().sold.get(line).cloned());
                    say(outcome, sold)
                }
            }
        }
        .boxed()
    }
}

/// What comes back of an order.
fn say(outcome: Outcome, sold: Option<Sold>) -> Result<reqwest::Response, SendError> {
    match (outcome, sold) {
        (Outcome::Sold(_), Some(sold)) => {
            answer(StatusCode::CREATED, json!({"charged_cents": sold.cents, "order": sold.id}).to_string())
        }
        (Outcome::Unreadable, _) => answer(StatusCode::CREATED, "<html>thank you</html>".into()),
        (Outcome::Reset, _) => {
            let pieces = [Ok("{\"charged_"), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
            let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
            Ok(with(StatusCode::CREATED, body))
        }
        (Outcome::Failed(_), _) => answer(StatusCode::SERVICE_UNAVAILABLE, "{}".into()),
        (Outcome::Silent(_), _) => Err(SendError::Timeout(Duration::ZERO)),
        (Outcome::Unreachable, _) => Err(SendError::NeverConnected("refused".into())),
        (Outcome::Refused | Outcome::Sold(_), _) => {
            answer(StatusCode::UNPROCESSABLE_ENTITY, json!({"why": "sold out, or the name is taken"}).to_string())
        }
    }
}

fn answer(status: StatusCode, body: String) -> Result<reqwest::Response, SendError> {
    Ok(with(status, body.into()))
}

fn with(status: StatusCode, body: reqwest::Body) -> reqwest::Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response.into()
}
