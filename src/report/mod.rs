//! From outcomes to what a person reads: results, rejects, progress, the summary and the page.

mod account;
mod book_cells;
mod book_summary;
mod changes;
mod defuse;
mod escape;
mod export;
mod finding_counts;
mod findings;
mod holds;
pub mod names;
mod output;
mod pace;
mod page;
mod pause;
mod plan;
mod progress;
mod reading;
mod rejects;
mod rejects_csv;
mod rejects_xlsx;
mod results;
mod results_book;
mod results_reader;
mod sending;
mod so_far;
mod stored_otherwise;
mod summary;
mod template;

pub use account::{Account, End, Source};
pub use book_summary::BookSummary;
pub use changes::{ChangeLine, ChangesWriter, MadeLine};
pub use escape::escape;
pub use export::{ExportKind, ExportWriter, NotShown};
pub use finding_counts::FindingCounts;
pub use findings::FindingLine;
pub use output::{Output, OutputFault, Placed, Replace, move_aside, sweep};
pub use page::Page;
pub use pause::Pause;
pub use plan::{PlannedChanges, Screen};
pub use progress::{Audience, Progress};
pub use reading::Reading;
pub use rejects::{Reject, Rejects, RejectsKind};
pub use results::{Line, ResultsWriter};
pub use results_book::ResultsBook;
pub use results_reader::{ReadLine, ResultsFault, ResultsReader};
pub use sending::Sending;
pub use so_far::Doing;
pub use stored_otherwise::stored_otherwise;
pub use summary::{Facts, summary};
pub use template::{csv_template, xlsx_template};

/// The UTF-8 byte-order mark: without it Excel takes the file for another encoding.
const BOM: &[u8] = b"\xEF\xBB\xBF";
