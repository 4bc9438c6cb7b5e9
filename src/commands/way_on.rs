//! How rows that are left to do are taken up again.

/// Who goes on with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayOn {
    /// Whoever gives the same command with `--resume`.
    Resume,
    /// The next import, by itself; it is told where the file is left.
    NextImport,
}

impl WayOn {
    /// What to do about rows that are left.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Resume => "Give --resume to go on with the rows that are left.",
            Self::NextImport => "",
        }
    }

    /// What to do when a fault is mended.
    pub(super) fn when_mended(self) -> &'static str {
        match self {
            Self::Resume => "mend this, then give --resume.",
            Self::NextImport => "mend this; the next import goes on with it.",
        }
    }
}
