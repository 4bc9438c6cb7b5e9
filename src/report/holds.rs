//! When nothing was sent because of the endpoint, from what is told while rows are sent.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::hold::{Hold, HoldCause};

/// Spans that are kept one by one; memory must not grow with the run.
const MOST: usize = 1_000;

/// The spans so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    held: Vec<Hold>,
    down_since: Option<Timestamp>,
    more: u64,
}

impl Holds {
    /// The endpoint asked for so much time.
    pub(super) fn asked(&mut self, now: Timestamp, wait: Duration) {
        self.push(Hold {
            from: now,
            to: now.saturating_add(wait).unwrap_or(now),
            why: HoldCause::Asked,
        });
    }

    /// The endpoint is down.
    pub(super) fn down(&mut self, now: Timestamp) {
        self.down_since.get_or_insert(now);
    }

    /// The endpoint answers again.
    pub(super) fn up(&mut self, now: Timestamp) {
        if let Some(from) = self.down_since.take() {
            self.push(Hold { from, to: now, why: HoldCause::Down });
        }
    }

    /// Until now nothing was sent for so long: the endpoint may have asked for more time meanwhile, or a hold
    /// may have begun in an earlier file.
    pub(super) fn waited(&mut self, now: Timestamp, time: Duration) {
        if self.down_since.is_some() {
            return;
        }
        match self.held.last_mut() {
            Some(last) => last.to = last.to.max(now),
            None => self.push(Hold {
                from: now.saturating_sub(time).unwrap_or(now),
                to: now,
                why: HoldCause::Asked,
            }),
        }
    }

    /// All spans of a run that ends now, in their order, and how many there were beyond those.
    pub(super) fn until(&self, now: Timestamp) -> (Vec<Hold>, u64) {
        let mut whole = self.clone();
        whole.up(now);
        for hold in &mut whole.held {
            hold.to = hold.to.min(now);
        }
        whole.held.sort_by_key(|hold| hold.from);
        (whole.held, whole.more)
    }

    fn push(&mut self, hold: Hold) {
        if self.held.len() < MOST {
            self.held.push(hold);
        } else {
            self.more += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn spans(holds: &Holds, now: i64) -> Vec<(i64, i64, HoldCause)> {
        let (held, more) = holds.until(at(now));
        assert_eq!(more, 0);
        held.iter().map(|hold| (hold.from.as_second(), hold.to.as_second(), hold.why)).collect()
    }

    #[test]
    fn a_hold_lasts_as_long_as_was_asked_for_and_longer_if_more_was_asked_for_meanwhile() {
        let mut holds = Holds::default();
        holds.asked(at(10), Duration::from_secs(5));
        holds.waited(at(12), Duration::from_secs(2));
        assert_eq!(spans(&holds, 30), [(10, 15, HoldCause::Asked)]);
        assert_eq!(spans(&holds, 13), [(10, 13, HoldCause::Asked)], "the run ended first");
        holds.waited(at(18), Duration::from_secs(6));
        assert_eq!(spans(&holds, 30), [(10, 18, HoldCause::Asked)]);
    }

    #[test]
    fn an_endpoint_is_down_until_it_answers_or_the_run_ends() {
        let mut holds = Holds::default();
        holds.down(at(10));
        holds.waited(at(15), Duration::from_secs(5));
        holds.up(at(20));
        holds.up(at(21));
        holds.down(at(40));
        assert_eq!(spans(&holds, 50), [(10, 20, HoldCause::Down), (40, 50, HoldCause::Down)]);
    }

    #[test]
    fn a_hold_that_began_in_an_earlier_file_is_one_of_this_file_too() {
        let mut holds = Holds::default();
        holds.waited(at(15), Duration::from_secs(5));
        assert_eq!(spans(&holds, 50), [(10, 15, HoldCause::Asked)]);
    }

    #[test]
    fn holds_beyond_those_that_are_kept_are_counted() {
        let mut holds = Holds::default();
        (0..1_002).for_each(|second| holds.asked(at(second), Duration::from_millis(1)));
        let (held, more) = holds.until(at(5_000));
        assert_eq!((held.len(), more), (1_000, 2));
    }
}
