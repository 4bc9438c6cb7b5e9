//! Whether the run goes on: failures, a wrong address, an endpoint that is down.

use std::time::Duration;

use tokio::time::Instant;

use super::backoff::span;
use super::earlier_rows::{Counted, EarlierRows};
use crate::model::counted::counted;
use crate::model::key::Key;
use crate::model::limits::Limits;
use crate::model::outcome::Status;

/// So many rows, the first of the run, must not all fail.
const FIRST_ROWS: u64 = 20;
/// So many transient answers in a row mean that the endpoint is down.
const TRANSIENT_IN_A_ROW: u32 = 20;
/// So many where they are to logins, of which there is one at a time, after longer and longer waits.
const LOGINS_IN_A_ROW: u32 = 3;
/// So many keys in a row whose address was called wrong mean that it is.
const SUSPECT_KEYS: usize = 3;

/// What the answers so far say of the endpoint.
#[derive(Debug)]
pub(super) struct Health {
    rows: Counted,
    /// The most rows that may fail, if a person said so.
    most_failures: Option<u64>,
    any_confirmed: bool,
    suspects: Vec<Key>,
    transient_in_a_row: u32,
    down: Option<Down>,
}

#[derive(Debug)]
struct Down {
    until: Instant,
    next_probe: Instant,
    probes: u32,
}

/// What a transient answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transient {
    /// Nothing beyond its row.
    Passing,
    /// With this one, the endpoint is down: it will be waited for this long.
    WentDown(Duration),
    /// The endpoint is still down.
    StillDown,
    /// It was waited for long enough.
    Gone,
}

impl Health {
    /// Nothing is known yet; `to_send` rows are to come.
    pub(super) fn new(limits: &Limits, to_send: u64) -> Self {
        Self {
            rows: Counted::default(),
            most_failures: limits.max_failures.map(|most| most.rows(to_send)),
            any_confirmed: false,
            suspects: Vec::new(),
            transient_in_a_row: 0,
            down: None,
        }
    }

    /// The run goes on after these rows: what they say counts as if it had been said just now.
    pub(super) fn go_on_after(&mut self, earlier: EarlierRows) {
        self.rows.add(earlier.sent);
        if self.most_failures.is_some() {
            self.rows.add(earlier.judged);
        }
        self.any_confirmed |= earlier.any_confirmed;
    }

    /// Why no row may be sent, if a person has said how many may fail, and more have. Where nobody has, one more
    /// row shows whether they still fail.
    pub(super) fn refuses(&self) -> Option<String> {
        self.most_failures.and_then(|_| self.too_many())
    }

    /// An answer came that was not transient. Whether the endpoint was down before it.
    pub(super) fn answered(&mut self) -> bool {
        self.transient_in_a_row = 0;
        self.down.take().is_some()
    }

    /// The endpoint confirmed an update.
    pub(super) fn confirmed(&mut self) {
        self.any_confirmed = true;
        self.suspects.clear();
    }

    /// The endpoint answered a question with records. What it says to updates is another matter.
    pub(super) fn found(&mut self) {
        self.any_confirmed = true;
    }

    /// An answer spoke of a wrong address or missing rights. Whether that must be believed.
    pub(super) fn suspect(&mut self, key: &Key) -> bool {
        if !self.suspects.contains(key) {
            self.suspects.push(key.clone());
        }
        !self.any_confirmed || self.suspects.len() >= SUSPECT_KEYS
    }

    /// A transient answer came, or none, to a login or to another request.
    pub(super) fn transient(&mut self, now: Instant, limits: &Limits, is_login: bool) -> Transient {
        self.transient_in_a_row += 1;
        if let Some(down) = &mut self.down {
            if now >= down.until {
                return Transient::Gone;
            }
            if now < down.next_probe {
                // It was on its way when the endpoint went down, and is no try.
                return Transient::StillDown;
            }
            down.next_probe = (now + span(limits.backoff, down.probes)).min(down.until);
            down.probes += 1;
            return Transient::StillDown;
        }
        let most = if is_login { LOGINS_IN_A_ROW } else { TRANSIENT_IN_A_ROW };
        if self.transient_in_a_row < most {
            return Transient::Passing;
        }
        let wait = limits.wait_for_endpoint;
        let until = now + wait;
        let next_probe = (now + limits.backoff.min).min(until);
        self.down = Some(Down { until, next_probe, probes: 1 });
        Transient::WentDown(wait)
    }

    /// Whether retries are used up: not while the endpoint is down.
    pub(super) fn counts_retries(&self) -> bool {
        self.down.is_none()
    }

    /// How many requests may be in flight, of `slots`: one while the endpoint is down.
    pub(super) fn slots(&self, slots: usize) -> usize {
        if self.down.is_some() { 1 } else { slots }
    }

    /// When the endpoint may be tried next, while it is down.
    pub(super) fn next_probe(&self) -> Option<Instant> {
        self.down.as_ref().map(|down| down.next_probe)
    }

    /// A row has ended without being sent. Why too many have failed, if a person has said how many may.
    pub(super) fn ended_unsent(&mut self, status: Status) -> Option<String> {
        self.most_failures.and_then(|_| self.ended(status))
    }

    /// A row that was sent has ended. Why too many have failed, if so.
    pub(super) fn ended(&mut self, status: Status) -> Option<String> {
        let failed = u64::from(matches!(status, Status::Failed | Status::Unconfirmed));
        self.rows.add(Counted { ended: 1, failed });
        self.too_many()
    }

    fn too_many(&self) -> Option<String> {
        let Counted { ended, failed } = self.rows;
        match self.most_failures {
            Some(most) if failed > most => Some(format!(
                "{} failed, more than --max-failures allows ({most})",
                counted(failed, "row")
            )),
            None if failed >= FIRST_ROWS && failed == ended => Some(format!(
                "the first {failed} rows all failed; --max-failures N allows N failures"
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::OwnCode;
    use crate::model::limits::{Backoff, MaxFailures, Rate};
    use crate::model::outcome::Outcome;

    fn limits(max_failures: Option<MaxFailures>) -> Limits {
        Limits {
            rate: Rate::Unlimited,
            concurrency: 1,
            retries: 0,
            max_failures,
            backoff: Backoff { min: Duration::from_secs(1), max: Duration::from_secs(30) },
            wait_for_endpoint: Duration::from_mins(1),
            retry_codes: Vec::new(),
        }
    }

    fn stops_at(health: &mut Health, statuses: impl IntoIterator<Item = Status>) -> Option<usize> {
        statuses.into_iter().position(|status| health.ended(status).is_some())
    }

    #[test]
    fn a_run_whose_first_rows_all_fail_is_stopped() {
        let mut health = Health::new(&limits(None), 100);
        assert_eq!(stops_at(&mut health, [Status::Failed; 100]), Some(19));
        let mut health = Health::new(&limits(None), 100);
        let one_good = std::iter::once(Status::Updated).chain([Status::Failed; 99]);
        assert_eq!(stops_at(&mut health, one_good), None);
    }

    #[test]
    fn the_failures_that_a_person_allows_replace_the_default() {
        let mut health = Health::new(&limits(Some(MaxFailures::Percent(30.0))), 100);
        assert_eq!(stops_at(&mut health, [Status::Unconfirmed; 100]), Some(30));
        let mut health = Health::new(&limits(Some(MaxFailures::Rows(0))), 100);
        assert_eq!(stops_at(&mut health, [Status::Updated, Status::Failed]), Some(1));
    }

    #[test]
    fn a_wrong_address_is_believed_at_once_or_after_three_keys() {
        let key = |name: &str| Key::fold([name]);
        assert!(Health::new(&limits(None), 9).suspect(&key("A")));
        let mut health = Health::new(&limits(None), 9);
        health.confirmed();
        assert!(!health.suspect(&key("A")));
        assert!(!health.suspect(&key("A")));
        assert!(!health.suspect(&key("B")));
        health.confirmed();
        assert!(!health.suspect(&key("C")));
        assert!(!health.suspect(&key("D")));
        assert!(health.suspect(&key("E")));
    }

    #[test]
    fn an_endpoint_that_is_down_is_tried_from_time_to_time_and_then_given_up() {
        let (limits, start) = (limits(None), Instant::now());
        let mut health = Health::new(&limits, 9);
        for _ in 1..TRANSIENT_IN_A_ROW {
            assert_eq!(health.transient(start, &limits, false), Transient::Passing);
        }
        assert_eq!(
            health.transient(start, &limits, false),
            Transient::WentDown(Duration::from_mins(1))
        );
        assert_eq!((health.slots(8), health.counts_retries()), (1, false));
        for _ in 0..8 {
            let late = health.transient(start, &limits, false);
            assert_eq!(late, Transient::StillDown, "it was on its way before, and is no try");
        }
        let mut tries = 0;
        while health.transient(health.next_probe().expect("down"), &limits, false)
            == Transient::StillDown
        {
            tries += 1;
        }
        assert_eq!(tries, 5, "after 1, 3, 7, 15 and 31 seconds; after 60 it is given up");
        assert!(health.answered());
        assert_eq!(health.slots(8), 8);
    }

    #[test]
    fn logins_that_meet_nobody_are_soon_waited_for() {
        let limits = limits(None);
        let mut health = Health::new(&limits, 1);
        let meets = [(); 3].map(|()| health.transient(Instant::now(), &limits, true));
        let waits = Transient::WentDown(Duration::from_mins(1));
        assert_eq!(meets, [Transient::Passing, Transient::Passing, waits]);
    }

    #[test]
    fn rows_of_earlier_legs_count_as_if_they_had_just_ended() {
        let mut earlier = EarlierRows::default();
        let code = |code| Some(crate::model::code::Code::Own(code));
        let (refused, missing) = (code(OwnCode::ForeignAnswer), code(OwnCode::NotFound));
        for (status, code) in [
            (Status::Failed, refused.clone()),
            (Status::Failed, missing),
            (Status::Unconfirmed, refused),
            (Status::NotSent, None),
        ] {
            earlier.add(&Outcome::unsent(status, code, String::new()));
        }
        let begun = |most: Option<u64>, earlier| {
            let mut health = Health::new(&limits(most.map(MaxFailures::Rows)), 100);
            health.go_on_after(earlier);
            health
        };
        assert_eq!(stops_at(&mut begun(None, earlier), [Status::Failed; 100]), Some(18));
        assert_eq!(stops_at(&mut begun(Some(3), earlier), [Status::Failed; 100]), Some(1));
        assert_eq!(begun(Some(2), earlier).refuses(), None);
        assert!(begun(Some(1), earlier).refuses().is_some());
        assert!(begun(None, earlier).suspect(&Key::fold(["A"])));
        earlier.add(&Outcome::unsent(Status::Updated, None, String::new()));
        assert_eq!(stops_at(&mut begun(None, earlier), [Status::Failed; 100]), None);
        assert!(!begun(None, earlier).suspect(&Key::fold(["A"])));
    }
}
