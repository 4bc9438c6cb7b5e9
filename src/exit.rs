//! The exit codes: a closed list, so that a script can rely on them.

use crate::model::code::OwnCode;
use crate::model::tally::Tally;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Every row was updated, or in a dry run is valid.
    Done,
    /// Some rows were not.
    SomeRowsNot,
    /// Usage, configuration or an unreadable file: nothing was sent.
    NothingSent,
    /// The run stopped early: login refused, endpoint gone, too many failures, nowhere to write, or a
    /// fault of rowpatch's own.
    StoppedEarly,
    /// Another run holds this target or these results.
    Held,
    /// Interrupted by Ctrl-C or SIGTERM.
    Interrupted,
}

impl ExitCode {
    /// The number that the operating system is given.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeRowsNot => 1,
            Self::NothingSent => 2,
            Self::StoppedEarly => 3,
            Self::Held => 4,
            Self::Interrupted => 130,
        }
    }

    /// The code of a number; nothing if there is none.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        let all = [
            Self::Done,
            Self::SomeRowsNot,
            Self::NothingSent,
            Self::StoppedEarly,
            Self::Held,
            Self::Interrupted,
        ];
        all.into_iter().find(|code| code.number() == number)
    }

    /// What the rows of a file earn. Rows beyond `--limit` do not count.
    #[must_use]
    pub fn of_rows(tally: &Tally) -> Self {
        if tally.all_good() { Self::Done } else { Self::SomeRowsNot }
    }

    /// What a run earns that stopped early, by the code of its rows that were not sent.
    #[must_use]
    pub fn of_stop(code: OwnCode) -> Self {
        if code == OwnCode::Interrupted { Self::Interrupted } else { Self::StoppedEarly }
    }

    /// The graver of two.
    #[must_use]
    pub fn gravest(self, other: Self) -> Self {
        let gravity = |code| match code {
            Self::Done => 0,
            Self::SomeRowsNot => 1,
            Self::NothingSent => 2,
            Self::Held => 3,
            Self::StoppedEarly => 4,
            Self::Interrupted => 5,
        };
        if gravity(other) > gravity(self) { other } else { self }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.number().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_counts() {
        let grave =
            [ExitCode::SomeRowsNot, ExitCode::Interrupted, ExitCode::StoppedEarly, ExitCode::Done];
        assert_eq!(grave.into_iter().fold(ExitCode::Done, ExitCode::gravest).number(), 130);
        assert_eq!(ExitCode::NothingSent.gravest(ExitCode::SomeRowsNot).number(), 2);
        assert_eq!(ExitCode::Held.gravest(ExitCode::StoppedEarly).number(), 3);
    }
}
