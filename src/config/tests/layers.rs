//! The order of the layers, and what none of them may say.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let rate = |typing: Typing, expected: f64, origin: &str| {
        assert_eq!(typing.destination().expect("complete").limits.rate, Rate::PerSecond(expected));
        assert!(typing.config().expect("read").origin("rate").contains(origin), "{origin}");
    };
    let file = || Typing::file(&format!("rate = \"2/s\"\n{TARGET}"));
    rate(Typing::file(TARGET), 10.0, "default");
    rate(file(), 2.0, "config.toml");
    rate(file().env("ROWPATCH_RATE", "3/s"), 3.0, "environment");
    rate(file().env("ROWPATCH_RATE", "3/s").flag("--rate=4/s"), 4.0, "command line");
}

#[test]
fn what_import_says_comes_before_the_file_alone() {
    let said = |typing: Typing| {
        let settings = typing.config().expect("read").import_settings(&CUSTOMER_CONTACT);
        let settings = settings.expect("settled");
        (settings.max_clears, settings.site.strict)
    };
    let file = || {
        Typing::file("max_clears = 1\nstrict = true\n[import]\nmax_clears = 2\nstrict = false\n")
    };
    assert_eq!(said(file()), (2, false));
    assert_eq!(said(file().env("ROWPATCH_STRICT", "true")), (2, true));
    assert_eq!(said(file().flag("--max-clears=0").flag("--strict")), (0, true));
    assert_eq!(said(Typing::file("max_clears = 1\n[import]\n")), (1, false));
}

#[test]
fn a_target_is_never_sent_to_faster_than_it_allows() {
    let typing = Typing::file(&format!("{TARGET}max_rate = \"5/s\"\nbackoff = \"1s..1m\"\n"));
    let limits = typing.flag("--rate=unlimited").destination().expect("complete").limits;
    assert_eq!(limits.rate, Rate::PerSecond(5.0));
    assert_eq!(
        limits.backoff,
        Backoff { min: Duration::from_secs(1), max: Duration::from_mins(1) }
    );
}

#[test]
fn what_the_environment_says_stays_text() {
    let typing = Typing::file(TARGET)
        .env("ROWPATCH_SHEET", "2024")
        .env("ROWPATCH_MAP", "Town=CITY\nA=B=STATE")
        .env("HOME", "/");
    let settings = typing.config().expect("read").settings(&CUSTOMER_CONTACT).expect("settled");
    assert_eq!(settings.choice.sheet.as_deref(), Some("2024"));
    let headers: Vec<_> =
        settings.mapping.columns.iter().map(|(header, _)| header.as_str()).collect();
    assert_eq!(headers, ["Town", "A=B"]);
}

#[test]
fn every_flag_that_may_stand_in_the_file_has_a_variable() {
    let command = Typed::augment_args(Command::new("t"));
    for key in command.get_arguments().map(|flag| flag.get_id().as_str()) {
        let variable = format!("ROWPATCH_{}", key.to_ascii_uppercase());
        Typing::file("").env(&variable, "").config().expect("known");
    }
    let verbose = |typing: Typing| typing.config().expect("read").logging().0;
    let variable = || Typing::file("verbose = 2\n").env("ROWPATCH_VERBOSE", "1");
    assert_eq!((verbose(variable()), verbose(variable().flag("-vvv"))), (1, 3));
    let told = Typing::file("").env("ROWPATCH_VERBOSE", "yes").refused();
    assert!(told.contains("ROWPATCH_VERBOSE") && told.contains("a number"), "{told}");
}

#[test]
fn flags_about_columns_come_before_the_file() {
    let typing = Typing::file("[columns]\nTown = \"STATE\"\n").flag("--map=town=CITY");
    let settings = typing.config().expect("read").settings(&CUSTOMER_CONTACT).expect("settled");
    let fields: Vec<_> =
        settings.mapping.columns.iter().map(|(_, fields)| fields[0].name).collect();
    assert_eq!(fields, ["CITY", "STATE"], "the first that names a header wins");
}

#[test]
fn no_column_is_dropped_without_a_word() {
    for (file, part) in [
        ("[columns]\nPlace = []\n", "ignore_column"),
        ("[columns]\nPlace = \"CITY\"\nPLACE = \"STATE\"\n", "named twice"),
        ("map = [\"Place=CITY\", \"pla-ce=STATE\"]\n", "named twice"),
    ] {
        let told = Typing::file(file).refused();
        assert!(told.contains("config.toml") && told.contains(part), "{file}: {told}");
    }
}

#[test]
fn what_is_said_of_hidden_rows_takes_back_the_opposite_of_the_layer_below() {
    let hidden = |typing: Typing| {
        let settings = typing.config()?.settings(&CUSTOMER_CONTACT);
        settings.map(|settings| settings.choice.hidden_rows).map_err(|fault| fault.to_string())
    };
    let file = || Typing::file("skip_hidden = true\n");
    assert_eq!(hidden(file()), Ok(Some(HiddenRows::Skip)));
    assert_eq!(hidden(file().flag("--include-hidden")), Ok(Some(HiddenRows::Include)));
    let variable = || file().env("ROWPATCH_INCLUDE_HIDDEN", "true");
    assert_eq!(hidden(variable()), Ok(Some(HiddenRows::Include)));
    assert_eq!(hidden(variable().flag("--skip-hidden")), Ok(Some(HiddenRows::Skip)));
    let both = Typing::file("skip_hidden = true\ninclude_hidden = true\n");
    assert!(hidden(both).expect_err("refused").contains("the opposite"));
}

#[test]
fn unknown_and_misplaced_keys_are_refused_with_what_to_write() {
    let told = |file: &str| Typing::file(file).refused();
    for (file, part) in [
        ("ratee = \"1/s\"\n", "did you mean rate"),
        ("[targets.demo]\nbase_ulr = \"x\"\n", "did you mean base_url"),
        ("[fields.CITY]\nmax_lenght = 3\n", "did you mean max_length"),
        ("[fields.CTIY]\nmax_length = 3\n", "did you mean CITY"),
        ("[set]\nCTIY = \"Rome\"\n", "did you mean CITY"),
        ("dry_run = true\n", "--dry-run"),
        ("rate = \"fast\"\n", "10/s"),
        ("[columns]\nA = \"DATE_CREATED\"\n", "only the ERP sets"),
        ("map = [\"Town\"]\n", "COLUMN=FIELD"),
        ("map = [\"=CITY\"]\n", "COLUMN=FIELD"),
        ("sheet = 2024\n", "sheet must be a text in double quotes"),
        ("retries = \"five\"\n", "retries must be a whole number"),
        ("[targets]\ndemo = 1\n", "targets.demo must be a section of its own"),
        ("[target.demo]\nbase_url = \"x\"\n", "no section; did you mean targets?"),
        ("[rates]\nx = 1\n", "\"rates\" is not a key; did you mean rate or"),
        ("[column]\nPlace = \"CITY\"\n", "\"column\" is not a key; did you mean columns?"),
        (
            "[fields.CITY]\nlevel = \"warn\"\n",
            "must be error, warning or off; did you mean warning?",
        ),
        ("[fields.CITY]\nmax_length = 0\n", "[fields.CITY] max_length must be at least 1"),
        ("[columns]\nPlace = 1\n", "a text in double quotes, or a list of texts"),
    ] {
        let told = told(file);
        assert!(told.contains("config.toml") && told.contains(part), "{file}: {told}");
    }
    let variable = |name: &str| Typing::file("").env(name, "s3cret").refused();
    assert!(variable("ROWPATCH_RATEE").contains("did you mean ROWPATCH_RATE?"));
    let password = variable("ROWPATCH_PASSWROD");
    assert!(password.contains("did you mean ROWPATCH_PASSWORD?"), "{password}");
    assert!(!password.contains("s3cret"), "{password}");
    assert!(!variable("ROWPATCH_XYZZY").contains("did you mean"), "the prefix makes nothing alike");
    assert!(Typing::file("").env("ROWPATCH_YES", "1").refused().contains("--yes"));
    assert!(
        Typing::file("").env("ROWPATCH_RETRIES", "many").refused().contains("ROWPATCH_RETRIES")
    );
}

#[test]
fn a_file_is_held_to_the_same_bounds_as_the_command_line() {
    for file in ["concurrency = 0\n", "concurrency = 5000\n", "header_row = 0\n", "retries = 101\n"]
    {
        let key = file.split(' ').next().expect("a key");
        assert!(Typing::file(file).refused().contains(key), "{file}");
    }
}

#[test]
fn a_file_in_another_encoding_is_told_with_what_to_do() {
    let typing = Typing::file("");
    let wide: Vec<u8> =
        "\u{feff}rate = \"2/s\"\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(typing.path(), wide).expect("written");
    assert!(typing.refused().contains("is not UTF-8; save it again"), "{}", typing.refused());
    let marked = Typing::file("\u{feff}rate = \"2/s\"\n").config().expect("read");
    assert!(marked.origin("rate").contains("config.toml"));
}

#[test]
fn a_secret_in_plain_sight_is_refused_and_never_shown() {
    for file in [
        "password = \"s3cret\"\n",
        "[columns]\nPassword = \"s3cret\"\n",
        "[targets.demo]\npassword = \"s3cret\"\n",
        "[targets.demo]\nauth_token = \"s3cret\"\n",
        "[targets.demo]\npassword = \"s3cret\n",
        "targets = \"s3cret\"\n",
        "[targets.demo]\nlive = \"s3cret\"\n",
    ] {
        let told = Typing::file(file).refused();
        assert!(!told.contains("s3cret"), "{told}");
    }
    let told = Typing::file("[targets.demo]\npassword = \"s3cret\"\n").refused();
    assert!(told.contains("ROWPATCH_PASSWORD") && told.contains("password_file"), "{told}");
    let typing = Typing::file(TARGET).env("ROWPATCH_PASSWORD", "s3cret");
    let secrets = typing.destination().expect("complete").secrets;
    assert_eq!(secrets.password.as_ref().map(SecretString::expose_secret), Some("s3cret"));
    assert!(!format!("{secrets:?}").contains("s3cret"));
}

#[test]
fn a_file_that_is_no_toml_is_told_by_its_line() {
    let told = Typing::file("rate = \"1/s\"\n\nconcurrency = = 3\n").refused();
    assert!(told.contains("config.toml: line 3"), "{told}");
}

#[test]
fn the_sample_and_what_init_writes_are_valid_as_they_are_and_with_every_setting_in_force() {
    for name in ["config.toml", "src/commands/init.toml"] {
        let sample = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
            .expect("a sample");
        let config = Typing::file(&sample).config().expect("valid");
        config.settings(&CUSTOMER_CONTACT).expect("settled");
        let in_force = sample.lines().map(uncommented).collect::<Vec<_>>().join("\n");
        let config = Typing::file(&in_force).config().expect("valid");
        config.settings(&CUSTOMER_CONTACT).expect("settled");
        config.import().expect("settled");
        let figment = format!("{in_force:?}");
        let command = Typed::augment_args(Command::new("t"));
        for key in command.get_arguments().map(|flag| flag.get_id().as_str()) {
            assert!(figment.contains(&format!("\\n{key} = ")), "{name}: {key}");
        }
    }
}

#[test]
fn what_init_writes_offers_every_setting_of_the_sample() {
    let keys = |text: &'static str| -> BTreeSet<&str> {
        text.lines()
            .filter_map(|line| uncommented(line).split_once(" = "))
            .map(|set| set.0)
            .collect()
    };
    let sample = keys(include_str!("../../../config.toml"));
    let init = keys(include_str!("../../commands/init.toml"));
    assert!(sample.is_subset(&init), "{:?}", sample.difference(&init));
    for key in ["base_url", "ca_file", "max_rate", "pattern"] {
        assert!(init.contains(key), "{key}");
    }
}

/// A line of the sample with its setting in force; remarks stay remarks.
fn uncommented(line: &str) -> &str {
    let setting = line.strip_prefix("# ").unwrap_or(line);
    let is_setting = setting.starts_with('[')
        || setting
            .split_once(" = ")
            .is_some_and(|(key, _)| !key.trim_matches('"').contains(' ') && !key.is_empty());
    if is_setting { setting } else { line }
}
