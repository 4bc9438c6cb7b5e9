//! What each help ends with: examples, and how the program ends.

/// All verbs.
pub(super) const ALL: &str = "A first run, in four steps:
  rowpatch check contacts.xlsx                 read and check it; nothing is sent
  rowpatch update contacts.xlsx --sandbox      rehearse, without a server
  rowpatch init                                write a config.toml, and fill in where to
  rowpatch update contacts.xlsx --limit 5      a careful first step

rowpatch VERB --help tells more, with examples.";

/// `init`.
pub(super) const INIT: &str = "Examples:
  rowpatch init                    config.toml in this folder; one that is there is left alone
  rowpatch init live.toml          another name, for --config
  rowpatch init -                  on standard output";

/// `doctor`.
pub(super) const DOCTOR: &str = "Examples:
  rowpatch doctor
  rowpatch doctor --target live

Each step is one line: ok, FAILED or skipped. At most one login is sent, and no update.

Exit codes: 0 nothing failed, 2 the configuration, the password or the folder is at fault,
3 the endpoint or the login is, 130 interrupted.";

/// `check`.
pub(super) const CHECK: &str = "Examples:
  rowpatch check contacts.xlsx
  rowpatch check contacts.xlsx --sheet Contacts --skip-hidden
  rowpatch check contacts.csv --all --results findings.csv
  rowpatch check contacts.csv --format json        one JSON object a line, for programs

Exit codes: 0 every row is valid, 1 some are not, 2 usage, configuration or an unreadable file,
130 interrupted.";

/// `plan`.
pub(super) const PLAN: &str = "Examples:
  rowpatch plan contacts.xlsx
  rowpatch plan contacts.xlsx --out plan.csv       then: rowpatch update --plan plan.csv

The first 50 changes are shown, then counts. NO_COLOR takes the colours away.
Exit codes: 0 nothing stands in the way, 1 some rows name no record, are invalid or could not be
compared, 2 usage, configuration or an unreadable file, 3 stopped early, 4 another run is going on,
130 interrupted.";

/// `update`.
pub(super) const UPDATE: &str = "Examples:
  rowpatch update contacts.xlsx --sandbox          rehearse, without a server
  rowpatch update contacts.xlsx --dry-run          everything but sending
  rowpatch update contacts.xlsx --limit 5          a careful first step
  rowpatch update contacts.xlsx --resume           the rest, also after an interruption
  rowpatch update contacts.csv --target demo --yes --results monday.xlsx

Exit codes: 0 every row updated, 1 some rows were not, 2 nothing was sent (usage,
configuration, unreadable file), 3 stopped early, 4 another run is going on,
130 interrupted.";

/// `undo`.
pub(super) const UNDO: &str = "Examples:
  rowpatch undo contacts.xlsx.changes.csv
  rowpatch undo contacts.xlsx.changes.csv --resume

Each field gets back what it held before the run, only where it still holds what the run stored;
anything else is a conflict, and is named. The undo lists its own changes, so that it can be undone.
A field that was blank is blanked again; with --yes, --max-clears N must allow as many.

Exit codes: as those of update.";

/// `import`.
pub(super) const IMPORT: &str = "Examples:
  rowpatch import
  rowpatch import --config /etc/rowpatch/config.toml --quiet

Inbox, archive, guards and the window of the day stand under [import] in config.toml.

Exit codes: as those of update, of the gravest file; also 2 if a file is missing, was not sent, or
it is outside the window.";

/// `show`.
pub(super) const SHOW: &str = "Examples:
  rowpatch show contacts.xlsx
  rowpatch show contacts.xlsx --sheet Archive > archive.csv
  rowpatch show old.csv --encoding windows-1252";

/// `fields`.
pub(super) const FIELDS: &str = "Examples:
  rowpatch fields
  rowpatch fields --format csv > fields.csv";

/// `template`.
pub(super) const TEMPLATE: &str = "Examples:
  rowpatch template contacts.xlsx      text cells, so that zeros survive, and a note on each header
  rowpatch template contacts.csv";

/// `sandbox`.
pub(super) const SANDBOX: &str = "Examples:
  rowpatch sandbox --port 8080 --latency 50ms
  rowpatch sandbox --contacts contacts.csv --cut CITY=10
  rowpatch sandbox --fault \"update every 7 status 503\" --fault \"update 3 drop after\"";

/// `completions`.
pub(super) const COMPLETIONS: &str = "Examples:
  bash        rowpatch completions bash > ~/.local/share/bash-completion/completions/rowpatch
  zsh         rowpatch completions zsh > ~/.zfunc/_rowpatch      (with fpath+=~/.zfunc before compinit)
  fish        rowpatch completions fish > ~/.config/fish/completions/rowpatch.fish
  PowerShell  rowpatch completions powershell >> $PROFILE";
