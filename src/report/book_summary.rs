//! The first sheet of a results workbook: what it is about, counts by status with a chart, and counts by code.

use jiff::ZonedDateTime;
use rust_xlsxwriter::{
    Chart, ChartFormat, ChartPoint, ChartSolidFill, ChartType, Color, Format, RowNum, Worksheet,
    XlsxError,
};

use super::book_cells::{cell_text, colours};
use super::results_book::A4;
use crate::model::outcome::Status;
use crate::model::tally::Tally;

/// What is said where notes are left out; the number of those that are there comes after it.
pub(super) const NOTES_LEFT_OUT: &str = "Cells with a note, of more";
/// The target of rows that were only checked.
pub const NOT_SENT: &str = "none: the rows were checked, and nothing was sent";
/// Widths of the columns, in characters.
const WIDTHS: [f64; 4] = [26.0, 12.0, 12.0, 70.0];
/// The name of the sheet.
const SHEET: &str = "Summary";

/// What the first sheet tells.
#[derive(Clone, Copy, Debug)]
pub struct BookSummary<'a> {
    /// What it is about, each with its name: file, target, run.
    pub facts: &'a [(&'static str, String)],
    /// Counts of all rows.
    pub tally: &'a Tally,
}

/// Writes the sheet.
pub(super) fn write_summary(
    sheet: &mut Worksheet,
    summary: &BookSummary<'_>,
    notes: Option<&(&'static str, String)>,
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    sheet.set_name(SHEET)?.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    let now = ("Written", ZonedDateTime::now().strftime("%Y-%m-%d %H:%M:%S %:z").to_string());
    let facts = summary.facts.iter().chain(std::iter::once(&now)).chain(notes);
    let mut row = 0;
    for (name, fact) in facts {
        sheet.write_string_with_format(row, 0, *name, &bold)?;
        sheet.write_string(row, 1, cell_text(fact))?;
        row += 1;
    }
    let codes_from = statuses(sheet, row + 1, summary.tally, &bold)?;
    codes(sheet, codes_from, summary.tally, &bold)
}

/// The counts by status, and beside them the chart; the row after both.
fn statuses(
    sheet: &mut Worksheet,
    row: RowNum,
    tally: &Tally,
    bold: &Format,
) -> Result<RowNum, XlsxError> {
    sheet.write_string_with_format(row, 0, "status", bold)?;
    sheet.write_string_with_format(row, 1, "rows", bold)?;
    let ended = Status::ALL.into_iter().filter(|status| tally.rows(*status) > 0);
    let ended: Vec<_> = ended.collect();
    let mut next = row + 1;
    let mut points = Vec::new();
    for status in &ended {
        let (fill, font) = colours(*status);
        let format = Format::new().set_background_color(Color::RGB(fill));
        let format = format.set_font_color(Color::RGB(font));
        sheet.write_string_with_format(next, 0, status.as_str(), &format)?;
        sheet.write_number(next, 1, number(tally.rows(*status)))?;
        let mut solid = ChartSolidFill::new();
        solid.set_color(Color::RGB(of_chart(*status)));
        points.push(ChartPoint::new().set_format(ChartFormat::new().set_solid_fill(&solid)));
        next += 1;
    }
    sheet.write_string_with_format(next, 0, "in all", bold)?;
    sheet.write_number_with_format(next, 1, number(tally.total()), bold)?;
    if ended.is_empty() {
        return Ok(next + 2);
    }
    let mut chart = Chart::new(ChartType::Column);
    let series = chart.add_series();
    series.set_categories((SHEET, row + 1, 0, next - 1, 0));
    series.set_values((SHEET, row + 1, 1, next - 1, 1)).set_points(&points).set_gap(40);
    series.set_name("rows");
    chart.title().set_name("Rows by status");
    chart.legend().set_hidden();
    chart.set_alt_text("Rows by status, as in the table beside it");
    chart.set_width(520).set_height(CHART_HEIGHT);
    sheet.insert_chart(row, 3, &chart)?;
    Ok((next + 2).max(row + CHART_ROWS))
}

/// The colour of a status in the chart: that of its cell is too pale, and that of its text too dark.
fn of_chart(status: Status) -> u32 {
    match status {
        Status::Updated | Status::Unchanged | Status::Valid => 0x2E_8B57,
        Status::Invalid | Status::Failed | Status::Conflict => 0xC6_2828,
        Status::Unconfirmed => 0xE0_9F00,
        Status::NotSent => 0x75_7575,
    }
}

/// Height of the chart in pixels, and the rows that it covers.
const CHART_HEIGHT: u32 = 240;
const CHART_ROWS: RowNum = 13;

fn codes(
    sheet: &mut Worksheet,
    mut row: RowNum,
    tally: &Tally,
    bold: &Format,
) -> Result<(), XlsxError> {
    let codes = tally.codes();
    if codes.is_empty() {
        return Ok(());
    }
    for (column, name) in (0..).zip(["MESSAGE_CODE", "rows", "first in row", "MESSAGE of that row"])
    {
        sheet.write_string_with_format(row, column, name, bold)?;
    }
    let set_in = Format::new().set_indent(1);
    for (code, count) in codes {
        row += 1;
        sheet.write_string(row, 0, cell_text(&code.to_string()))?;
        sheet.write_number(row, 1, number(count.rows))?;
        sheet.write_number(row, 2, number(count.example_row))?;
        sheet.write_string_with_format(row, 3, cell_text(&count.example), &set_in)?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "no sheet has so many rows")]
fn number(count: u64) -> f64 {
    count as f64
}
