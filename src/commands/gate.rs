//! What a file must be like to be sent with nobody watching.

use std::collections::HashMap;

use anyhow::bail;

use super::survey::Input;
use crate::config::Guards;
use crate::model::counted::{counted, grouped};

/// What keeps a file from being sent, before the first request.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate {
    /// What it must be like.
    pub(super) guards: Guards,
    /// By the SHA-256 of its rows, the name of each file that was sent to the same target before.
    pub(super) sent: HashMap<String, String>,
}

/// More rows than may be do not pass the checks.
#[derive(Debug, thiserror::Error)]
#[error(
    "{file}: {invalid} of {rows} did not pass the checks, and [import] max_invalid is {most}; nothing was sent"
)]
pub(super) struct TooManyInvalid {
    file: String,
    invalid: String,
    rows: String,
    most: String,
}

impl Gate {
    /// Lets a file through.
    ///
    /// # Errors
    /// It is not as it must be, or has the rows of one that was sent before.
    pub(super) fn check(&self, input: &Input) -> anyhow::Result<()> {
        let (survey, file) = (&input.survey, input.path.display());
        let Guards { min_rows, max_rows, max_invalid } = self.guards;
        if let Some(least) = min_rows.filter(|least| survey.rows < *least) {
            bail!(
                "{file}: has {}, and [import] min_rows is {}; nothing was sent",
                counted(survey.rows, "row"),
                grouped(least)
            );
        }
        if let Some(most) = max_rows.filter(|most| survey.rows > *most) {
            bail!(
                "{file}: has {}, and [import] max_rows is {}; nothing was sent",
                counted(survey.rows, "row"),
                grouped(most)
            );
        }
        if let Some(most) = max_invalid.filter(|most| survey.invalid > most.rows(survey.rows)) {
            return Err(TooManyInvalid {
                file: file.to_string(),
                invalid: grouped(survey.invalid),
                rows: counted(survey.rows, "row"),
                most: most.to_string(),
            }
            .into());
        }
        if let Some(name) = self.sent.get(&survey.first_read.fingerprint.whole().to_string()) {
            bail!(
                "{file}: has the same rows as {name}, which was sent before; it is held, and nothing was sent"
            );
        }
        Ok(())
    }
}
