//! Permission to send one request: the rate limit, then the hold.
//!
//! There is one waiter at a time. A permit that a hold overtook is forfeited: requests that had
//! passed the rate limit before a hold began would otherwise be sent during it.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep, sleep_until};

use crate::model::limits::Rate;

/// Cells of the limiter that one request costs: a finer grain than whole requests lets a late
/// wake-up be made up for without ever letting two requests go at once.
const CELLS: NonZeroU32 = NonZeroU32::new(20).expect("twenty is not zero");
/// Time of which the cells may be saved up beyond one request; covers the timer's steps of 1 ms.
const SLACK: Duration = Duration::from_millis(2);
/// The longest that an answer may hold back the pool.
const LONGEST_HOLD: Duration = Duration::from_mins(10);
/// From this limit on (requests a second) the full caution applies; below a tenth of it, none.
const CAUTIOUS_FROM: f64 = 1_000.0;
/// The part of the limit that is left unused at and above that.
const CAUTION: f64 = 0.005;

/// Gives permits, one at a time. Its clones give them by the same limit and hold: what is sent to one target one
/// after the other shares one of them.
#[derive(Clone)]
pub struct Pacer {
    limiter: Option<Arc<Limiter>>,
    held_until: Arc<Mutex<Option<Instant>>>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<std::time::Instant>>;

/// The runtime's clock, which tests can stop.
#[derive(Clone, Copy, Debug)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

impl Pacer {
    /// A pacer that has given no permit yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let limiter = match rate {
            Rate::Unlimited => None,
            Rate::PerSecond(rate) => Some(RateLimiter::direct_with_clock(quota(rate), TokioClock)),
        };
        Self { limiter: limiter.map(Arc::new), held_until: Arc::default() }
    }

    /// No permit is given for `wait` from now; a longer hold stays. Returns how long that is, if there was no hold.
    pub(super) fn hold(&self, wait: Duration) -> Option<Duration> {
        let wait = wait.min(LONGEST_HOLD);
        let begins = !self.is_held() && !wait.is_zero();
        let mut held_until = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held_until = held_until.max(Some(Instant::now() + wait));
        begins.then_some(wait)
    }

    /// Waits until a request may be sent. Nothing is lost if the wait is given up.
    pub(super) async fn permit(&self) {
        loop {
            self.past_hold().await;
            self.within_rate().await;
            if !self.is_held() {
                return;
            }
        }
    }

    /// Whether a hold keeps every request back.
    pub(super) fn is_held(&self) -> bool {
        self.hold_end().is_some()
    }

    async fn past_hold(&self) {
        if let Some(until) = self.hold_end() {
            sleep_until(until).await;
        }
    }

    /// When the hold ends, if there is one.
    fn hold_end(&self) -> Option<Instant> {
        let held_until = *self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        held_until.filter(|until| Instant::now() < *until)
    }

    async fn within_rate(&self) {
        let Some(limiter) = &self.limiter else { return };
        loop {
            match limiter.check_n(CELLS) {
                Ok(Ok(())) => return,
                Ok(Err(not_yet)) => sleep(not_yet.wait_time_from(TokioClock.now())).await,
                Err(_) => unreachable!("a quota's burst is never smaller than one request"),
            }
        }
    }
}

/// The quota that keeps to `rate` by the server's clock: never more than the limit and one
/// request in any second, and hardly less on average.
fn quota(rate: f64) -> Quota {
    let caution = ((rate - CAUTIOUS_FROM / 10.0) / (CAUTIOUS_FROM * 0.9)).clamp(0.0, 1.0) * CAUTION;
    let cells_per_second = rate * (1.0 - caution) * f64::from(CELLS.get());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is bounded and positive"
    )]
    let slack = (cells_per_second * SLACK.as_secs_f64()).ceil() as u32;
    let period = Duration::from_secs_f64(1.0 / cells_per_second);
    Quota::with_period(period)
        .expect("a rate is bounded, so that the time of a cell is not zero")
        .allow_burst(CELLS.saturating_add(slack))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times, in seconds, at which `count` permits are given.
    async fn permits(pacer: &Pacer, count: usize) -> Vec<f64> {
        let start = Instant::now();
        let mut times = Vec::new();
        for _ in 0..count {
            pacer.permit().await;
            times.push(start.elapsed().as_secs_f64());
        }
        times
    }

    fn most_in_a_second(times: &[f64]) -> usize {
        times
            .iter()
            .map(|from| times.iter().filter(|time| (*from..from + 1.0).contains(*time)).count())
            .max()
            .unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_the_limit_and_one() {
        for rate in [0.5, 10.0, 50.0, 100.0, 1_000.0] {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small and positive"
            )]
            let whole = rate as usize;
            let times = permits(&Pacer::new(Rate::PerSecond(rate)), 4 * whole + 2).await;
            assert!(most_in_a_second(&times) <= whole + 1, "{rate}: {}", most_in_a_second(&times));
            let last = times.last().copied().unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let average = (times.len() - 1) as f64 / last;
            assert!(average >= rate * 0.98, "{rate}: {average}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_overtakes_a_permit_and_no_burst_follows_it() {
        let pacer = Pacer::new(Rate::PerSecond(10.0));
        permits(&pacer, 5).await;
        assert_eq!(pacer.hold(Duration::from_secs(3)), Some(Duration::from_secs(3)));
        assert_eq!(pacer.hold(Duration::from_secs(1)), None, "a shorter hold changes nothing");
        let times = permits(&pacer, 10).await;
        assert!(times[0] >= 3.0);
        assert!(most_in_a_second(&times) <= 11);
    }

    #[tokio::test(start_paused = true)]
    async fn limit_and_hold_go_on_with_a_clone() {
        let pacer = Pacer::new(Rate::PerSecond(10.0));
        let start = Instant::now();
        for _ in 0..4 {
            pacer.clone().permit().await;
        }
        assert!(start.elapsed() >= Duration::from_millis(290), "{:?}", start.elapsed());
        pacer.clone().hold(Duration::from_secs(3));
        assert!(permits(&pacer, 1).await[0] >= 3.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_is_at_most_ten_minutes() {
        let pacer = Pacer::new(Rate::Unlimited);
        assert_eq!(pacer.hold(Duration::from_hours(24)), Some(LONGEST_HOLD));
    }
}
