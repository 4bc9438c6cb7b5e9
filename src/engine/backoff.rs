//! The waits between attempts.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use crate::model::limits::Backoff;

/// The span before attempt `attempt`, counted from 0: it doubles up to the longest.
pub(super) fn span(backoff: Backoff, attempt: u32) -> Duration {
    let builder = ExponentialBuilder::new()
        .with_min_delay(backoff.min)
        .with_max_delay(backoff.max)
        .without_max_times();
    builder.build().nth(attempt as usize).unwrap_or(backoff.max)
}

/// A random part of the span ("full jitter"), so that rows that failed together do not come back together.
pub(super) fn jittered(backoff: Backoff, attempt: u32) -> Duration {
    span(backoff, attempt).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_double_up_to_the_longest() {
        let backoff = Backoff { min: Duration::from_millis(500), max: Duration::from_secs(30) };
        let millis = [0, 1, 2, 5, 6, 7, 100].map(|attempt| span(backoff, attempt).as_millis());
        assert_eq!(millis, [500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
        assert!((0..100).all(|_| jittered(backoff, 3) <= Duration::from_secs(4)));
    }
}
