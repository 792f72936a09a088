//! Every place where a gateway can die in a purchase, against everything that a provider can do with the order.
//!
//! Seven places, eight outcomes, a provider that recognises a repeated order and one that doesn't: 112 cells for each store.
//! In each, a gateway runs a purchase up to the place and dies there. Another one opens the books, asks the provider until
//! there is nothing more to ask, and the client sends its request again, twice. [`expected`] says how that must end.

use gateway::Stage;
use ledger::NewKey;
use ledger::PurchaseState::{self, Captured, NeedsOperator, Released};
use simulation::{
    Ask, Call, Clock, Got, Life, Outcome, PRICES, Place, Progress, Provider, Sale, Store, Ware, World, catalog,
};
use std::fmt;
use std::time::Duration;
use uaps_model::AccessLevel;

/// Where the gateway dies, in the order of time.
const POINTS: [(&str, Option<Place>); 7] = [
    ("before the hold", Some(Place::Stage(Stage::Priced))),
    ("after the hold", Some(Place::Stage(Stage::Held))),
    ("order sent", Some(Place::Arrived)),
    ("order executed", Some(Place::Executed)),
    ("answer read", Some(Place::Stage(Stage::Answered))),
    ("settled", Some(Place::Stage(Stage::Settled))),
    ("answered", None),
];

const OUTCOMES: [(&str, Outcome); 8] = [
    ("201", Outcome::Sold(0)),
    ("201, another price", Outcome::Sold(-499)),
    ("201, unreadable", Outcome::Unreadable),
    ("422", Outcome::Refused),
    ("503", Outcome::Failed(Sale::None)),
    ("timeout, sold", Outcome::Silent(Sale::Made)),
    ("timeout, not sold", Outcome::Silent(Sale::None)),
    ("reset", Outcome::Reset),
];

const WARES: [(&str, Ware); 2] = [("recognised", Ware::Order), ("not recognised", Ware::Ticket)];

const CREDIT: i64 = 5000;
const PRICE: i64 = PRICES[0];

/// How a cell ends.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    state: PurchaseState,
    /// What was charged; zero but for `captured`.
    charged: i64,
    posted: i64,
    held: i64,
    available: i64,
    /// What the provider sold.
    sales: usize,
    /// What the client gets when it sends the request again, and once more; with a `*` if it is told that it asked before.
    again: [String; 2],
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let End { state, charged, held, sales, again, .. } = self;
        let money = if *held > 0 { held } else { charged };
        write!(f, "{state} {money}, {sales} sold, {} {}", again[0], again[1])
    }
}

/// What the books say of an order once its outcome was recorded, crash or not: certain only where the provider's answer is.
fn recorded(outcome: Outcome) -> Option<PurchaseState> {
    match outcome {
        Outcome::Sold(_) => Some(Captured),
        Outcome::Refused => Some(Released),
        _ => None,
    }
}

/// How a cell must end. The whole of it follows from four rules.
fn expected(point: usize, outcome: Outcome, ware: Ware) -> End {
    let [before_hold, executed, settled] = [0, 3, 5];
    // 1. Before the hold nothing has happened: the client's next request is the first order, and nothing cuts that off.
    let fresh = point == before_hold;
    // 2. What was settled stays settled, and an order that nothing cut off is settled by its answer.
    // 3. All else is unknown. A provider that recognises the order is asked until it says that it is sold, which it is then
    //    once, whether by the first order or by a later one; of one that doesn't, nothing is ever asked again.
    let known = recorded(outcome).filter(|_| fresh || point >= settled);
    let state = known.unwrap_or(if ware == Ware::Order { Captured } else { NeedsOperator });
    // 4. The provider sold what it sold: with the first order if that came so far, and else when it was asked again.
    let ordered = (fresh || point >= executed) && outcome.sale() == Sale::Made;
    let sales = usize::from(ordered || state == Captured);

    let price = if let Outcome::Sold(more) = outcome { PRICE + more } else { PRICE };
    let charged = if state == Captured { price } else { 0 };
    let held = if state == NeedsOperator { PRICE } else { 0 };
    let status = |state| match state {
        Captured => "201",
        Released => "502",
        _ => "202",
    };
    let told = format!("{}*", status(state));
    let first = if fresh { status(known.unwrap_or(NeedsOperator)).to_owned() } else { told.clone() };
    let posted = CREDIT - charged;
    End { state, charged, posted, held, available: posted - held, sales, again: [first, told] }
}

/// Runs a call up to a place. `None` if it was answered before it came there.
fn run_to(life: &Life, (mut call, mut progress): (Call, Progress), place: Option<Place>) -> Option<Got> {
    loop {
        match progress {
            Progress::Waits(here) if Some(here) == place => return None,
            Progress::Waits(_) => progress = life.step(&mut call).unwrap(),
            Progress::Answered(got) => return Some(got),
            Progress::Unheard => unreachable!("nobody hangs up here"),
        }
    }
}

fn run(store: &Store, point: usize, outcome: Outcome, ware: Ware) -> End {
    let database = store.database().unwrap();
    let (provider, clock) = (Provider::scripted(outcome), Clock::default());
    let catalog = catalog(&[]).unwrap();
    let world = World { url: database.url.clone(), catalog, provider: provider.clone(), clock: clock.clone() };
    let ask = Ask::buy(ware, "k", 0, "the only one");

    let life = Life::start(&world).unwrap();
    let new = NewKey { credit_cents: CREDIT, ..NewKey::new("a@example.com", AccessLevel::Authenticated) };
    let key = life.books(async |books| books.create_key(new).await).unwrap();
    let secret = key.secret.reveal();
    // The price first, so that the purchase begins where the matrix does.
    assert_eq!(run_to(&life, life.call(secret, &Ask::quote(0)).unwrap(), None).unwrap().status, 200);
    let place = POINTS[point].1;
    let answered = run_to(&life, life.call(secret, &ask).unwrap(), place);
    assert_eq!(answered.is_some(), place.is_none(), "the purchase came to the place where it dies");
    drop(life);
    database.wait_for_death().unwrap();

    clock.leap(Duration::from_secs(3600));
    let life = Life::start(&world).unwrap();
    life.reconcile_all().unwrap();
    let again = [(); 2].map(|()| {
        let got = run_to(&life, life.call(secret, &ask).unwrap(), None).unwrap();
        life.reconcile_all().unwrap();
        format!("{}{}", got.status, if got.replayed { "*" } else { "" })
    });

    let (report, purchase, balance) = life
        .books(async |books| {
            let purchase = books.find_purchase(&key.credential.id, "k").await?;
            Ok((books.audit().await?, purchase, books.balance(&key.credential.id).await?))
        })
        .unwrap();
    assert!(report.is_clean(), "{report}");
    let purchase = purchase.unwrap();
    let sold = provider.sold();
    // Across the boundary: what was sold is paid, or somebody looks after it; what is paid was sold; nothing is sold twice.
    match sold.as_slice() {
        [] => assert!(!purchase.state.is_captured()),
        [sale] => {
            assert!(purchase.state.is_captured() || purchase.state.is_unknown());
            if let Some(charged) = purchase.charged {
                assert_eq!((charged.cents, purchase.transaction_id.as_deref()), (sale.cents, Some(sale.id.as_str())));
            }
        }
        twice => panic!("it was sold twice: {twice:?}"),
    }
    End {
        state: purchase.state,
        charged: purchase.charged.map_or(0, |charged| charged.cents),
        posted: balance.posted_cents,
        held: balance.held_cents,
        available: balance.available_cents,
        sales: sold.len(),
        again,
    }
}

#[test]
fn a_gateway_that_dies_anywhere_in_a_purchase_loses_nothing() {
    let (mut cells, mut wrong) = (0, Vec::new());
    for store in Store::all() {
        for (provider, ware) in WARES {
            for (said, outcome) in OUTCOMES {
                for (point, (died, _)) in POINTS.iter().enumerate() {
                    let (found, expected) = (run(&store, point, outcome, ware), expected(point, outcome, ware));
                    cells += 1;
                    println!("{:<11}{provider:<16}{said:<20}C{point} {died:<17}{found}", store.name());
                    if found != expected {
                        wrong.push(format!(
                            "{}, {provider}, {said}, C{point} {died}:\n  {found:?}\n  {expected:?}",
                            store.name()
                        ));
                    }
                }
            }
        }
    }
    println!("{cells} cells");
    assert!(wrong.is_empty(), "found, expected:\n{}", wrong.join("\n"));
    assert_eq!(cells, Store::all().len() * 112);
}
