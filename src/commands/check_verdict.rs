//! How a check ends: the closing line of a file, for people and for machines.

use serde::Serialize;

use super::repeats::{RepeatCounts, RepeatsTold};
use super::survey::Survey;
use crate::model::counted::{are, counted, counted_are, grouped};
use crate::model::outcome::Status;
use crate::sheet::Table;

/// The closing line of a file, for machines.
#[derive(Serialize)]
pub(super) struct Counts<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<&'a str>,
    sheets_not_read: Vec<&'a str>,
    columns_left_out: Vec<&'a str>,
    hidden_columns: Vec<&'a str>,
    open_elsewhere: bool,
    header_row: u64,
    blank_rows: u64,
    hidden_rows_left_out: u64,
    rows: u64,
    to_send: u64,
    unchanged: u64,
    invalid: u64,
    with_warnings: u64,
    cells_to_blank: u64,
    records_in_several_rows: RepeatCounts,
}

impl<'a> Counts<'a> {
    /// The counts of a file that was read to its end.
    pub(super) fn of(table: &'a Table, survey: &Survey, repeats: &RepeatsTold) -> Self {
        Self {
            file: table.name(),
            sheet: table.origin().sheet.as_deref(),
            sheets_not_read: table
                .origin()
                .other_sheets
                .iter()
                .map(|other| other.name.as_str())
                .collect(),
            columns_left_out: table
                .layout()
                .left_out()
                .map(|(header, _)| header)
                .filter(|header| !header.is_empty())
                .collect(),
            hidden_columns: table.hidden_columns().collect(),
            open_elsewhere: table.lock_file().is_some(),
            header_row: table.header_row(),
            blank_rows: survey.blank_rows,
            hidden_rows_left_out: table.skipped_rows(),
            rows: survey.rows,
            to_send: survey.to_send,
            unchanged: survey.unchanged,
            invalid: survey.tally.rows(Status::Invalid),
            with_warnings: survey.tally.with_warnings(),
            cells_to_blank: survey.clears,
            records_in_several_rows: repeats.counts(),
        }
    }
}

/// One line of JSON.
pub(super) fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("texts and numbers are always JSON")
}

/// The closing line of a file, for people.
pub(super) fn verdict(table: &Table, survey: &Survey) -> String {
    let name = table.name();
    if survey.rows == 0 {
        return format!("{name}: there is no row below the header.");
    }
    let invalid = survey.tally.rows(Status::Invalid);
    let hidden = match table.skipped_rows() {
        0 => String::new(),
        rows => format!(" {} left out.", counted_are(rows, "hidden row")),
    };
    let blank = match survey.blank_rows {
        0 => String::new(),
        rows => format!(" {} passed over.", counted_are(rows, "blank row")),
    };
    let clears = match survey.clears {
        0 => String::new(),
        clears => format!(" {} would be blanked.", counted(clears, "cell")),
    };
    let (to_send, are) = (counted(survey.to_send, "row"), are(invalid));
    format!(
        "{name}: {to_send} would be sent, {} {are} invalid.{clears}{hidden}{blank} Nothing was sent.",
        grouped(invalid)
    )
}
