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

    /// What to do about a run that cannot be continued with what holds now.
    pub(super) fn with_what_it_had(self) -> &'static str {
        match self {
            Self::Resume => {
                "Give --resume with what it had, or --start-over to leave it and begin again."
            }
            Self::NextImport => "When it has again what it had, the next import goes on with it.",
        }
    }

    /// What to do to send rows with other settings that a run has finished.
    pub(super) fn with_those_of_now(self) -> &'static str {
        match self {
            Self::Resume => "give --start-over to send them once more with those of now",
            Self::NextImport => {
                "put the file into the inbox again to send them once more with those of now"
            }
        }
    }

    /// What to do to send rows again that a run has finished, as the end of a sentence.
    pub(super) fn once_more(self) -> &'static str {
        match self {
            Self::Resume => "; give --start-over to send it once more",
            Self::NextImport => "",
        }
    }
}
