//! Whether the rows of two reads are the same.
//!
//! The input is read several times and may change in between. A hash of each batch is kept
//! from the first read and compared before a later read's rows are used. It is taken over
//! cell texts and places, so that a workbook saved again with the same cells is the same input.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::model::row::RowBatch;

/// SHA-256 of the rows of one batch, or of a whole input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of a batch.
    #[must_use]
    pub fn of(batch: &RowBatch) -> Self {
        let mut hash = Sha256::new();
        let mut lengths = Vec::new();
        for row in batch.rows() {
            lengths.clear();
            lengths.extend(row.place.number.to_le_bytes());
            for cell in row.cells() {
                lengths.extend(cell.len().to_le_bytes());
            }
            hash.update(&lengths);
            hash.update(row.text());
        }
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Rows that have something in common, as a hash of their positions in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct RowSet {
    hash: Sha256,
    has_any: bool,
}

impl RowSet {
    /// Adds the row with this index.
    pub fn add(&mut self, index: u64) {
        self.hash.update(index.to_le_bytes());
        self.has_any = true;
    }

    /// One hash for all of them, in hexadecimal digits; nothing if there is none.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        self.has_any.then(|| Digest(self.hash.clone().finalize().into()).to_string())
    }
}

/// The hashes of the batches of a whole read, in order.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint(Vec<Digest>);

impl Fingerprint {
    /// Adds the hash of the next batch.
    pub fn push(&mut self, digest: Digest) {
        self.0.push(digest);
    }

    /// Whether the batch at `position` of another read is the one that was read then.
    #[must_use]
    pub fn matches(&self, position: usize, digest: Digest) -> bool {
        self.0.get(position) == Some(&digest)
    }

    /// Number of batches.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.0.len()
    }

    /// One hash for all rows.
    #[must_use]
    pub fn whole(&self) -> Digest {
        let mut hash = Sha256::new();
        for digest in &self.0 {
            hash.update(digest.0);
        }
        Digest(hash.finalize().into())
    }
}
