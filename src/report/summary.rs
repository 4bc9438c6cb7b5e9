//! What a person reads at the end of a run.

use std::fmt::Write as _;

use super::{FindingCounts, Sending, escape};
use crate::model::code::Code;
use crate::model::counted::grouped;
use crate::model::outcome::Status;
use crate::model::tally::Tally;

/// Codes that are listed.
const MOST_CODES: usize = 10;
/// Characters of an example.
const EXAMPLE: usize = 160;

/// What the counts do not tell.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// What the checks found, code by code; without it the codes of the rows are listed.
    pub findings: Option<&'a FindingCounts>,
    /// Lines about records that several rows are for.
    pub repeats: &'a [String],
    /// Lines about values that were stored otherwise than they were sent.
    pub stored_otherwise: &'a [String],
    /// How the sending went; nothing where nothing is sent.
    pub sending: Option<&'a Sending>,
    /// Why the run stopped early, if it did.
    pub stopped: Option<&'a str>,
    /// Lines about the files that were written.
    pub files: &'a [String],
    /// What it was all about: the last line.
    pub verdict: &'a str,
}

/// The text at the end of a run: counts by status, the most frequent codes with an example each, time, files.
#[must_use]
pub fn summary(tally: &Tally, facts: &Facts<'_>) -> String {
    let mut text = String::new();
    for status in Status::ALL.into_iter().filter(|status| tally.rows(*status) > 0) {
        push(&mut text, format_args!("{:>12}  {status}", grouped(tally.rows(status))));
    }
    if tally.with_warnings() > 0 {
        push(
            &mut text,
            format_args!("{:>12}  of these with warnings", grouped(tally.with_warnings())),
        );
    }
    match facts.findings {
        Some(findings) => push_findings(&mut text, findings),
        None => push_codes(&mut text, tally),
    }
    for line in facts.repeats.iter().chain(facts.stored_otherwise) {
        push(&mut text, format_args!("{line}"));
    }
    for line in facts.sending.map(Sending::lines).unwrap_or_default() {
        push(&mut text, format_args!("{line}"));
    }
    for line in facts.files {
        push(&mut text, format_args!("{line}"));
    }
    if let Some(why) = facts.stopped {
        push(&mut text, format_args!("Stopped early: {}", escape(why)));
    }
    push(&mut text, format_args!("{}", facts.verdict));
    text
}

fn push_findings(text: &mut String, findings: &FindingCounts) {
    for line in findings.lines() {
        let count = grouped(line.findings);
        let code = line.code.as_str();
        let example = cut(&escape(line.example));
        push(text, format_args!("{count:>12}  {code} ({}), first in {example}", line.level));
        push(text, format_args!("{:>12}  {}", "", line.code.cure()));
    }
}

/// The most frequent codes, each with its first row and its cure.
pub(super) fn push_codes(text: &mut String, tally: &Tally) {
    let codes = tally.codes();
    for (code, count) in codes.iter().take(MOST_CODES) {
        let example = cut(&escape(&count.example));
        push(
            text,
            format_args!(
                "{:>12}  {}, first in row {}: {example}",
                grouped(count.rows),
                escape(&code.to_string()),
                count.example_row
            ),
        );
        if let Code::Own(own) = code {
            push(text, format_args!("{:>12}  {}", "", own.cure()));
        }
    }
    if codes.len() > MOST_CODES {
        push(
            text,
            format_args!(
                "{:>12}  further codes; the results have them all",
                codes.len() - MOST_CODES
            ),
        );
    }
}

/// Adds a line.
pub(super) fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("memory is always written");
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(EXAMPLE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::OwnCode;
    use crate::model::outcome::Outcome;

    #[test]
    fn the_summary_says_what_happened_why_and_what_to_do() {
        let mut tally = Tally::default();
        for row in 0..1_200 {
            tally.add(row, &Outcome::unsent(Status::Updated, None, String::new()));
        }
        let invalid = Outcome::unsent(
            Status::Invalid,
            Some(OwnCode::Key.into()),
            "column A: the key\nis blank".into(),
        );
        tally.add(7, &invalid);
        let facts = Facts {
            files: &["Results: a.results.csv".to_owned()],
            verdict: "1 row was not updated.",
            ..Facts::default()
        };
        let expected = "       1,200  updated
           1  invalid
           1  RP_KEY, first in row 7: column A: the key\\nis blank
              Fill in the key; delete the row if it is a total, a remark or a header; unmerge merged cells.
Results: a.results.csv
1 row was not updated.
";
        assert_eq!(summary(&tally, &facts), expected);
    }
}
