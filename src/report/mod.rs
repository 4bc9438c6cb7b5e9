//! From outcomes to what a person reads: results, rejects, progress and the summary.

mod account;
mod changes;
mod defuse;
mod escape;
mod export;
mod finding_counts;
mod findings;
pub mod names;
mod output;
mod plan;
mod progress;
mod rejects;
mod rejects_csv;
mod rejects_xlsx;
mod results;
mod sending;
mod stored_otherwise;
mod summary;
mod template;

pub use account::{Account, End, Source};
pub use changes::{ChangeLine, ChangesWriter, MadeLine};
pub use escape::escape;
pub use export::{ExportKind, ExportWriter, NotShown};
pub use finding_counts::FindingCounts;
pub use findings::FindingLine;
pub use output::{Output, OutputFault, Placed, Replace, move_aside, sweep};
pub use plan::{PlannedChanges, Screen};
pub use progress::{Audience, Progress};
pub use rejects::{Reject, Rejects, RejectsKind};
pub use results::{Line, ResultsWriter, statuses};
pub use sending::Sending;
pub use stored_otherwise::stored_otherwise;
pub use summary::{Facts, summary};
pub use template::{csv_template, xlsx_template};

/// The UTF-8 byte-order mark: without it Excel takes the file for another encoding.
const BOM: &[u8] = b"\xEF\xBB\xBF";
