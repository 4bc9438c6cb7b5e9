//! The run over its time: pictures, and the numbers behind them.

use std::time::Duration;

use super::chart;
use super::told::Told;
use super::words::moment;
use crate::model::counted::{counted, grouped};
use crate::model::hold::Hold;
use crate::model::limits::Rate;
use crate::model::waits::Wait;
use crate::report::Account;
use crate::report::milliseconds::Milliseconds;
use crate::report::sending::seconds;

/// Fewer requests than this make no picture, unless there were holds.
const FEW: u64 = 20;

/// The run over its time.
pub(super) struct Course {
    /// The picture of requests a second; nothing where there are too few of them.
    pub(super) requests: Option<String>,
    /// The same in words.
    pub(super) requests_text: String,
    /// The picture of times.
    pub(super) times: Option<String>,
    /// What it counts in.
    pub(super) times_unit: &'static str,
    /// The longest time, if it is not high enough for that.
    pub(super) beyond: Option<String>,
    /// The same in words.
    pub(super) times_text: String,
    /// Whether rows were sent again.
    pub(super) has_again: bool,
    /// What the time is counted in.
    pub(super) unit: &'static str,
    /// When it begins.
    pub(super) begin: String,
    /// The rate limit, where the pictures show it.
    pub(super) limit: Option<String>,
    /// How long a bin of the pictures is.
    pub(super) step: String,
    /// The bins.
    pub(super) bins: Vec<BinShown>,
    /// How long rows and answers took.
    pub(super) speeds: Vec<Speed>,
    /// What was waited for.
    pub(super) waits: Vec<WaitShown>,
    /// When nothing was sent because of the endpoint.
    pub(super) holds: Vec<HoldShown>,
    /// The same in a few words.
    pub(super) holds_text: String,
}

/// What happened in a step.
pub(super) struct BinShown {
    /// When it began.
    pub(super) from: String,
    /// First requests of rows.
    pub(super) first: String,
    /// Requests for rows that were sent again.
    pub(super) again: String,
    /// In which half of the rows had ended.
    pub(super) half: String,
    /// In which nine of ten had.
    pub(super) most: String,
}

/// How long something took.
pub(super) struct Speed {
    /// What.
    pub(super) what: &'static str,
    /// Half, 90 and 99 of 100, and all.
    pub(super) times: [String; 4],
}

/// What was waited for.
pub(super) struct WaitShown {
    /// What.
    pub(super) what: &'static str,
    /// How long.
    pub(super) time: String,
    /// How much that is of all the time, in a hundred.
    pub(super) share: String,
}

/// A span in which nothing was sent.
pub(super) struct HoldShown {
    /// When it began.
    pub(super) from: String,
    /// How long it was.
    pub(super) time: String,
    /// Why.
    pub(super) why: &'static str,
}

impl Course {
    /// Nothing if nothing was sent.
    pub(super) fn of(told: &Told, account: Option<&Account>) -> Option<Self> {
        let timeline = &told.timeline;
        let begin = timeline.begin()?;
        let holds: &[Hold] = account.map_or(&[], |account| &account.holds);
        let limit = account.and_then(|account| match account.settings.rate.parse() {
            Ok(Rate::PerSecond(rate)) => Some(rate),
            _ => None,
        });
        let (unit_seconds, unit) = chart::unit(timeline.length());
        let bins = timeline.bins().map(|(from, bin)| {
            let (half, most) =
                bin.times().map_or_else(Default::default, |(half, most)| (ms(half), ms(most)));
            let from = chart::label(from / unit_seconds);
            BinShown { from, first: grouped(bin.first), again: grouped(bin.again), half, most }
        });
        let again: u64 = timeline.bins().map(|(_, bin)| bin.again).sum();
        let step = whole_ms(Duration::from_secs_f64(timeline.seconds()));
        let has_picture = told.requests >= FEW || !holds.is_empty();
        let times = chart::times(timeline, holds);
        let shows_limit = limit.filter(|limit| chart::shows(timeline, *limit));
        Some(Self {
            requests: chart::requests(timeline, holds, shows_limit).filter(|_| has_picture),
            requests_text: format!(
                "At most {} requests a second in steps of {step}; {}, of which {} for rows that were sent again; {}.",
                chart::label(chart::top_rate(timeline)),
                counted(told.requests, "request"),
                grouped(again),
                counted(holds.len() as u64, "hold")
            ),
            times: times.svg.filter(|_| has_picture),
            times_unit: times.unit,
            beyond: times.beyond.map(ms),
            times_text: slowest(timeline.bins().filter_map(|(_, bin)| bin.times())),
            has_again: again > 0,
            unit,
            begin: moment(begin),
            limit: shows_limit.and(account).map(|account| account.settings.rate.clone()),
            step,
            bins: bins.collect(),
            speeds: account.map(speeds).unwrap_or_default(),
            waits: account.map(waits).unwrap_or_default(),
            holds: holds.iter().map(HoldShown::of).collect(),
            holds_text: holds_text(holds, account.map_or(0, |account| account.more_holds)),
        })
    }
}

impl HoldShown {
    fn of(hold: &Hold) -> Self {
        Self { from: moment(hold.from), time: whole_ms(span(hold)), why: hold.why.text() }
    }
}

fn holds_text(holds: &[Hold], more: u64) -> String {
    let whole = holds.iter().map(span).sum();
    let more = if more > 0 {
        format!(", and {} that are not listed", grouped(more))
    } else {
        String::new()
    };
    format!("{}, {} in all{more}", counted(holds.len() as u64, "hold"), seconds(whole))
}

fn slowest(times: impl Iterator<Item = (u64, u64)>) -> String {
    match times.max_by_key(|(_, most)| *most) {
        Some((_, most)) => {
            format!("In the slowest step 90% of the rows had ended within {}.", ms(most))
        }
        None => "No times are known.".to_owned(),
    }
}

fn speeds(account: &Account) -> Vec<Speed> {
    let of = |what, Milliseconds { p50, p90, p99, max }: Milliseconds| Speed {
        what,
        times: [p50, p90, p99, max].map(ms),
    };
    let rows = of("A row", account.row_ms);
    let answers =
        (account.answer_ms != Milliseconds::default()).then(|| of("An answer", account.answer_ms));
    std::iter::once(rows).chain(answers).collect()
}

/// The longest first; what was hardly waited for is left out.
fn waits(account: &Account) -> Vec<WaitShown> {
    let whole: u64 = account.waited_ms.values().sum();
    let part = |ms: u64| u128::from(ms) * 100 / u128::from(whole.max(1));
    let mut waits: Vec<_> = account.waited_ms.iter().filter(|(_, ms)| part(**ms) > 0).collect();
    waits.sort_by_key(|(_, ms)| std::cmp::Reverse(**ms));
    let shown = |(wait, time): (&Wait, &u64)| WaitShown {
        what: wait.text(),
        time: ms(*time),
        share: format!("{}%", part(*time)),
    };
    waits.into_iter().map(shown).collect()
}

/// A time that is known to the millisecond, as finely as it matters.
fn ms(ms: u64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms / 100 % 10),
        _ => seconds(Duration::from_millis(ms)),
    }
}

fn span(hold: &Hold) -> Duration {
    hold.to.duration_since(hold.from).unsigned_abs()
}

fn whole_ms(time: Duration) -> String {
    ms(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
