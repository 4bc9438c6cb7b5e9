//! What the fuzz targets share: how a panic is judged, the bound of memory, and what holds for every file.

pub mod package;

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::process::abort;

use cap::Cap;
use rowpatch::model::mapping::{HiddenRows, Mapping, SheetChoice};
use rowpatch::model::record::CUSTOMER_CONTACT;
use rowpatch::sheet::{Source, Table};
use tempfile::NamedTempFile;

/// Most bytes that are allocated at once: beyond them the process ends, which is a finding.
const MOST_MEMORY: usize = 512 << 20;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// Bytes of the texts of a row.
const MOST_ROW_BYTES: usize = 16 << 20;

#[global_allocator]
static MEMORY: Cap<std::alloc::System> = Cap::new(std::alloc::System, MOST_MEMORY);

thread_local! {
    static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().expect("a file"));
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// To be called once: a panic within a library is no finding as long as rowpatch catches it.
///
/// libFuzzer's own hook ends the process at any panic, before it can be caught. One of rowpatch
/// itself (or of a target's assertion) ends it still, since a caught one would hide a fault.
pub fn judge_panics() {
    set_hook(Box::new(|panic| {
        if is_of_library(panic) {
            LAST_PANIC.set(panic.to_string());
        } else {
            eprintln!("{panic}");
            abort();
        }
    }));
}

fn is_of_library(panic: &PanicHookInfo<'_>) -> bool {
    let file = panic.location().map(|location| location.file().replace('\\', "/"));
    file.is_some_and(|file| file.contains("/registry/src/") || file.starts_with("/rustc/"))
}

/// Runs one input; a panic that comes out of it is told and ends the process.
pub fn run<T>(input: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(input)).unwrap_or_else(|_| {
        eprintln!("a panic got out: {}", LAST_PANIC.take());
        abort();
    })
}

/// Reads a file as a run does, and asserts what holds for every one.
pub fn read(bytes: &[u8], encoding: Option<&str>) {
    run(|| {
        FILE.with_borrow(|file| {
            std::fs::write(file.path(), bytes).expect("written");
            let Ok(source) = Source::open(file.path(), encoding) else { return };
            let first = rows(&source);
            assert_eq!(rows(&source), first, "a second read gives the same");
            let again = Source::open(file.path(), encoding).expect("it was opened before");
            assert_eq!(rows(&again), first, "so does one of a file that is opened again");
            read_table(again);
        });
    });
}

/// Reads a file of which no row may be refused.
pub fn read_whole(bytes: &[u8]) {
    run(|| {
        FILE.with_borrow(|file| {
            std::fs::write(file.path(), bytes).expect("written");
            let source = Source::open(file.path(), None).expect("a spreadsheet");
            let (_, fault) = rows(&source);
            assert_eq!(fault, None);
        });
    });
}

/// The number and the hash of every row, and the fault that ends them.
fn rows(source: &Source) -> (Vec<(u64, u64)>, Option<String>) {
    let mut rows = Vec::new();
    let mut last = 0;
    let read = source.rows(None, &mut |number, cells| {
        assert!(number > last, "row {number} comes after row {last}");
        last = number;
        assert!(cells.len() <= MOST_COLUMNS, "row {number} has {} cells", cells.len());
        assert!(cells.text_len() <= MOST_ROW_BYTES, "row {number}: {} bytes", cells.text_len());
        assert_eq!(cells.iter().map(str::len).sum::<usize>(), cells.text_len());
        assert!(cells.marks().count() <= cells.len(), "row {number} has a mark without a cell");
        let mut hash = DefaultHasher::new();
        cells.iter().for_each(|cell| cell.hash(&mut hash));
        rows.push((number, hash.finish()));
        ControlFlow::Continue(())
    });
    let fault = read.err().map(|fault| fault.to_string());
    assert!(fault.as_ref().is_none_or(|fault| !fault.is_empty()));
    (rows, fault)
}

/// Data rows come in ascending order below the header, numbered without a gap.
fn read_table(source: Source) {
    let choice = SheetChoice { hidden_rows: Some(HiddenRows::Include), ..SheetChoice::default() };
    let table = Table::open(source, &choice, &Mapping::default(), &CUSTOMER_CONTACT);
    let Ok(table) = table else { return };
    let (mut last, mut count) = (table.header_row(), 0);
    let _ = table.read(&mut |batch| {
        for row in batch.rows() {
            assert!(row.place.number > last);
            assert_eq!(row.place.index, count);
            (last, count) = (row.place.number, count + 1);
        }
        ControlFlow::Continue(())
    });
}
