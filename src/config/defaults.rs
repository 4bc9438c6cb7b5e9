//! What holds when nobody said anything: each default stands here and nowhere else.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::model::limits::{Backoff, Rate};

/// Requests in flight that can be asked for.
pub const CONCURRENCY_BOUNDS: RangeInclusive<u32> = 1..=1000;
/// Retries that can be asked for.
pub const RETRIES_BOUNDS: RangeInclusive<u32> = 0..=100;
/// Requests a second.
pub const RATE: Rate = Rate::PerSecond(10.0);
/// Requests in flight at once.
pub const CONCURRENCY: usize = 8;
/// How often a row is sent again.
pub const RETRIES: u32 = 5;
/// Cells that may be blanked without a person to ask.
pub const MAX_CLEARS: u64 = 0;
/// The text that blanks a field.
pub const CLEAR_MARK: &str = "<clear>";
/// Longest time to wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time to wait for an answer.
pub const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
/// The waits between attempts.
pub const BACKOFF: Backoff =
    Backoff { min: Duration::from_millis(500), max: Duration::from_secs(30) };
/// How long to wait for an endpoint that is down.
pub const WAIT_FOR_ENDPOINT: Duration = Duration::from_mins(10);
