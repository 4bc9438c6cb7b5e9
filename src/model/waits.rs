//! What the sending waited for, so that a person knows what would make it faster.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What keeps the next request back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The rate limit.
    Rate,
    /// As many requests are in flight as may be.
    Concurrency,
    /// Every row at hand comes after an earlier row of its key.
    KeyOrder,
    /// The endpoint asked not to be asked, or is down.
    Hold,
    /// There is no token yet.
    Login,
    /// Every row at hand is to be sent again, later.
    Retry,
    /// Rows are still being read.
    Reading,
    /// Nothing can be sent before something is answered: at the end, or while records are asked for.
    Answers,
    /// Nothing: requests go out as fast as this machine can make them.
    Machine,
}

impl Wait {
    /// Every wait, in the order of the declaration.
    pub const ALL: [Self; 9] = [
        Self::Rate,
        Self::Concurrency,
        Self::KeyOrder,
        Self::Hold,
        Self::Login,
        Self::Retry,
        Self::Reading,
        Self::Answers,
        Self::Machine,
    ];

    /// What was waited for, in words, and the setting that bounds it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Rate => "for the rate limit (--rate)",
            Self::Concurrency => {
                "for answers, with as many requests on the way as --concurrency allows"
            }
            Self::KeyOrder => "for an earlier row of the same record",
            Self::Hold => "because the endpoint asked to wait or was down",
            Self::Login => "for the login",
            Self::Retry => "before rows were sent again",
            Self::Reading => "for the file to be read",
            Self::Answers => "for answers, with nothing to send meanwhile",
            Self::Machine => "for this machine to make requests",
        }
    }
}

/// How long each thing was waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits([Duration; Wait::ALL.len()]);

impl Waits {
    /// Adds a time that was spent waiting.
    pub fn add(&mut self, wait: Wait, time: Duration) {
        self.0[wait as usize] += time;
    }

    /// How long this was waited for.
    #[must_use]
    pub fn of(&self, wait: Wait) -> Duration {
        self.0[wait as usize]
    }

    /// Each thing that was waited for, and how long; the longest first.
    #[must_use]
    pub fn longest(&self) -> Vec<(Wait, Duration)> {
        let all = Wait::ALL.into_iter().zip(self.0);
        let mut waits: Vec<_> = all.filter(|(_, time)| !time.is_zero()).collect();
        waits.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        waits
    }

    /// All the time that was spent waiting.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_has_a_place_of_its_own() {
        let mut waits = Waits::default();
        for (ms, wait) in (1..).zip(Wait::ALL) {
            waits.add(wait, Duration::from_millis(ms));
        }
        let order: Vec<_> = waits.longest().into_iter().map(|(wait, _)| wait).collect();
        assert!(order.iter().rev().eq(&Wait::ALL));
        assert_eq!(waits.total(), Duration::from_millis(45));
    }
}
