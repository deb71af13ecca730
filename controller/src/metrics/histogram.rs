//! How long things took, counted in ranges.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of ranges, in seconds, for answers to callers: what Prometheus' Go library takes, and so upstream.
pub(crate) const ANSWERS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// The same for passes, which end after a minute at the latest but for a slow API server.
pub(crate) const PASSES: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// Durations, counted by range.
#[derive(Debug)]
pub(crate) struct Histogram {
    counted: Mutex<Counted>,
}

/// What a histogram holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Counted {
    /// Upper ends of the ranges, in seconds, ascending.
    pub(crate) bounds: &'static [f64],
    /// How many are in each range; the last one has no upper end.
    pub(crate) ranges: Vec<u64>,
    /// Their sum in seconds.
    pub(crate) sum: f64,
}

impl Histogram {
    /// Returns an empty one with these upper ends of ranges.
    pub(crate) fn new(bounds: &'static [f64]) -> Self {
        let counted = Counted {
            bounds,
            ranges: vec![0; bounds.len() + 1],
            sum: 0.0,
        };
        Self {
            counted: Mutex::new(counted),
        }
    }

    /// Counts one.
    pub(crate) fn observe(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let range = counted.bounds.partition_point(|bound| *bound < seconds);
        if let Some(count) = counted.ranges.get_mut(range) {
            *count += 1;
            counted.sum += seconds;
        }
    }

    /// Returns what was counted so far.
    pub(crate) fn counted(&self) -> Counted {
        self.counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_first_range_whose_end_it_does_not_exceed() {
        let histogram = Histogram::new(&[0.5, 1.0]);
        for milliseconds in [500, 501, 1000, 60_000] {
            histogram.observe(Duration::from_millis(milliseconds));
        }
        let counted = histogram.counted();
        assert_eq!(counted.ranges, [1, 2, 1]);
        assert!((counted.sum - 62.001).abs() < 1e-9);
    }
}
