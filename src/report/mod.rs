//! From outcomes to what a person reads: results, rejects, progress, the summary and the page.

mod account;
mod changes;
mod defuse;
mod escape;
mod export;
mod finding_counts;
mod findings;
mod holds;
pub mod names;
mod output;
mod page;
mod plan;
mod progress;
mod rejects;
mod rejects_csv;
mod rejects_xlsx;
mod results;
mod results_reader;
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
pub use page::Page;
pub use plan::{PlannedChanges, Screen};
pub use progress::{Audience, Progress};
pub use rejects::{Reject, Rejects, RejectsKind};
pub use results::{Line, ResultsWriter};
pub use results_reader::{ReadLine, ResultsFault, ResultsReader};
pub use sending::Sending;
pub use stored_otherwise::stored_otherwise;
pub use summary::{Facts, summary};
pub use template::{csv_template, xlsx_template};

/// The UTF-8 byte-order mark: without it Excel takes the file for another encoding.
const BOM: &[u8] = b"\xEF\xBB\xBF";
