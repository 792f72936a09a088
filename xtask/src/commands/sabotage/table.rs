//! The ways in which the code is broken, and which tests must notice.

/// One broken version of the code.
#[derive(Debug)]
pub(super) struct Sabotage {
    /// What it is called.
    pub name: &'static str,
    /// What it does wrong.
    pub what: &'static str,
    /// The file, from the root.
    pub file: &'static str,
    /// A piece of its text, which is there once.
    pub from: &'static str,
    /// What stands in its place.
    pub to: &'static str,
    /// What `cargo test` is given; each must fail by itself.
    pub tests: &'static [&'static [&'static str]],
}

const HANGS_UP: &[&str] = &["--package", "gateway", "--lib", "pipeline::tests::a_caller_who_hangs_up_changes_nothing"];
const OVERSPEND: &[&str] = &["--package", "gateway", "--lib", "pipeline::tests::many_at_once_never_overspend"];
const MATRIX: &[&str] = &["--package", "simulation", "--test", "it", "matrix"];
const STORIES: &[&str] = &["--package", "simulation", "--test", "it", "no_story_loses_or_doubles_a_cent"];

const ENDS_ONCE: &[&str] = &["--package", "ledger", "--test", "it", "purchases::a_purchase_ends_once"];
const ONE_LEDGER: &[&str] =
    &["--package", "ledger", "--test", "it", "concurrency::two_ledgers_on_one_file_are_one_ledger"];

/// All of them. Whoever finds a new way to lose money adds it, with the test that notices.
pub(super) const TABLE: &[Sabotage] = &[
    Sabotage {
        name: "capture-in-the-request",
        what: "the purchase runs in the request's own future, so that a caller who hangs up stops it",
        file: "gateway/src/pipeline/purchase/mod.rs",
        from: "self.supervise(begun, async move { pipeline.place(order).await }).await",
        to: "{ drop(begun); pipeline.place(order).await }",
        tests: &[HANGS_UP, STORIES],
    },
    Sabotage {
        name: "no-hold",
        what: "nothing is held: the balance is looked at, the order is sent, and then the money is taken",
        file: "gateway/src/pipeline/purchase/order.rs",
        from: "            quote: priced.quote,\n            amount: priced.amount,\n",
        to: "            quote: None,\n            amount: Money::usd(0),\n",
        tests: &[OVERSPEND, MATRIX],
    },
    Sabotage {
        name: "no-state-check",
        what: "a sale is booked whatever state the purchase is in, so that what was given back is taken all the same",
        file: "ledger/src/books/settle.rs",
        from: "        expect(&purchase, SENT, PurchaseState::Captured)?;\n",
        to: "",
        tests: &[ENDS_ONCE],
    },
    Sabotage {
        name: "plain-begin",
        what: "a write begins as a read does, so that two processes read the same balance and then fight over who writes",
        file: "ledger/src/store/dialect.rs",
        from: "            Dialect::Sqlite => \"BEGIN IMMEDIATE\",\n",
        to: "            Dialect::Sqlite => \"BEGIN\",\n",
        tests: &[ONE_LEDGER],
    },
    Sabotage {
        name: "silence-releases",
        what: "an answer that proves nothing gives the money back",
        file: "gateway/src/pipeline/outcome.rs",
        from: "        400..=499 => Outcome::Refused,\n",
        to: "        400..=599 => Outcome::Refused,\n",
        tests: &[MATRIX, STORIES],
    },
    Sabotage {
        name: "nameless-repetition",
        what: "an order is sent again without its name, so that the provider takes it for a new one",
        file: "gateway/src/pipeline/purchase/resend.rs",
        from: "        request.headers.insert(name, value);\n",
        to: "        let _ = (&mut request, name, value);\n",
        tests: &[MATRIX, STORIES],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_piece_of_text_is_there_once() {
        for Sabotage { name, file, from, to, tests, .. } in TABLE {
            let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)).unwrap();
            assert_eq!(text.matches(from).count(), 1, "{name}: {file} has changed; write the piece anew");
            assert!(from != to && !tests.is_empty(), "{name}");
        }
    }
}
