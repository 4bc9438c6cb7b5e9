//! A file of rows, found by content, that can be read as often as needed.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8};
use tempfile::NamedTempFile;

use super::dialect;
use super::encoding::{self, Decoded};
use super::fault::SheetFault;
use super::hidden::{self, Hidden};
use super::kind::{self, Kind, unreadable};
use super::text;
use super::workbook::{self, Book};
use super::xls_formats::XlsFormats;
use super::xlsb_formats::XlsbFormats;
use crate::model::cells::Cells;

/// Takes one row with its number as Excel shows it; may say that no more is wanted.
pub(super) type Sink<'a> = dyn FnMut(u64, &Cells) -> ControlFlow<()> + 'a;

/// The name of an input that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// Bytes that are read at once.
const BUFFER: usize = 256 * 1024;

/// Where in the file the rows came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The sheets that were not read.
    pub other_sheets: Vec<String>,
}

impl Origin {
    pub(super) fn sheet_name(&self) -> &str {
        self.sheet.as_deref().unwrap_or_default()
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
    /// Holds what came from standard input; removed with this value.
    _spool: Option<NamedTempFile>,
}

impl Source {
    /// Opens a file and finds its kind; `-` is standard input, which is first copied to a
    /// private temporary file, since it must be read more than once.
    ///
    /// # Errors
    /// A file that is missing, not a regular file, or of no known kind or encoding.
    pub fn open(path: &Path, encoding: Option<&str>) -> Result<Self, SheetFault> {
        let spool = (path.as_os_str() == STANDARD_INPUT).then(spool_standard_input).transpose()?;
        let name = match &spool {
            Some(_) => "standard input".to_owned(),
            None => path.display().to_string(),
        };
        let path = spool.as_ref().map_or(path, |spool| spool.path()).to_owned();
        let told = |text: String| SheetFault::new(&name, text);
        let mut file = open(&path).map_err(told)?;
        let kind = kind::detect(&mut file).map_err(told)?;
        let encoding = match (kind, encoding) {
            (Kind::Text, None) => {
                let rewound = file.rewind().and_then(|()| encoding::detect(&mut file));
                rewound.map_err(|fault| told(unreadable(&fault)))?
            }
            (_, wanted) => wanted.map_or(Ok(UTF_8), encoding::named).map_err(told)?,
        };
        Ok(Self { path, name, kind, encoding, _spool: spool })
    }

    /// The file as the person named it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
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
        let file = open(&self.path).map_err(|text| SheetFault::new(&self.name, text))?;
        let book = Book { name: &self.name, path: &self.path, wanted: sheet };
        // The readers of workbooks panic on some damaged files.
        catch_unwind(AssertUnwindSafe(|| workbook::rows(&book, self.kind, file, sink)))
            .unwrap_or_else(|_| {
                Err(SheetFault::new(
                    &self.name,
                    "is a damaged workbook; open it in Excel and save it again as .xlsx",
                ))
            })
    }

    /// What a sheet does not show, as far as the kind of file can be asked.
    pub(super) fn hidden(&self, sheet: &str) -> Result<Hidden, SheetFault> {
        let file = || open(&self.path).map_err(|text| SheetFault::new(&self.name, text));
        let told = |fault: &dyn Display| {
            let text = format!("cannot be looked through for hidden rows ({fault})");
            SheetFault::new(&self.name, text).in_sheet(Some(sheet))
        };
        match self.kind {
            Kind::Xlsx => hidden::of_xlsx(&file()?, sheet).map_err(|fault| told(&fault)),
            Kind::Xls => match XlsFormats::of(&file()?, sheet) {
                Ok(formats) => Ok(formats.hidden),
                Err(fault) => Err(told(&fault)),
            },
            Kind::Xlsb => match XlsbFormats::of(&file()?, sheet) {
                Ok(formats) => Ok(formats.hidden),
                Err(fault) => Err(told(&fault)),
            },
            Kind::Ods | Kind::Text => Ok(Hidden::default()),
        }
    }

    fn text_rows(&self, sink: &mut Sink<'_>) -> Result<Origin, SheetFault> {
        let told = |text: String| SheetFault::new(&self.name, text);
        let failed = |fault: io::Error| told(unreadable(&fault));
        let mut sample = Vec::new();
        self.text().map_err(told)?.take(BUFFER as u64).read_to_end(&mut sample).map_err(failed)?;
        let dialect = dialect::sniff(&sample, sample.len() < BUFFER);
        let mut input = self.text().map_err(told)?;
        io::copy(&mut input.by_ref().take(dialect.skip as u64), &mut io::sink()).map_err(failed)?;
        text::rows(&self.name, &mut input, dialect.delimiter, sink)?;
        Ok(Origin::default())
    }

    /// The text from its start, as UTF-8: as it stands if that is what it is, faults and all.
    fn text(&self) -> Result<Box<dyn BufRead>, String> {
        let file = BufReader::with_capacity(BUFFER, open(&self.path)?);
        Ok(if self.encoding == UTF_8 {
            Box::new(file)
        } else {
            Box::new(BufReader::new(Decoded::new(file, self.encoding)))
        })
    }
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
