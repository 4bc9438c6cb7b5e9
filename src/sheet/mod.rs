//! From a spreadsheet to rows: the text of each cell, and where it stands.
//!
//! [`Source`] is a file whose kind was found by its content; it hands on every row as it
//! stands. [`Table`] is a source whose header row is settled; it hands on the data rows in
//! batches, and can be read as often as needed.

mod cell;
mod dialect;
mod encoding;
mod fault;
mod fingerprint;
mod header;
mod header_search;
mod hidden;
mod kind;
mod little_endian;
mod number_format;
mod ods;
mod ods_cell;
mod rounding;
mod source;
mod styles;
mod table;
mod text;
mod workbook;
mod xls_formats;
mod xlsb_formats;
mod xml;

pub use fault::SheetFault;
pub use fingerprint::{Digest, Fingerprint};
pub use hidden::Hidden;
pub use source::{Origin, Source};
pub use table::Table;
