//! Why rows were not updated: each code with its cause, its cure and examples.

use super::outcomes::label;
use super::shown::{NAME, Shown};
use super::told::{CodeTold, RowTold, Told};
use crate::model::code::Code;
use crate::model::counted::counted;
use crate::model::outcome::Status;

/// Codes that the page lists.
const MOST_CODES: usize = 50;

/// A code with what it means.
pub(super) struct CodeShown {
    /// The code.
    pub(super) code: Shown,
    /// How many rows, and how they ended.
    pub(super) rows: String,
    /// What happened.
    pub(super) cause: String,
    /// What a person can do about it.
    pub(super) cure: String,
    /// The first rows.
    pub(super) examples: Vec<RowTold>,
}

/// The most frequent codes, and a line about the others.
pub(super) fn codes(told: &Told) -> (Vec<CodeShown>, Option<String>) {
    let all = told.codes();
    let listed = all.iter().take(MOST_CODES).map(|(code, told)| shown(code, told)).collect();
    let others =
        all.iter().skip(MOST_CODES).map(|(_, told)| told.rows).sum::<u64>() + told.other_codes;
    let more = (others > 0).then(|| {
        format!("{} with further codes; the results have them all.", counted(others, "more row"))
    });
    (listed, more)
}

fn shown(code: &Code, told: &CodeTold) -> CodeShown {
    let (cause, cure) = meaning(code);
    let text = code.to_string();
    CodeShown {
        code: Shown::of_cell(if text.is_empty() { "no code" } else { &text }, NAME),
        rows: format!("{}, {}", counted(told.rows, "row"), endings(told)),
        cause,
        cure,
        examples: told.examples.clone(),
    }
}

/// How the rows of a code ended, in words.
fn endings(told: &CodeTold) -> String {
    let of = |status: &Status| (told.ended(*status) > 0).then(|| label(*status));
    Status::ALL.iter().filter_map(of).collect::<Vec<_>>().join(" or ")
}

/// What happened, and what can be done about it.
fn meaning(code: &Code) -> (String, String) {
    match code {
        Code::Own(own) => (own.cause().to_owned(), own.cure().to_owned()),
        Code::Http(status) => (
            format!("The endpoint answered HTTP {status}, and gave no code of its own."),
            "Read what it said, mend the rows in the rejects, and feed them back.".to_owned(),
        ),
        Code::Endpoint(_) => (
            "The endpoint refused these rows; the code and the words are its own.".to_owned(),
            "Read what it said, mend the rows in the rejects, and feed them back. Whoever looks after the ERP knows the code."
                .to_owned(),
        ),
    }
}
