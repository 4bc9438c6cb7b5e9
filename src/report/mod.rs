//! From outcomes to what a person reads: results, rejects, progress and the summary.

mod account;
mod book_cells;
mod book_summary;
mod changes;
mod defuse;
mod escape;
mod finding_counts;
mod findings;
pub mod names;
mod output;
mod pace;
mod pause;
mod plan;
mod progress;
mod reading;
mod rejects;
mod rejects_csv;
mod rejects_xlsx;
mod results;
mod results_book;
mod sending;
mod so_far;
mod stored_otherwise;
mod summary;
mod template;

pub use account::{Account, End, Source};
pub use book_summary::BookSummary;
pub use changes::{ChangeLine, ChangesWriter, MadeLine};
pub use escape::escape;
pub use finding_counts::FindingCounts;
pub use findings::FindingLine;
pub use output::{Output, OutputFault, Placed, Replace, move_aside, sweep};
pub use pause::Pause;
pub use plan::{PlannedChanges, Screen};
pub use progress::{Audience, Progress};
pub use reading::Reading;
pub use rejects::{Reject, Rejects, RejectsKind};
pub use results::{Line, ResultsWriter};
pub use results_book::ResultsBook;
pub use sending::Sending;
pub use so_far::Doing;
pub use stored_otherwise::stored_otherwise;
pub use summary::{Facts, summary};
pub use template::{csv_template, xlsx_template};

/// The UTF-8 byte-order mark: without it Excel takes the file for another encoding.
const BOM: &[u8] = b"\xEF\xBB\xBF";
