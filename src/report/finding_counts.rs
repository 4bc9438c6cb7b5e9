//! How often each check found something, with an example.

use std::collections::BTreeMap;

use super::findings::FindingLine;
use crate::model::code::OwnCode;
use crate::model::outcome::Finding;
use crate::model::rules::Level;

/// Counts of findings by code and level, the gravest first.
#[derive(Clone, Debug, Default)]
pub struct FindingCounts(BTreeMap<(bool, OwnCode), Count>);

#[derive(Clone, Debug)]
struct Count {
    findings: u64,
    example: String,
}

/// What is told of one code.
#[derive(Clone, Copy, Debug)]
pub struct CountLine<'a> {
    /// Number of findings.
    pub findings: u64,
    /// The code.
    pub code: OwnCode,
    /// `error` or `warning`.
    pub level: &'static str,
    /// The first finding.
    pub example: &'a str,
}

impl FindingCounts {
    /// Counts a finding, of which the line is shown if it is the first of its code.
    pub fn add(&mut self, level: Level, finding: &Finding, line: &FindingLine<'_>) {
        let key = (level != Level::Error, finding.code);
        let count =
            self.0.entry(key).or_insert_with(|| Count { findings: 0, example: line.in_file() });
        count.findings += 1;
    }

    /// Findings in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| count.findings).sum()
    }

    /// A line for each code: errors before warnings, the gravest first.
    pub fn lines(&self) -> impl Iterator<Item = CountLine<'_>> {
        self.0.iter().map(|((is_warning, code), count)| CountLine {
            findings: count.findings,
            code: *code,
            level: if *is_warning { "warning" } else { "error" },
            example: &count.example,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_first_and_the_first_finding_is_the_example() {
        let mut counts = FindingCounts::default();
        for (row, level, code) in [
            (2, Level::Warning, OwnCode::Spaces),
            (3, Level::Error, OwnCode::EMail),
            (4, Level::Error, OwnCode::Key),
            (5, Level::Error, OwnCode::EMail),
        ] {
            let finding = Finding { code, column: Some(1), field: None, text: "text".into() };
            let line = FindingLine::new("a.csv", None, row, level, &finding);
            counts.add(level, &finding, &line);
        }
        let lines: Vec<_> =
            counts.lines().map(|line| (line.findings, line.level, line.example)).collect();
        let expected =
            [(1, "error", "B4: text"), (2, "error", "B3: text"), (1, "warning", "B2: text")];
        assert_eq!(lines, expected);
        assert_eq!(counts.total(), 4);
    }
}
