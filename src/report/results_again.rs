//! The workbook of results, made from the results CSV of an earlier run.

use std::io::{self, Read};

use super::Account;
use super::book_summary::{BookSummary, NOT_SENT};
use super::defuse::plain;
use super::output::Output;
use super::results_book::ResultsBook;
use super::results_reader::{ReadLine, ResultsFault, ResultsReader};
use super::same_run::{self, NO_ACCOUNT, OF_ANOTHER};
use crate::model::outcome::Outcome;
use crate::model::tally::Tally;

/// Why no workbook can be made of results.
#[derive(Debug, thiserror::Error)]
pub enum AgainFault {
    /// The results cannot be read.
    #[error(transparent)]
    Results(#[from] ResultsFault),
    /// What is kept of the workbook while it grows cannot be written.
    #[error("the workbook cannot be written: {0}")]
    Book(#[from] io::Error),
}

/// A workbook with all lines of results, and their counts.
#[derive(Debug)]
pub struct ResultsAgain {
    book: ResultsBook,
    tally: Tally,
}

impl ResultsAgain {
    /// Takes all lines of results; memory does not grow with their number.
    ///
    /// # Errors
    /// They cannot be read, or the workbook not be written.
    pub fn of<R: Read>(results: &mut ResultsReader<R>) -> Result<Self, AgainFault> {
        let mut book = ResultsBook::begin(results.columns());
        let mut tally = Tally::default();
        while let Some(line) = results.read()? {
            count(&mut tally, &line);
            book.write(line.texts().map(str::to_owned).collect())?;
        }
        Ok(Self { book, tally })
    }

    /// Writes the workbook of results, which are called `name`; its first sheet tells what the account of their run
    /// says. An account that counts other rows is of another run, and is left out, which the sheet says.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(
        self,
        name: &str,
        account: Option<&Account>,
        output: Output,
    ) -> io::Result<Output> {
        let Self { book, tally } = self;
        let facts = facts(&tally, name, account);
        book.finish(&BookSummary { facts: &facts, tally: &tally }, output)
    }
}

fn count(tally: &mut Tally, line: &ReadLine<'_>) {
    if line.code.is_empty() && line.warnings.is_empty() {
        tally.add_plain(line.status);
        return;
    }
    let code = (!line.code.is_empty()).then(|| {
        let Ok(code) = plain(line.code).parse();
        code
    });
    let outcome = Outcome {
        warnings: Vec::from_iter((!line.warnings.is_empty()).then(|| line.warnings.to_owned())),
        ..Outcome::unsent(line.status, code, plain(line.message).to_owned())
    };
    tally.add(line.row, &outcome);
}

/// What the first sheet tells, as that of the run does.
fn facts(tally: &Tally, name: &str, account: Option<&Account>) -> Vec<(&'static str, String)> {
    let fitting = account.filter(|account| same_run::fits(account, |status| tally.rows(status)));
    let Some(account) = fitting else {
        let results = ("Results", name.to_owned());
        if same_run::is_check(account, |status| tally.rows(status)) {
            return vec![results, ("Target", NOT_SENT.to_owned())];
        }
        let why = if account.is_some() { OF_ANOTHER } else { NO_ACCOUNT };
        let unknown = format!("{why}. Which file was sent where is not known here.");
        return vec![results, ("Not known", unknown)];
    };
    let mut facts = vec![("File", account.input.file.clone())];
    facts.extend(account.input.sheet.clone().map(|sheet| ("Sheet", sheet)));
    facts.push(("Target", account.target.base_url.clone()));
    facts.push(("Data source", account.target.data_source.clone()));
    facts.push(("Run", account.run_id.clone()));
    facts
}
