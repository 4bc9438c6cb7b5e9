//! The program on a real pseudo-terminal.

use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::termios::LocalModes;

use crate::world::World;

/// Lines of a terminal that holds all that is told.
const LINES: u16 = 60;

/// After so long a program that waits for something is taken for one that hangs.
const PATIENCE: Duration = Duration::from_secs(100);

/// A program on a terminal.
pub struct Terminal {
    pty: Pty,
    child: Child,
    screen: vt100::Parser,
    raw: Vec<u8>,
    /// Dropped with the rest, which calls off the watch.
    watch: Sender<()>,
}

/// What a terminal shows at the end.
pub struct Shown {
    /// The exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// Whether what is typed next is shown, and read line by line.
    pub reads_lines: bool,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    /// Starts the program in the folder of a world on a terminal that is so wide and knows colours, with
    /// these variables.
    pub fn start(
        world: &World,
        arguments: &[&str],
        width: u16,
        variables: &[(&str, &str)],
    ) -> Self {
        let (pty, end) = open().expect("a pseudo-terminal");
        pty.resize(Size::new(LINES, width)).expect("a size");
        let usual = world.command(arguments);
        let mut command = Command::new(usual.get_program())
            .args(usual.get_args())
            .current_dir(world.path(""))
            .env("TERM", "xterm-256color");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command = command.env_remove(name);
        }
        for (name, value) in usual.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            command = command.env(name, value);
        }
        for (name, value) in variables {
            command = command.env(name, value);
        }
        if arguments.contains(&"-") {
            command = command.stdin(Stdio::piped());
        }
        let child = command.spawn(end).expect("the program runs");
        let size = [LINES, width].map(|side| NonZeroU16::new(side).expect("a side"));
        let screen = vt100::Parser::new(size[0], size[1], 0);
        let watch = watch(child.id());
        Self { pty, child, screen, raw: Vec::new(), watch }
    }

    /// Waits until the screen shows this; the screen then.
    pub fn until(&mut self, text: &str) -> String {
        while !self.screen.screen().contents().contains(text) {
            assert!(self.read(), "never shown: {text}\n{}", self.screen.screen().contents());
        }
        self.screen.screen().contents()
    }

    /// Sends a signal, as in `TERM`, to the program.
    pub fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Types this.
    pub fn type_in(&mut self, keys: &str) {
        self.pty.write_all(keys.as_bytes()).expect("somebody reads");
    }

    /// Gives these rows on standard input, which is a pipe where `-` is among the arguments, and no more.
    pub fn give(&mut self, rows: &str) {
        let mut input = self.child.stdin.take().expect("a pipe");
        input.write_all(rows.as_bytes()).expect("somebody reads");
    }

    /// Waits for the end.
    pub fn end(mut self) -> Shown {
        while self.read() {}
        let code = self.child.wait().expect("an end").code();
        drop(self.watch);
        let keys = rustix::termios::tcgetattr(&self.pty).expect("a terminal").local_modes;
        let reads_lines = keys.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        Shown { code, reads_lines, screen: self.screen, raw: self.raw }
    }

    /// Whether something was written. A terminal whose last program has gone gives an error where a pipe
    /// would end.
    fn read(&mut self) -> bool {
        let mut piece = [0; 4096];
        let Ok(read @ 1..) = self.pty.read(&mut piece) else { return false };
        self.raw.extend_from_slice(&piece[..read]);
        self.screen.process(&piece[..read]);
        true
    }
}

/// Ends a program that hangs, so that its test fails; until this is dropped.
fn watch(process: u32) -> Sender<()> {
    let (sender, ended) = channel();
    std::thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let kill = std::process::Command::new("kill").arg(process.to_string()).status();
            assert!(kill.is_ok(), "a program hangs and cannot be ended");
        }
    });
    sender
}

impl Shown {
    /// What the screen shows: colours as words in `{}`, and what differs from run to run left out.
    pub fn told(&self) -> String {
        let screen = self.screen.screen();
        let (_, width) = screen.size();
        let mut text = String::new();
        for line in 0..LINES {
            let mut style = "";
            for cell in (0..width.get()).filter_map(|column| screen.cell(line, column)) {
                let now = style_of(cell);
                if now != style && cell.has_contents() {
                    text += match now {
                        "" => "{plain}",
                        now => now,
                    };
                    style = now;
                }
                text += if cell.has_contents() { cell.contents() } else { " " };
            }
            if !screen.row_wrapped(line) {
                text.truncate(text.trim_end().len());
                text.push('\n');
            }
        }
        settled(text.trim_end())
    }

    /// Whether the cursor is seen.
    pub fn has_cursor(&self) -> bool {
        !self.screen.screen().hide_cursor()
    }

    /// Whether anything was ever written in colours, or bold.
    pub fn has_styles(&self) -> bool {
        let raw = String::from_utf8_lossy(&self.raw);
        raw.split("\u{1b}[").skip(1).any(|rest| {
            let parameters = rest.split(|c: char| c.is_ascii_alphabetic()).next().unwrap_or("");
            rest[parameters.len()..].starts_with('m') && !matches!(parameters, "" | "0")
        })
    }
}

fn style_of(cell: &vt100::Cell) -> &'static str {
    match (cell.fgcolor(), cell.bold()) {
        (vt100::Color::Idx(1 | 9), _) => "{red}",
        (vt100::Color::Idx(2 | 10), _) => "{green}",
        (vt100::Color::Idx(3 | 11), _) => "{yellow}",
        (vt100::Color::Default, true) => "{bold}",
        (vt100::Color::Default, false) => "",
        _ => "{another colour}",
    }
}

/// A text without what differs from run to run: ports, run ids, times, and where a folder lies.
pub fn settled(text: &str) -> String {
    let filters = [
        (r"(run|export)\s+\d{8}T\d{6}Z-[0-9a-f]{6}", "$1 RUN-ID"),
        (r"http://127\.0\.0\.1:\d+\s+\(", "http://127.0.0.1:PORT ("),
        (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT"),
        (r"in \d+ s, [\d.]+ a second", "in TIME, SPEED a second"),
        (
            r"(?s)Half of the answers.*?all\s+within\s+\S+\s+m?s\b",
            "Half of the answers came within TIME",
        ),
        (r"(?m)^Waited .*(\n  .*)*$", "Waited WHAT"),
    ];
    filters.into_iter().fold(text.to_owned(), |text, (pattern, with)| {
        regex::Regex::new(pattern).expect("a pattern").replace_all(&text, with).into_owned()
    })
}
