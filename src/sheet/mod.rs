//! From a spreadsheet to rows: the text of each cell, and where it stands.
//!
//! [`Source`] is a file whose kind was found by its content; it hands on every row as it
//! stands. [`Table`] is a source whose header row is settled; it hands on the data rows in
//! batches, and can be read as often as needed.

mod change_header;
mod facts;
mod fault;
mod fingerprint;
mod header;
mod header_search;
mod key_header;
mod kind;
mod lock_file;
mod origin;
mod position;
mod reader_panics;
mod shown;
mod source;
mod table;
mod text;
mod unpacking;
mod workbook;

pub use facts::{Hidden, SheetFacts};
pub use fault::SheetFault;
pub use fingerprint::{Digest, Fingerprint, RowSet};
pub use lock_file::beside as lock_file_beside;
pub use origin::{Origin, OtherSheet};
pub use reader_panics::is_reading_workbook;
pub use source::Source;
pub use table::Table;
