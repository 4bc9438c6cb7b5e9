//! The header `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// Reads the header's value. No time, and a date that has passed, ask for nothing.
pub(super) fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let until = DateTimeParser::new().parse_timestamp(value).ok()?;
        Duration::try_from(until.duration_since(now)).ok()?
    };
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().expect("a time");
        let seconds = |value| parse(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("Tue, 24 Nov 2026 10:00:30 GMT"), Some(30));
        assert_eq!(seconds("Tue, 24 Nov 2026 09:00:00 GMT"), None);
        assert_eq!(seconds("0"), None);
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-1"), None);
    }
}
