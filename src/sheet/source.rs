//! A file of rows, found by content, that can be read as often as needed.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use encoding_rs::{Encoding, UTF_8};
use tempfile::NamedTempFile;

use super::facts::SheetFacts;
use super::fault::SheetFault;
use super::kind::{self, Kind, unreadable};
use super::origin::Origin;
use super::position::{Counted, Position};
use super::reader_panics::{caught, outside};
use super::text;
use super::text::dialect::{self, Dialect};
use super::text::encoding::{self, Decoded};
use super::workbook::{self, Book, BookFault, Refused};
use crate::model::cells::Cells;

/// Takes one row with its number as Excel shows it; may say that no more is wanted.
pub(super) type Sink<'a> = dyn FnMut(u64, &Cells) -> ControlFlow<()> + 'a;

/// The name of an input that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// Bytes that are read at once.
const BUFFER: usize = 256 * 1024;

/// A workbook, and the sheet that was turned to.
struct OpenBook {
    book: Box<dyn Book>,
    sheet: Option<String>,
}

impl fmt::Debug for OpenBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBook").field("sheet", &self.sheet).finish_non_exhaustive()
    }
}

/// A spreadsheet file.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    name: String,
    kind: Kind,
    /// How the bytes of a text are to be read.
    encoding: &'static Encoding,
    /// Whether that was guessed.
    is_guessed: bool,
    /// A workbook, opened once: the texts that its cells share are not loaded again for every read.
    book: Mutex<Option<OpenBook>>,
    /// How far the present read has come.
    pub(super) position: Position,
    /// Holds what came from standard input; removed with this value.
    _spool: Option<NamedTempFile>,
}

impl Source {
    /// Opens a file and finds its kind; `-` is standard input, which is first copied to a
    /// private temporary file, since it must be read more than once.
    ///
    /// # Errors
    /// A file that is missing, not a regular file, or of no known kind or encoding.
    pub fn open(path: &Path, wanted_encoding: Option<&str>) -> Result<Self, SheetFault> {
        let spool = (path.as_os_str() == STANDARD_INPUT).then(spool_standard_input).transpose()?;
        let name = match &spool {
            Some(_) => "standard input".to_owned(),
            None => path.display().to_string(),
        };
        let path = spool.as_ref().map_or(path, |spool| spool.path()).to_owned();
        let told = |text: String| SheetFault::new(&name, text);
        let mut file = open(&path).map_err(told)?;
        let kind = kind::detect(&mut file).map_err(told)?;
        let named = wanted_encoding.map(encoding::named).transpose().map_err(told)?;
        let encoding = if kind == Kind::Text {
            encoding::of(&mut file, named).map_err(|fault| told(unreadable(&fault)))?
        } else {
            UTF_8
        };
        let is_guessed = kind == Kind::Text && wanted_encoding.is_none();
        let (book, position) = (Mutex::new(None), Position::default());
        Ok(Self { path, name, kind, encoding, is_guessed, book, position, _spool: spool })
    }

    /// The file as the person named it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the rows are read from.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The encoding of a text that is not UTF-8.
    pub(super) fn encoding(&self) -> Option<String> {
        let is_told = self.kind == Kind::Text && self.encoding != UTF_8;
        let guessed =
            if self.is_guessed { ", found by content; --encoding says better" } else { "" };
        is_told.then(|| format!("{}{guessed}", self.encoding.name()))
    }

    /// Bytes of a text; 0 for a workbook, which is packed.
    pub(super) fn text_length(&self) -> u64 {
        let length = || std::fs::metadata(&self.path).map(|facts| facts.len()).ok();
        if self.kind == Kind::Text { length().unwrap_or(0) } else { 0 }
    }

    /// Whether short rows are ragged, as in text, rather than ending in blank cells, as in a workbook.
    #[must_use]
    pub fn has_ragged_rows(&self) -> bool {
        self.kind == Kind::Text
    }

    /// Hands on every row that has a cell, from the first of the sheet, nothing interpreted.
    ///
    /// # Errors
    /// A file that cannot be read, named by sheet, row and column as far as known.
    pub fn rows(
        &self,
        sheet: Option<&str>,
        sink: &mut dyn FnMut(u64, &Cells) -> ControlFlow<()>,
    ) -> Result<Origin, SheetFault> {
        if self.kind == Kind::Text {
            if let Some(sheet) = sheet {
                let text = format!("is text and has no sheet \"{sheet}\"; leave out --sheet");
                return Err(SheetFault::new(&self.name, text));
            }
            return self.text_rows(sink);
        }
        self.with_book(sheet, |open, origin| {
            let sheet = origin.sheet.as_deref().unwrap_or_default();
            open.book.rows(sheet, &mut |number, cells| outside(|| sink(number, cells)))
        })
    }

    /// What the sheet that was read last holds beside its cells; nothing for a text.
    #[must_use]
    pub fn facts(&self) -> SheetFacts {
        let held = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|open| open.book.facts().clone()).unwrap_or_default()
    }

    /// Opens the workbook unless it is open, turns to the sheet, and uses it.
    fn with_book(
        &self,
        wanted: Option<&str>,
        work: impl FnOnce(&mut OpenBook, &Origin) -> Result<(), BookFault>,
    ) -> Result<Origin, SheetFault> {
        let mut held = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let read = caught(|| {
            let damaged = |fault: BookFault| SheetFault::new(&self.name, damaged_text(&*fault));
            if held.is_none() {
                let book =
                    workbook::open(self.kind, &self.path, &self.position).map_err(damaged)?;
                *held = Some(OpenBook { book, sheet: None });
            }
            let open = held.as_mut().expect("it was opened just now");
            let (sheet, other_sheets) = workbook::choose(open.book.sheets(), wanted)
                .map_err(|text| SheetFault::new(&self.name, text))?;
            let in_sheet = |fault| damaged(fault).in_sheet(Some(&sheet));
            if open.sheet.as_ref() != Some(&sheet) {
                open.book.turn_to(&sheet).map_err(in_sheet)?;
                open.sheet = Some(sheet.clone());
            }
            let origin = Origin { sheet: Some(sheet.clone()), other_sheets };
            work(open, &origin).map_err(in_sheet)?;
            Ok(origin)
        });
        read.unwrap_or_else(|| {
            *held = None;
            let text = "is a damaged workbook; open it in Excel and save it again as .xlsx";
            Err(SheetFault::new(&self.name, text))
        })
    }

    fn text_rows(&self, sink: &mut Sink<'_>) -> Result<Origin, SheetFault> {
        let told = |text: String| SheetFault::new(&self.name, text);
        let failed = |fault: io::Error| told(unreadable(&fault));
        let dialect = self.dialect().map_err(told)?;
        let mut input = self.text().map_err(told)?;
        io::copy(&mut input.by_ref().take(dialect.skip as u64), &mut io::sink()).map_err(failed)?;
        text::rows(&self.name, &mut input, dialect.delimiter, sink)?;
        Ok(Origin::default())
    }

    /// What the start of the text says of the rest.
    fn dialect(&self) -> Result<Dialect, String> {
        let mut sample = Vec::new();
        let read = self.text()?.take(BUFFER as u64).read_to_end(&mut sample);
        read.map_err(|fault| unreadable(&fault))?;
        Ok(dialect::sniff(&sample, sample.len() < BUFFER))
    }

    /// The text from its start, as UTF-8: as it stands if that is what it is, faults and all.
    fn text(&self) -> Result<Box<dyn BufRead>, String> {
        self.position.restart();
        let file = Counted::new(open(&self.path)?, &self.position);
        let file = BufReader::with_capacity(BUFFER, file);
        Ok(if self.encoding == UTF_8 {
            Box::new(file)
        } else {
            Box::new(BufReader::new(Decoded::new(file, self.encoding)))
        })
    }
}

fn damaged_text(fault: &(dyn Error + 'static)) -> String {
    if fault.is::<Refused>() {
        return fault.to_string();
    }
    format!("cannot be read as a workbook ({fault}); open it in Excel and save it again as .xlsx")
}

/// Opens a regular file: a pipe or a device could not be read a second time.
fn open(path: &Path) -> Result<File, String> {
    let facts = std::fs::metadata(path).map_err(|fault| unreadable(&fault))?;
    if facts.is_dir() {
        return Err("is a folder; name the file in it".into());
    }
    if !facts.is_file() {
        return Err("is not a regular file; to read from a pipe write - as the file".into());
    }
    File::open(path).map_err(|fault| unreadable(&fault))
}

fn spool_standard_input() -> Result<NamedTempFile, SheetFault> {
    let copy = || {
        let mut spool = NamedTempFile::new()?;
        io::copy(&mut io::stdin().lock(), &mut spool)?;
        Ok(spool)
    };
    copy().map_err(|fault: io::Error| {
        SheetFault::new("standard input", format!("cannot be copied to a temporary file: {fault}"))
    })
}
