//! Chance as a test: thousands of purchases of many clients, under crashes, refusals, silence and repetitions.
//!
//! Each run has another seed, which is printed. `PENUMBRA_SIMULATION_SEED` and `PENUMBRA_SIMULATION_PURCHASES` say otherwise.

use simulation::{Episode, Plan, Store, any_seed};

fn variable<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`, which is no number")))
}

#[test]
fn no_story_loses_or_doubles_a_cent() {
    let seed = variable("PENUMBRA_SIMULATION_SEED").unwrap_or_else(any_seed);
    let purchases = variable("PENUMBRA_SIMULATION_PURCHASES").unwrap_or(5_000);
    for store in Store::all() {
        // A server behind a socket takes longer for each; the stories are the same.
        let purchases = if store == Store::Sqlite { purchases } else { purchases / 25 };
        let report = Plan { store, seed, purchases, told: false }.run();
        println!("{report}\n");
        assert!(report.violations.is_empty(), "{report}");
        let tally = &report.tally;
        assert!(tally.captures > 0 && tally.releases > 0 && tally.crashes > 0, "nothing happened: {report}");
        assert_eq!(tally.captures + tally.releases, tally.purchases);
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let tell = |seed| Episode::run(&Store::Sqlite, seed, 150, false).unwrap();
    let (once, again) = (tell(7), tell(7));
    assert_eq!(once, again);
    assert_ne!(once.trace, tell(8).trace);
}
