//! Delivering events badly.

use crate::{Event, Rng, StripeStandIn, sign};

/// How badly. Each number is so many of a hundred events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chaos {
    /// Are put back, for a later delivery.
    pub delay: u64,
    /// Come twice.
    pub duplicate: u64,
    /// Never come.
    pub drop: u64,
    /// Come once more with another amount, signed with a wrong secret.
    pub forge: u64,
    /// Come once more, signed ten minutes ago.
    pub replay: u64,
    /// Whether they come in another order.
    pub shuffle: bool,
}

/// What became of a delivery.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Events that were answered with 2xx, duplicates among them.
    pub accepted: usize,
    /// Events that were not, and are put back.
    pub failed: usize,
    /// Events that nobody will ever send.
    pub dropped: usize,
    /// Forged and old requests.
    pub hostile: usize,
    /// Those of them that were answered with 2xx: there must be none.
    pub fooled: usize,
}

impl Chaos {
    /// Delivers what waits to `url`.
    pub async fn deliver(&self, stripe: &StripeStandIn, url: &str, rng: &mut Rng) -> Delivered {
        let mut done = Delivered::default();
        let (mut post, mut later) = (Vec::new(), Vec::new());
        for event in stripe.take_events() {
            if rng.percent(self.drop) {
                done.dropped += 1;
                continue;
            }
            if rng.percent(self.delay) {
                later.push(event);
                continue;
            }
            if rng.percent(self.duplicate) {
                post.push((event.clone(), Sender::Stripe));
            }
            if rng.percent(self.forge) {
                post.push((event.clone(), Sender::Forger));
            }
            if rng.percent(self.replay) {
                post.push((event.clone(), Sender::Recorder));
            }
            post.push((event, Sender::Stripe));
        }
        if self.shuffle {
            rng.shuffle(&mut post);
        }
        let http = reqwest::Client::new();
        for (event, sender) in post {
            let accepted = sender.send(&http, url, &event).await;
            match (sender, accepted) {
                (Sender::Stripe, true) => done.accepted += 1,
                (Sender::Stripe, false) => {
                    done.failed += 1;
                    later.push(event);
                }
                (_, accepted) => {
                    done.hostile += 1;
                    done.fooled += usize::from(accepted);
                }
            }
        }
        stripe.put_back(later);
        done
    }
}

/// Who posts an event.
#[derive(Debug, Clone, Copy)]
enum Sender {
    Stripe,
    /// Knows no secret, and wants more money.
    Forger,
    /// Has recorded a request and sends it again later.
    Recorder,
}

impl Sender {
    async fn send(self, http: &reqwest::Client, url: &str, event: &Event) -> bool {
        let now = crate::book::now();
        let (body, signature) = match self {
            Sender::Stripe => (event.body.clone(), event.signature(now)),
            Sender::Recorder => (event.body.clone(), event.signature(now - 600)),
            Sender::Forger => {
                let body = event.body.replace("\"evt_", "\"evt_forged_").replace("_total\": ", "_total\": 9");
                let signature = sign("whsec_guessed-0123456789", now, &body);
                (body, signature)
            }
        };
        let request = http.post(url).header("Content-Type", "application/json; charset=utf-8");
        let answer = request.header("Stripe-Signature", signature).body(body).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}
