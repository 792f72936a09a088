//! Many stories side by side, one after the other on each core, and what they came to.

use crate::episode::Episode;
use crate::store::Store;
use crate::tally::Tally;
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Purchases of one story: enough for its accounts to run dry, few enough to read one that went wrong.
const STORY: usize = 500;

/// After so many stories that went wrong, no further one is begun.
const ENOUGH: usize = 5;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the books are.
    pub store: Store,
    /// The seed of the first story; the next ones have the numbers behind it.
    pub seed: u64,
    /// Purchases in all.
    pub purchases: usize,
    /// Whether each move is printed. Then one story is told at a time.
    pub told: bool,
}

/// A story that went wrong.
#[derive(Debug, Clone)]
pub struct Violation {
    seed: u64,
    purchases: usize,
    what: String,
}

/// What a simulation came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where the books were.
    pub store: &'static str,
    /// The first story's seed.
    pub seed: u64,
    /// All stories that ended well, together.
    pub tally: Tally,
    /// Those that didn't.
    pub violations: Vec<Violation>,
    /// How long it took.
    pub took: Duration,
}

impl Plan {
    /// Tells all stories.
    pub fn run(&self) -> Report {
        let start = Instant::now();
        let stories = self.purchases.div_ceil(STORY);
        let (next, done) = (AtomicUsize::new(0), Mutex::new((Tally::default(), Vec::new())));
        let cores = if self.told { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
        let teller = || {
            loop {
                let story = next.fetch_add(1, Ordering::SeqCst);
                if story >= stories {
                    return;
                }
                let purchases = STORY.min(self.purchases - story * STORY);
                let seed = self.seed.wrapping_add(u64::try_from(story).unwrap_or_default());
                let ended = catch_unwind(AssertUnwindSafe(|| Episode::run(&self.store, seed, purchases, self.told)));
                let ended = ended.map_err(panicked).and_then(|ended| ended.map_err(|error| format!("{error:#}")));
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                match ended {
                    Ok(tally) => done.0 += tally,
                    Err(what) => done.1.push(Violation { seed, purchases, what }),
                }
                if done.1.len() >= ENOUGH {
                    return;
                }
            }
        };
        std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(teller))));
        let (tally, mut violations) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        violations.sort_by_key(|violation| violation.seed);
        Report { store: self.store.name(), seed: self.seed, tally, violations, took: start.elapsed() }
    }
}

fn panicked(with: Box<dyn Any + Send>) -> String {
    let text = with.downcast_ref::<String>().map(String::as_str).or_else(|| with.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without words"))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { store, seed, tally, violations, took } = self;
        write!(
            f,
            "{tally}{:<24}{:>12}\n{:<24}{:>10.1} s",
            "violations",
            violations.len(),
            "elapsed",
            took.as_secs_f64()
        )?;
        write!(f, "\n{store}, seed {seed}, trace {:016x}", tally.trace)?;
        for Violation { seed, purchases, what } in violations {
            write!(f, "\n\nseed {seed}: {what}\n  cargo xtask simulate --purchases {purchases} --seed {seed} --moves")?;
        }
        Ok(())
    }
}
