//! Rows of workbooks: the values by calamine, and beside them what it does not tell.
//!
//! Each kind is a [`Book`]: xlsx and xlsb are read cell by cell, an xls is loaded as a whole, and
//! an ods is read by its own file, which knows what is shown.

mod ahead;
mod bounded;
mod events;
mod little_endian;
mod ods;
mod ods_cell;
mod ods_facts;
mod ods_rows;
mod package;
mod place;
mod shared_texts;
mod stream;
mod xls;
mod xls_extent;
mod xls_records;
mod xls_texts;
mod xlsb;
mod xlsb_records;
mod xlsx;
mod xlsx_facts;
mod xml;

use std::error::Error;
use std::path::Path;

use calamine::{Sheet, SheetType, SheetVisible};

use super::facts::SheetFacts;
use super::kind::{Kind, PROTECTED};
use super::origin::OtherSheet;
use super::position::Position;
use super::source::Sink;
use crate::model::nearest::did_you_mean;

/// Why a workbook cannot be read; the text says it.
pub(super) type BookFault = Box<dyn Error>;

/// Why a workbook that may be as it should be is not read; the text says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(String);

/// Most bytes of the texts of one row: cells can name one long text again and again.
const MOST_ROW_BYTES: u64 = 16 << 20;

/// The fault of a row, numbered as Excel does, whose texts take more than that.
fn too_long(number: u64) -> BookFault {
    format!("row {number} is longer than {MOST_ROW_BYTES} bytes").into()
}

/// The fault of a sheet of which there is more to tell, beside its cells, than can be held.
fn too_many_things() -> BookFault {
    let text = "has more hidden rows, merged cells, formats or formulas without a value than can be held; save the sheet as CSV";
    Refused(text.into()).into()
}

/// The fault of a workbook that cannot be read without its password.
fn protected() -> BookFault {
    Refused(PROTECTED.into()).into()
}

/// An open workbook, whatever its kind.
pub(super) trait Book: Send {
    /// Its sheets, with what is visible of them.
    fn sheets(&self) -> &[Sheet];

    /// Finds out what is to be known of a sheet before its rows are read.
    ///
    /// # Errors
    /// The sheet cannot be read.
    fn turn_to(&mut self, sheet: &str) -> Result<(), BookFault>;

    /// What the sheet that was turned to holds beside its cells.
    fn facts(&self) -> &SheetFacts;

    /// Hands on each row of that sheet that has a cell, with its number as Excel counts.
    ///
    /// # Errors
    /// The sheet cannot be read to its end.
    fn rows(&mut self, sheet: &str, sink: &mut Sink<'_>) -> Result<(), BookFault>;
}

/// Opens a workbook; the position of an xlsx is told.
///
/// # Errors
/// It is damaged, or no workbook.
pub(super) fn open(
    kind: Kind,
    path: &Path,
    position: &Position,
) -> Result<Box<dyn Book>, BookFault> {
    Ok(match kind {
        Kind::Xlsx => Box::new(xlsx::XlsxBook::open(path, position)?),
        Kind::Xlsb => Box::new(xlsb::XlsbBook::open(path)?),
        Kind::Xls => Box::new(xls::XlsBook::open(path)?),
        Kind::Ods => Box::new(ods::OdsBook::open(path)?),
        Kind::Text => return Err("it is text and not a workbook".into()),
    })
}

/// The sheet that was named, or the first visible one; and the sheets that are not read.
///
/// # Errors
/// There is no such sheet; the text says which there are.
pub(super) fn choose(
    sheets: &[Sheet],
    wanted: Option<&str>,
) -> Result<(String, Vec<OtherSheet>), String> {
    let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let is_visible = |sheet: &Sheet| sheet.visible == SheetVisible::Visible;
    let chosen = match wanted {
        Some(wanted) => tables().find(|sheet| sheet.name == wanted).ok_or_else(|| {
            let names: Vec<_> = tables().map(|sheet| format!("\"{}\"", sheet.name)).collect();
            let near = did_you_mean(wanted, tables().map(|sheet| sheet.name.as_str()));
            format!("has no sheet \"{wanted}\"; its sheets: {}{near}", names.join(", "))
        })?,
        None => tables()
            .find(|sheet| is_visible(sheet))
            .ok_or("has no visible sheet; name one with --sheet")?,
    };
    let others = tables().filter(|sheet| sheet.name != chosen.name);
    let others = others
        .map(|sheet| OtherSheet { name: sheet.name.clone(), is_hidden: !is_visible(sheet) })
        .collect();
    Ok((chosen.name.clone(), others))
}
