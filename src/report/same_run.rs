//! Whether an account is of the run that results tell of, what is said where it is not, and whether there was a
//! run at all.

use super::Account;
use crate::model::outcome::Status;

/// What is said where there is none.
pub(super) const NO_ACCOUNT: &str =
    "there is no account of the run (….run.json) beside these results";
/// What is said of one that does not fit.
pub(super) const OF_ANOTHER: &str =
    "the account beside these results (….run.json) counts other rows, so that it is of another run";

/// Whether an account counts the rows that the results have.
pub(super) fn fits(account: &Account, rows: impl Fn(Status) -> u64) -> bool {
    let counted = |status: Status| account.rows.by_status.get(status.as_str()).copied();
    Status::ALL.into_iter().all(|status| counted(status).unwrap_or(0) == rows(status))
}

/// Whether results, with the account beside them, are those of a check: there is none of it, and no row ended as only
/// rows of a run do.
pub(super) fn is_check(account: Option<&Account>, rows: impl Fn(Status) -> u64) -> bool {
    let is_of_runs = |status: &Status| !matches!(status, Status::Invalid | Status::Unchanged);
    let may_be_check =
        || !Status::ALL.into_iter().filter(is_of_runs).any(|status| rows(status) > 0);
    rows(Status::Valid) > 0 || account.is_none() && may_be_check()
}
