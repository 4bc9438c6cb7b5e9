//! Questions at the terminal that nobody answers.

use crate::terminal::Terminal;
use crate::world::{World, cities, faulty};

const UPDATE: [&str; 2] = ["update", "contacts.csv"];

fn world() -> World {
    World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]))
}

/// Asks, and is interrupted: once by a key and once by a signal.
fn assert_is_put_back(world: &World, arguments: &[&str], question: &str) {
    for interrupt in [
        |terminal: &mut Terminal| terminal.type_in("\u{3}"),
        |terminal: &mut Terminal| {
            terminal.signal("TERM");
        },
    ] {
        let mut terminal = Terminal::start(world, arguments, 80, &[]);
        terminal.until(question);
        interrupt(&mut terminal);
        let shown = terminal.end();
        assert_eq!(shown.code, Some(130), "{}", shown.told());
        assert!(shown.has_cursor(), "the cursor is hidden after {question}");
        assert!(shown.reads_lines, "what is typed is not shown after {question}");
    }
    assert!(world.updates().is_empty());
}

#[test]
fn an_interruption_leaves_the_terminal_as_it_was() {
    assert_is_put_back(&world(), &UPDATE, "[y/N]");
    assert_is_put_back(&world().target("live = true"), &UPDATE, "to update 1 record:");
    assert_is_put_back(&world().password(""), &["update", "contacts.csv", "--yes"], "Password of");
    assert_is_put_back(&world().password(""), &["doctor"], "Password of");
}

#[test]
fn a_terminal_is_as_it_was_after_an_answer_too() {
    for answer in ["y", "n"] {
        let world = world();
        let mut terminal = Terminal::start(&world, &UPDATE, 80, &[]);
        terminal.until("[y/N]");
        terminal.type_in(answer);
        let shown = terminal.end();
        assert!(shown.has_cursor() && shown.reads_lines, "{answer}");
        assert_eq!(world.updates().len(), usize::from(answer == "y"));
    }
}
