//! How the sending of a file went: how many rows, how fast the endpoint answered, what was waited for.

use std::time::Duration;

use jiff::Timestamp;

use super::holds::Holds;
use crate::model::counted::counted;
use crate::model::hold::Hold;
use crate::model::outcome::Outcome;
use crate::model::times::{Percentiles, Times};
use crate::model::waits::{Wait, Waits};

/// Things waited for that are told.
const MOST_WAITS: usize = 3;
/// Times are rounded to the nearest second.
const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// How the sending of a file went.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    rows: u64,
    answers: Times,
    waits: Waits,
    holds: Holds,
}

impl Sending {
    /// A row has ended; it counts if it was sent.
    pub fn ended(&mut self, outcome: &Outcome) {
        self.rows += u64::from(outcome.attempts > 0);
    }

    /// The endpoint answered after so long.
    pub fn answered(&mut self, time: Duration) {
        self.answers.add(time);
    }

    /// So much time went by, while this kept the next request back.
    pub fn waited(&mut self, wait: Wait, time: Duration) {
        self.waits.add(wait, time);
        if wait == Wait::Hold {
            self.holds.waited(Timestamp::now(), time);
        }
    }

    /// The endpoint asks not to be asked for so long.
    pub fn held(&mut self, wait: Duration) {
        self.holds.asked(Timestamp::now(), wait);
    }

    /// The endpoint is down.
    pub fn down(&mut self) {
        self.holds.down(Timestamp::now());
    }

    /// The endpoint answers again.
    pub fn up(&mut self) {
        self.holds.up(Timestamp::now());
    }

    /// When nothing was sent because of the endpoint, for sending that has ended by now; and how many more such
    /// spans there were than are kept.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> (Vec<Hold>, u64) {
        self.holds.until(now)
    }

    /// How long the endpoint took to answer; nothing if it never did.
    #[must_use]
    pub fn answers(&self) -> Option<Percentiles> {
        self.answers.percentiles()
    }

    /// How often it answered.
    pub(super) fn answers_in_all(&self) -> u64 {
        self.answers.count()
    }

    /// What was waited for.
    #[must_use]
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// The lines of the summary; none if no row was sent.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if self.rows == 0 {
            return Vec::new();
        }
        let whole = self.waits.total();
        #[expect(clippy::cast_precision_loss, reason = "a rate to show")]
        let rate = self.rows as f64 / whole.as_secs_f64().max(0.001);
        let sent =
            format!("Sent {} in {}, {rate:.1} a second", counted(self.rows, "row"), seconds(whole));
        std::iter::once(sent).chain(self.answers().map(answered)).chain(self.waited_for()).collect()
    }

    fn waited_for(&self) -> Option<String> {
        let whole = self.waits.total();
        let longest = self.waits.longest().into_iter().take(MOST_WAITS);
        let parts = longest.map(|(wait, time)| (percent(time, whole), wait));
        let parts: Vec<_> = parts
            .filter(|(percent, _)| *percent > 0)
            .map(|(percent, wait)| format!("{percent}% {}", wait.text()))
            .collect();
        (!parts.is_empty()).then(|| format!("Waited {}", parts.join(", ")))
    }
}

fn answered(Percentiles { p50, p90, p99, max }: Percentiles) -> String {
    let [p50, p90, p99, max] = [p50, p90, p99, max].map(milliseconds);
    format!(
        "Half of the answers came within {p50}, 90% within {p90}, 99% within {p99}, all within {max}"
    )
}

/// A time as people say it who look at answers: in milliseconds, or in seconds from ten on.
pub(super) fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1_000.0;
    match ms {
        ..10.0 => format!("{ms:.1} ms"),
        10.0..10_000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.0} s", ms / 1_000.0),
    }
}

/// A span of time as people say it, to the second.
pub(super) fn seconds(span: Duration) -> String {
    let seconds = span.saturating_add(HALF_A_SECOND).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// The part of `whole` that `part` is, rounded down, so that all parts are never more than 100.
fn percent(part: Duration, whole: Duration) -> u128 {
    part.as_nanos() * 100 / whole.as_nanos().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_waited_for_is_told_the_longest_first() {
        let mut sending = Sending::default();
        assert!(sending.lines().is_empty());
        for _ in 0..60 {
            sending.ended(&Outcome { attempts: 1, ..Outcome::blank() });
            sending.answered(Duration::from_millis(40));
        }
        sending.ended(&Outcome::blank());
        sending.answered(Duration::from_micros(1_500));
        sending.waited(Wait::Concurrency, Duration::from_millis(1_190));
        sending.waited(Wait::Rate, Duration::from_millis(4_800));
        sending.waited(Wait::Answers, Duration::from_millis(10));
        let expected = [
            "Sent 60 rows in 6 s, 10.0 a second",
            "Half of the answers came within 40 ms, 90% within 40 ms, 99% within 40 ms, all within 40 ms",
            "Waited 80% for the rate limit (--rate), 19% for answers, with as many requests on the way as --concurrency allows",
        ];
        assert_eq!(sending.lines(), expected);
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = [0, 59, 60, 3_599, 7_260].map(|span| seconds(Duration::from_secs(span)));
        assert_eq!(said, ["0 s", "59 s", "1 min 00 s", "59 min 59 s", "2 h 01 min"]);
    }

    #[test]
    fn times_of_answers_are_said_as_finely_as_they_matter() {
        let said =
            [900, 12_400, 2_345_000, 61_000_000].map(|us| milliseconds(Duration::from_micros(us)));
        assert_eq!(said, ["0.9 ms", "12 ms", "2345 ms", "61 s"]);
    }
}
