//! `show`: a sheet as rowpatch reads it.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;

use super::blocking::tolerate_closed_pipe;
use crate::cli::ShowArgs;
use crate::exit::ExitCode;
use crate::model::cells::Cells;
use crate::sheet::Source;

/// Writes every row of the sheet from cell A1, blank ones too, as CSV to standard output.
pub(super) fn run(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let source = Source::open(&args.file, args.encoding.as_deref())?;
    let sheet = args.sheet.as_deref();
    let width = if source.has_ragged_rows() { 0 } else { widest_row(&source, sheet)? };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut next = 1;
    let mut written = Ok(());
    source.rows(sheet, &mut |number, cells| {
        written = write_rows(&mut out, number - next, cells, width);
        next = number + 1;
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    tolerate_closed_pipe(written.and_then(|()| out.flush()))?;
    Ok(ExitCode::Done)
}

/// The cells of the widest row: a workbook's rows all show as many.
fn widest_row(source: &Source, sheet: Option<&str>) -> anyhow::Result<usize> {
    let mut width = 0;
    source.rows(sheet, &mut |_, cells| {
        width = width.max(cells.len());
        ControlFlow::Continue(())
    })?;
    Ok(width)
}

fn write_rows(out: &mut impl Write, blank: u64, cells: &Cells, width: usize) -> io::Result<()> {
    for _ in 0..blank {
        write_row(out, &Cells::default(), width)?;
    }
    write_row(out, cells, width)
}

/// A row without a cell is an empty line, which the csv writer cannot be asked for.
fn write_row(out: &mut impl Write, cells: &Cells, width: usize) -> io::Result<()> {
    if cells.is_empty() && width == 0 {
        return out.write_all(b"\n");
    }
    let mut line = csv::Writer::from_writer(out);
    let padding = std::iter::repeat_n("", width.saturating_sub(cells.len()));
    line.write_record(cells.iter().chain(padding))?;
    line.flush()
}
