//! Texts in every encoding and dialect that people's programs write.

use std::path::{Path, PathBuf};

use crate::world::{World, faulty};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn texts_are_shown_as_a_person_sees_them() {
    let texts = [
        "14_cp1252_semicolon",
        "15_utf16le_bom_tab",
        "16_utf16be_bom_comma",
        "17_utf8_bom_comma",
        "18_cr_only_pipe_utf8",
        "19_ragged_blank_lines",
        "21_sep_line_semicolon",
        "22_utf16le_nobom_tab",
    ];
    let world = World::new(faulty(&[]));
    for name in texts {
        let path = fixture(&format!("{name}.csv"));
        let shown = world.run(&["show", &path.to_string_lossy()]).expect(0).out;
        let expected =
            std::fs::read_to_string(fixture(&format!("{name}.expected.csv"))).expect("text");
        assert_eq!(shown, expected, "{name}");
    }
}

#[test]
fn faults_of_a_text_are_told_with_row_and_column() {
    let world = World::new(faulty(&[]));
    let told = |name: &str, flags: &[&str]| {
        let path = fixture(name).to_string_lossy().into_owned();
        world.run(&[&["check", &path], flags].concat()).expect(1).out
    };
    let ragged = told("19_ragged_blank_lines.csv", &[]);
    assert!(
        ragged.contains(":row 2: the row has 2 cells fewer than the header (RP_COLUMNS)"),
        "{ragged}"
    );
    assert!(
        ragged.contains(":row 4: the row has 1 cell more than the header (RP_COLUMNS)"),
        "{ragged}"
    );
    let nul = told("20_nul_bytes_utf8.csv", &[]);
    assert!(nul.contains(":B2: the cell holds a NUL character (RP_NUL)"), "{nul}");
}

#[test]
fn an_encoding_can_be_named() {
    let sheet = b"CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,K\x9aln\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    world.update(&["--encoding", "macintosh"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Köln"));
    let told = world.update(&["--encoding", "ansy"]).expect(2).err;
    assert!(told.contains("\"ansy\" is not an encoding"), "{told}");
}
