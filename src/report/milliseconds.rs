//! Times as the account of a run has them: in whole milliseconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::times::Percentiles;

/// Percentiles of times in whole milliseconds; all zero if nothing was timed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Milliseconds {
    pub(super) p50: u64,
    pub(super) p90: u64,
    pub(super) p99: u64,
    pub(super) max: u64,
}

impl Milliseconds {
    /// Those of these times; all zero if there are none.
    pub(super) fn of(percentiles: Option<Percentiles>) -> Self {
        percentiles.map_or_else(Self::default, |Percentiles { p50, p90, p99, max }| {
            let [p50, p90, p99, max] = [p50, p90, p99, max].map(milliseconds);
            Self { p50, p90, p99, max }
        })
    }
}

/// A time in whole milliseconds.
pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
