//! How long things took: how many took each time, to three figures.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Figures to which a time is kept.
const FIGURES: u8 = 3;
/// The longest time that is told from longer ones: a day, in microseconds.
const LONGEST: u64 = 24 * 3_600 * 1_000_000;

/// How many of something took how long; memory does not grow with their number.
#[derive(Clone, Debug)]
pub struct Times {
    microseconds: Histogram<u64>,
}

/// Times below which a part of all times lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    /// Half of all.
    pub p50: Duration,
    /// 90 of 100.
    pub p90: Duration,
    /// 99 of 100.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

impl Default for Times {
    fn default() -> Self {
        let microseconds = Histogram::new_with_bounds(1, LONGEST, FIGURES)
            .expect("the bounds lie apart, and three figures are fewer than five");
        Self { microseconds }
    }
}

impl Times {
    /// Counts one that took so long.
    pub fn add(&mut self, time: Duration) {
        let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.saturating_record(microseconds);
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.microseconds.len()
    }

    /// How long parts of them took; nothing if there are none.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let at = |part| Duration::from_micros(self.microseconds.value_at_quantile(part));
        (!self.microseconds.is_empty()).then(|| Percentiles {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: at(1.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_all_that_was_counted() {
        let mut times = Times::default();
        assert_eq!(times.percentiles(), None);
        (1..=100).for_each(|ms| times.add(Duration::from_millis(ms)));
        let found = times.percentiles().expect("there are times");
        let whole = [found.p50, found.p90, found.p99, found.max].map(|time| time.as_millis());
        assert_eq!(whole, [50, 90, 99, 100]);
    }

    #[test]
    fn a_time_may_be_longer_than_the_longest() {
        let mut times = Times::default();
        times.add(Duration::MAX);
        assert!(times.percentiles().is_some_and(|found| found.max >= Duration::from_hours(24)));
    }
}
