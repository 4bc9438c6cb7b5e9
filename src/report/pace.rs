//! How fast something goes, and how long it still takes.

use std::time::Duration;

use crate::model::limits::Rate;

/// The speed of late: what is longer ago counts less.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Seconds after which a moment counts for a third of what it did.
    memory: f64,
    /// Number and time at the last look.
    last: (u64, Duration),
    number: f64,
    seconds: f64,
}

impl Pace {
    /// No look was taken yet.
    pub(super) fn new(memory: Duration) -> Self {
        let memory = memory.as_secs_f64();
        Self { memory, last: (0, Duration::ZERO), number: 0.0, seconds: 0.0 }
    }

    /// So many there are by now, after so much time that counts.
    pub(super) fn look(&mut self, number: u64, time: Duration) {
        let more = number.saturating_sub(self.last.0);
        let seconds = time.saturating_sub(self.last.1).as_secs_f64();
        let kept = (-seconds / self.memory).exp();
        #[expect(clippy::cast_precision_loss, reason = "a speed to show")]
        let more = more as f64;
        self.number = self.number.mul_add(kept, more);
        self.seconds = self.seconds.mul_add(kept, seconds);
        self.last = (number, time);
    }

    /// So many a second; nothing before any time has passed.
    pub(super) fn a_second(&self) -> Option<f64> {
        (self.seconds > 0.0).then(|| self.number / self.seconds)
    }

    /// The time for so many more, at this speed and never faster than `limit`; nothing while neither is known.
    pub(super) fn time_for(&self, more: u64, limit: Rate) -> Option<Duration> {
        let floor = limit.time_for(more);
        // Of the first moments nothing can be told yet.
        let measured = self.a_second().filter(|speed| *speed > 0.0 && self.seconds >= 1.0);
        #[expect(clippy::cast_precision_loss, reason = "a time to show")]
        let measured =
            measured.and_then(|speed| Duration::try_from_secs_f64(more as f64 / speed).ok());
        measured.max(floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_late() {
        let mut pace = Pace::new(Duration::from_secs(10));
        assert_eq!(pace.a_second(), None);
        for second in 1..=100 {
            pace.look(5 * second, Duration::from_secs(second));
        }
        assert_eq!(pace.a_second().map(f64::round), Some(5.0));
        for second in 1..=100 {
            pace.look(500 + 50 * second, Duration::from_secs(100 + second));
        }
        assert_eq!(pace.a_second().map(f64::round), Some(50.0));
    }

    #[test]
    fn the_limit_bounds_the_time_and_stands_for_a_speed_that_is_not_known() {
        let mut pace = Pace::new(Duration::from_secs(30));
        let tenth = Rate::PerSecond(10.0);
        assert_eq!(pace.time_for(900, Rate::Unlimited), None);
        assert_eq!(pace.time_for(900, tenth), Some(Duration::from_secs(90)));
        pace.look(100, Duration::from_secs(1));
        assert_eq!(pace.time_for(900, tenth), Some(Duration::from_secs(90)));
        assert_eq!(pace.time_for(900, Rate::Unlimited), Some(Duration::from_secs(9)));
    }
}
