//! How far a file has been read, for whoever looks on.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that the present read of a file has taken so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Position(Arc<AtomicU64>);

impl Position {
    /// A new read begins.
    pub(super) fn restart(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// The part of so many bytes that was read, from 0 to 1; nothing where they are not known.
    pub(super) fn part_of(&self, bytes: u64) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a part to show")]
        let part = self.0.load(Ordering::Relaxed) as f64 / bytes as f64;
        (bytes > 0).then(|| part.min(1.0))
    }
}

/// A file whose bytes are counted as they are read. It is read in large pieces, so that this costs nothing.
#[derive(Debug)]
pub(super) struct Counted<R> {
    inner: R,
    position: Position,
}

impl<R> Counted<R> {
    /// A file of which the position is told.
    pub(super) fn new(inner: R, position: &Position) -> Self {
        Self { inner, position: position.clone() }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_was_read_is_known_where_the_whole_is() {
        let position = Position::default();
        let mut file = Counted::new(&b"0123456789"[..], &position);
        assert_eq!(position.part_of(10), Some(0.0));
        file.read_exact(&mut [0; 4]).expect("read");
        assert_eq!(position.part_of(10), Some(0.4));
        assert_eq!(position.part_of(2), Some(1.0));
        assert_eq!(position.part_of(0), None);
        position.restart();
        assert_eq!(position.part_of(10), Some(0.0));
    }
}
