//! A folder with spreadsheets, a sandbox, and the program run over them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::rc::Rc;

use rowpatch::sandbox::record::{Kind, Received};
use rowpatch::sandbox::{DATA_SOURCE, PASSWORD, Sandbox, Setup, USER_NAME};
use tempfile::TempDir;

/// A line of a table, by column.
pub type Line = BTreeMap<String, String>;

/// What a test begins with.
#[must_use]
pub struct World {
    folder: Rc<TempDir>,
    sandbox: Sandbox,
    config: String,
    target: String,
    password: &'static str,
}

/// What a run left behind.
pub struct Ran {
    /// The exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    folder: Rc<TempDir>,
}

/// A sandbox without rules of its own, with these faults.
pub fn faulty(faults: &[&str]) -> Setup {
    let faults = faults.iter().map(|text| text.parse().expect("a fault")).collect();
    Setup { site_rules: false, faults, ..Setup::default() }
}

/// A sandbox without rules of its own that knows these contacts and no others.
pub fn knowing(contacts: Vec<Line>) -> Setup {
    Setup { contacts: Some(contacts), ..faulty(&[]) }
}

/// A contact with these fields.
pub fn contact(customer: &str, contact: &str, fields: &[(&str, &str)]) -> Line {
    let key = [("CUSTOMER_ID", customer), ("CUST_CONTACT", contact)];
    let all = key.iter().chain(fields);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl World {
    /// A folder with nothing in it but a config.toml that names the sandbox.
    pub fn new(setup: Setup) -> Self {
        let sandbox = Sandbox::start(setup).expect("a sandbox on a free port");
        let folder = Rc::new(tempfile::tempdir().expect("a folder"));
        let target = format!(
            "base_url = \"{}\"\ndata_source = \"{DATA_SOURCE}\"\nuser_name = \"{USER_NAME}\"\nbackoff = \"1ms..20ms\"\n",
            sandbox.base_url()
        );
        Self { folder, sandbox, config: String::new(), target, password: PASSWORD }
    }

    /// One more line for the target.
    pub fn target(mut self, line: &str) -> Self {
        writeln!(self.target, "{line}").expect("memory is always written");
        self
    }

    /// More of the configuration, beside the target.
    pub fn config(mut self, text: &str) -> Self {
        self.config.push_str(text);
        self
    }

    /// Another configuration, beside the target.
    pub fn with_config(mut self, text: &str) -> Self {
        text.clone_into(&mut self.config);
        self
    }

    /// Another address than the sandbox's.
    pub fn at(mut self, base_url: &str) -> Self {
        self.target = self.target.replace(&self.sandbox.base_url(), base_url);
        self
    }

    /// The sandbox's own address.
    pub fn base_url(&self) -> String {
        self.sandbox.base_url()
    }

    /// Another password than the sandbox's.
    pub fn password(mut self, password: &'static str) -> Self {
        self.password = password;
        self
    }

    /// A file in the folder.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join(name), content).expect("written");
        self
    }

    /// A folder in the folder.
    #[cfg(unix)]
    pub fn folder(self, name: &str) -> Self {
        std::fs::create_dir(self.folder.path().join(name)).expect("a folder");
        self
    }

    /// Where the folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output =
            self.command(arguments).stdin(Stdio::null()).output().expect("the program runs");
        self.ran(output)
    }

    /// `update contacts.csv --yes`, unlimited but for these flags.
    pub fn update(&self, flags: &[&str]) -> Ran {
        let all = [&["update", "contacts.csv", "--yes", "--rate", "unlimited"], flags].concat();
        self.run(&all)
    }

    /// The program, set up but not started.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let config = format!("{}\n[targets.demo]\n{}", self.config, self.target);
        std::fs::write(self.path("config.toml"), config).expect("written");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rowpatch"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("ROWPATCH_PASSWORD", self.password);
        command
    }

    /// Starts the program in the folder, to be killed; nobody reads what it tells.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program runs")
    }

    /// What a finished program left behind.
    pub fn ran(&self, output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let (out, err) = (text(output.stdout), text(output.stderr));
        Ran { code: output.status.code(), out, err, folder: Rc::clone(&self.folder) }
    }

    /// Every request that the sandbox received.
    pub fn received(&self) -> Vec<Received> {
        self.sandbox.received()
    }

    /// The updates among them.
    pub fn updates(&self) -> Vec<Received> {
        self.received().into_iter().filter(|request| request.kind == Kind::Update).collect()
    }

    /// The queries among them.
    pub fn queries(&self) -> Vec<Received> {
        self.received().into_iter().filter(|request| request.kind == Kind::Query).collect()
    }

    /// All fields of a contact as the sandbox holds it.
    pub fn contact(&self, customer: &str, contact: &str) -> Option<Line> {
        self.sandbox.stored(&[customer, contact])
    }

    /// The logins among them that gave a token.
    pub fn tokens(&self) -> usize {
        let logins = self.received().into_iter().filter(|request| request.kind == Kind::Token);
        logins.filter(|request| request.status == Some(200)).count()
    }

    /// A field of a contact as the sandbox holds it.
    pub fn stored(&self, customer: &str, field: &str) -> Option<String> {
        self.sandbox.stored(&[customer, "C"])?.remove(field)
    }
}

impl Ran {
    /// Asserts the exit code; the texts are shown if it is another.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// The lines of the results of `contacts.csv`.
    pub fn results(&self) -> Vec<Line> {
        self.table("contacts.csv.results.csv")
    }

    /// The lines of a table in the folder.
    pub fn table(&self, name: &str) -> Vec<Line> {
        table(&self.folder.path().join(name))
    }

    /// One column of the results.
    pub fn column(&self, name: &str) -> Vec<String> {
        self.results().into_iter().map(|mut line| line.remove(name).expect("a column")).collect()
    }

    /// Whether a file is there.
    pub fn has(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }
}

/// The lines of a CSV file.
pub fn table(path: &Path) -> Vec<Line> {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().expect("a header").clone();
    let line = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| line(record.expect("a line"))).collect()
}

/// A sheet that sets the city of these customers' contact "C", row by row.
pub fn cities<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    rows.into_iter().fold(
        "CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned(),
        |mut text, (customer, city)| {
            writeln!(text, "{customer},C,{city}").expect("memory is always written");
            text
        },
    )
}
