//! Who buys, and who is asked: clients with accounts of their own, and clients below a person who limits them.

use crate::client::{Client, Intent};
use crate::episode::{About, Episode};
use crate::life::Life;
use crate::shop::Ask;
use anyhow::Result;
use ledger::{Limits, NewKey};
use uaps_model::AccessLevel;

/// What an account is opened with, and what a credit adds at most, in cents.
pub(crate) const CREDIT: i64 = 20_000;

/// Longer than a story, in seconds: a year.
const WINDOW: u32 = 365 * 24 * 3600;

/// What the clients of a story may spend, each by itself. Some of what is for sale needs a yes, and some is too dear.
fn limits() -> [Limits; 6] {
    let asks = |cents| Limits { approval_above: Some(cents), ..Limits::default() };
    let few = Limits { purchases: Some(40), window_seconds: Some(WINDOW), ..Limits::default() };
    let cheap = Limits { purchase_cents: Some(2500), ..asks(100) };
    [Limits::default(), Limits::default(), Limits::default(), asks(1000), few, cheap]
}

/// The clients of a story, with their accounts.
pub(crate) fn arrive(life: &Life) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    for (n, limits) in limits().into_iter().enumerate() {
        let new = |who: &str| NewKey::new(format!("{who}-{n}@example.com"), AccessLevel::Authenticated);
        let person = NewKey { credit_cents: CREDIT, ..new("person") };
        let person = life.books(async |books| books.create_key(person).await)?;
        let payer = person.credential.id.clone();
        let key = match limits.is_none() {
            true => None,
            false => {
                let below = NewKey { parent: Some(payer.clone()), limits: limits.clone(), ..new("client") };
                Some(life.books(async |books| books.create_key(below).await)?)
            }
        };
        let key = key.as_ref().unwrap_or(&person);
        clients.push(Client {
            secret: key.secret.reveal().to_owned(),
            id: key.credential.id.clone(),
            limits,
            person: person.secret.reveal().to_owned(),
            payer,
            credits: vec![(String::new(), CREDIT)],
            intents: Vec::new(),
            fees: (0, 0),
        });
    }
    Ok(clients)
}

impl Episode {
    /// The person above a client says yes or no to something that the client was told to wait for, mostly to what nobody has
    /// heard the end of.
    pub(crate) fn answer(&mut self, life: &Life) -> Result<()> {
        let (client, yes, late) = (self.any_client(), self.random.percent(75), self.random.percent(10));
        let open = |intent: &Intent| late || (intent.told.is_none() && intent.said.is_empty());
        let intents = &self.clients[client].intents;
        let asked: Vec<(usize, &String)> = (0..)
            .zip(intents)
            .filter(|(_, intent)| open(intent))
            .filter_map(|(at, intent)| Some((at, intent.question.as_ref()?)))
            .collect();
        let chosen = self.random.below(asked.len());
        let Some((intent, ask)) = asked.get(chosen).map(|(at, question)| (*at, Ask::answer(question, yes))) else {
            return Ok(());
        };
        self.tally.answers += 1;
        self.call(life, client, About::Answer(intent), &ask)
    }
}
