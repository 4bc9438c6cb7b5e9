//! Cells that one thread reads while another makes texts and rows of them, which takes nearly as long.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use calamine::{Cell, DataRef};

use super::BookFault;
use crate::sheet::reader_panics::as_reader;

/// A cell, and the style that it names where it does.
pub(super) type Styled<'a, S> = (Cell<DataRef<'a>>, S);

/// Cells that are handed over at once.
const CELLS: usize = 4_096;
/// Bytes of texts of their own after which fewer are.
const BYTES: usize = 1 << 20;
/// Such lots that may wait to be taken.
const LOTS: usize = 2;

/// Reads cells with `next`, and hands each to `take`, until there are no more or no more are wanted.
/// Whether all were taken.
///
/// # Errors
/// Those of either; that of `next` comes after all cells before it were taken.
///
/// # Panics
/// As either does.
pub(super) fn read_ahead<'a, S: Send, E: Send + Into<BookFault>>(
    mut next: impl FnMut() -> Result<Option<Styled<'a, S>>, E> + Send,
    mut take: impl FnMut(&Styled<'a, S>) -> Result<ControlFlow<()>, BookFault>,
) -> Result<ControlFlow<()>, BookFault> {
    thread::scope(|scope| {
        let (queue, lots) = sync_channel(LOTS);
        let reader = scope.spawn(move || {
            as_reader(|| {
                loop {
                    let (lot, end) = fill(&mut next);
                    let is_wanted = queue.send(lot).is_ok();
                    match end {
                        Some(end) => return end,
                        None if is_wanted => {}
                        None => return Ok(()),
                    }
                }
            })
        });
        let taken = take_all(lots, &mut take);
        // Where no more was wanted, neither is a fault of what was read beyond.
        let read = reader.join();
        if matches!(taken, Ok(ControlFlow::Continue(()))) {
            read.unwrap_or_else(|panic| resume_unwind(panic)).map_err(Into::into)?;
        }
        taken
    })
}

fn take_all<'a, S>(
    lots: Receiver<Vec<Styled<'a, S>>>,
    take: &mut impl FnMut(&Styled<'a, S>) -> Result<ControlFlow<()>, BookFault>,
) -> Result<ControlFlow<()>, BookFault> {
    for cell in lots.into_iter().flatten() {
        if take(&cell)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The next cells, and how the read ended if it did.
fn fill<'a, S, E>(
    next: &mut impl FnMut() -> Result<Option<Styled<'a, S>>, E>,
) -> (Vec<Styled<'a, S>>, Option<Result<(), E>>) {
    let mut lot = Vec::with_capacity(CELLS);
    let mut bytes = 0;
    while lot.len() < CELLS && bytes < BYTES {
        match next() {
            Ok(Some(cell)) => {
                bytes += own_bytes(cell.0.get_value());
                lot.push(cell);
            }
            Ok(None) => return (lot, Some(Ok(()))),
            Err(fault) => return (lot, Some(Err(fault))),
        }
    }
    (lot, None)
}

/// Bytes of the text of a cell that is not shared with others.
fn own_bytes(value: &DataRef<'_>) -> usize {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.len()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::reader_panics::caught;

    /// More than wait at any time.
    const MANY: u32 = 10_000;

    /// Reads a number a row up to some row, and takes them up to another; the rows that were taken.
    fn read(
        mut end: impl FnMut(u32) -> Result<Option<()>, &'static str> + Send,
        wants: impl Fn(u32) -> Result<ControlFlow<()>, BookFault>,
    ) -> (u32, Result<ControlFlow<()>, BookFault>) {
        let (mut row, mut taken) = (0, 0);
        let next = || {
            let cell = Cell::new((row, 0), DataRef::Float(1.0));
            row += 1;
            end(row).map(|more| more.map(|()| (cell, ())))
        };
        let read = read_ahead(next, |(cell, ())| {
            assert_eq!(cell.get_position(), (taken, 0));
            taken += 1;
            wants(taken)
        });
        (taken, read)
    }

    const GOES_ON: fn(u32) -> Result<ControlFlow<()>, BookFault> =
        |_| Ok(ControlFlow::Continue(()));

    #[test]
    fn all_cells_come_in_their_order() {
        let (taken, read) = read(|row| Ok((row <= MANY).then_some(())), GOES_ON);
        assert_eq!(taken, MANY);
        assert!(read.expect("read").is_continue());
    }

    #[test]
    fn a_fault_comes_after_the_cells_before_it() {
        let end = |row| if row > MANY { Err("damaged") } else { Ok(Some(())) };
        let (taken, read) = read(end, GOES_ON);
        assert_eq!(taken, MANY);
        assert_eq!(read.expect_err("a fault").to_string(), "damaged");
    }

    #[test]
    fn what_lies_beyond_the_last_that_is_wanted_is_not_told() {
        let endless = |_| Ok(Some(()));
        let damaged = |row| if row > 5 { Err("damaged") } else { Ok(Some(())) };
        for end in [endless, damaged] as [fn(u32) -> _; 2] {
            let (taken, broken_off) = read(end, |row| {
                Ok(if row < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
            });
            assert_eq!(taken, 3);
            assert!(broken_off.expect("read").is_break());
            let (taken, refused) = read(end, |_| Err("not in order".into()));
            assert_eq!(taken, 1);
            assert_eq!(refused.expect_err("refused").to_string(), "not in order");
        }
    }

    #[test]
    fn a_panic_of_the_reader_is_caught_as_one() {
        let end = |row| if row > MANY { panic!("of the reader") } else { Ok(Some(())) };
        assert!(caught(|| read(end, GOES_ON).0).is_none());
    }
}
