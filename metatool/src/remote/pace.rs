//! When a gateway is looked at again.

use std::time::Duration;

/// After the first failure; each further one doubles it.
const FIRST: Duration = Duration::from_secs(5);

/// The pauses between looks.
#[derive(Debug)]
pub(super) struct Pace {
    every: Duration,
    failures: u32,
}

impl Pace {
    pub(super) fn new(every: Duration) -> Self {
        Pace { every, failures: 0 }
    }

    /// The pause after a look. Up to a tenth is added by chance, so that a thousand programs whose gateway comes back don't
    /// all come at once.
    pub(super) fn next(&mut self, well: bool) -> Duration {
        self.failures = if well { 0 } else { self.failures.saturating_add(1) };
        let pause = match self.failures {
            0 => self.every,
            n => FIRST.saturating_mul(1 << (n - 1).min(16)).min(self.every),
        };
        pause + pause.mul_f64(chance() / 10.0)
    }
}

/// From 0 to 1.
fn chance() -> f64 {
    let mut byte = [0];
    // Without chance, all pauses are the same.
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_the_gateway_is_away() {
        let mut pace = Pace::new(Duration::from_secs(300));
        let mut seconds = |well| pace.next(well).as_secs_f64();
        for least in [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0] {
            let pause = seconds(false);
            assert!((least..=least * 1.1).contains(&pause), "{pause}");
        }
        assert!(seconds(true) >= 300.0);
        assert!(seconds(false) < 6.0);
    }
}
