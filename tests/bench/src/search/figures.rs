//! Figures of information retrieval, where each query has one right answer.

/// Where the right answer was, for each query; `None` where it was not among the hits.
#[derive(Debug, Default)]
pub(super) struct Ranks(Vec<Option<usize>>);

impl Ranks {
    /// `rank` counts from 0.
    pub(super) fn push(&mut self, rank: Option<usize>) {
        self.0.push(rank);
    }

    /// Share of the queries whose answer was among the first `most`.
    pub(super) fn recall(&self, most: usize) -> f64 {
        self.mean(|rank| if rank < most { 1.0 } else { 0.0 })
    }

    /// Mean of one over the rank.
    pub(super) fn reciprocal(&self) -> f64 {
        self.mean(|rank| 1.0 / (rank as f64 + 1.0))
    }

    /// Normalised discounted cumulative gain: with one right answer, that of its rank.
    pub(super) fn gain(&self, most: usize) -> f64 {
        self.mean(|rank| if rank < most { 1.0 / (rank as f64 + 2.0).log2() } else { 0.0 })
    }

    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        let sum: f64 = self.0.iter().map(|rank| rank.map_or(0.0, &of)).sum();
        sum / (self.0.len().max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::Ranks;

    #[test]
    fn figures_of_four_queries() {
        let ranks = Ranks(vec![Some(0), Some(1), Some(6), None]);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-4, "{a} is not {b}");
        near(ranks.recall(1), 0.25);
        near(ranks.recall(5), 0.5);
        near(ranks.recall(10), 0.75);
        near(ranks.reciprocal(), (1.0 + 0.5 + 1.0 / 7.0) / 4.0);
        near(ranks.gain(5), (1.0 + 0.6309) / 4.0);
        near(Ranks::default().recall(1), 0.0);
    }
}
