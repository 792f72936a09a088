//! Confirmations that were used, until they can't come again.

use crate::pipeline::Limits;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uaps_model::{Problem, ProblemKind};

use super::Opened;

/// The most that are remembered: those of five minutes, and calls are limited for each key and service.
const MOST: usize = 100_000;

/// The memory of one process; where there is a Redis, it remembers for all gateways.
#[derive(Debug)]
pub struct Spent {
    used: Mutex<HashMap<String, Timestamp>>,
    /// What was asked before may have been answered before, and nobody here would know.
    since: Timestamp,
}

impl Spent {
    /// Nothing was used yet.
    pub fn new(since: Timestamp) -> Spent {
        Spent { used: Mutex::default(), since }
    }

    /// Uses a confirmation. `false` where it was used before.
    pub async fn spend(&self, limits: &Limits, opened: &Opened, now: Timestamp) -> Result<bool, Problem> {
        let fresh = self.here(opened, now, MOST)?;
        let left = opened.expires_at.duration_since(now).as_secs().max(0).unsigned_abs() + 1;
        let here = opened.asked_at >= self.since;
        Ok(fresh && limits.once(&opened.id, left).await.unwrap_or(here))
    }

    fn here(&self, opened: &Opened, now: Timestamp, most: usize) -> Result<bool, Problem> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= most {
            used.retain(|_, end| *end > now);
        }
        if used.len() >= most {
            return Err(Problem::new(ProblemKind::Unavailable, "too many calls are being confirmed; try again later"));
        }
        Ok(used.insert(opened.id.clone(), opened.expires_at).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_forgets_what_is_over_and_refuses_the_rest() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let spent = Spent::new(at(0));
        let opened = |id: &str, end| Opened { id: id.to_owned(), asked_at: at(0), expires_at: at(end) };
        let spend = |id, now| spent.here(&opened(id, now + 10), at(now), 2).ok();
        assert_eq!(spend("a", 0), Some(true));
        assert_eq!(spend("a", 0), Some(false));
        assert_eq!(spend("b", 5), Some(true));
        assert_eq!(spend("c", 6), None);
        assert_eq!(spend("c", 10), Some(true));
        assert_eq!(spend("b", 11), None);
    }

    #[tokio::test]
    async fn what_was_asked_by_an_earlier_process_is_asked_anew_where_nothing_remembers() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let (spent, limits) = (Spent::new(at(100)), Limits::default());
        let opened = |id: &str, asked| Opened { id: id.to_owned(), asked_at: at(asked), expires_at: at(asked + 300) };
        assert!(!spent.spend(&limits, &opened("a", 99), at(120)).await.unwrap());
        assert!(spent.spend(&limits, &opened("b", 101), at(120)).await.unwrap());
    }
}
