//! `doctor`: each thing that can be wrong with a set-up, and the line that says so.

use std::net::{Ipv4Addr, TcpListener};

use rowpatch::sandbox::{PASSWORD, USER_NAME};

use crate::front::Front;
use crate::world::{Ran, World, faulty};

/// What became of each step, as word and step, in their order; the password is nowhere.
fn steps(ran: &Ran) -> Vec<String> {
    assert!(!ran.out.contains(PASSWORD) && !ran.err.contains(PASSWORD), "{}", ran.out);
    let start = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    ran.out.lines().map(start).collect()
}

/// The text of a step.
fn line<'a>(ran: &'a Ran, step: &str) -> &'a str {
    let mut lines = ran.out.lines();
    lines.find(|line| line.split_whitespace().nth(1) == Some(step)).expect("the step")
}

#[test]
fn a_good_set_up_is_told_step_by_step_and_no_record_is_touched() {
    let world = World::new(faulty(&[]));
    let ran = world.run(&["doctor"]).expect(0);
    assert_eq!(steps(&ran), ["ok config", "ok address", "skipped TLS", "ok login", "ok folder"]);
    assert!(line(&ran, "config").contains("config.toml: target demo at http://127.0.0.1:"));
    assert!(line(&ran, "login").contains(USER_NAME), "{}", ran.out);
    assert_eq!((world.tokens(), world.received().len()), (1, 1), "one login and nothing else");
    let files: Vec<_> = std::fs::read_dir(world.path(".")).expect("a folder").collect();
    assert_eq!(files.len(), 1, "config.toml alone: {files:?}");
}

#[test]
fn a_wrong_password_is_tried_once_and_never_shown() {
    let world = World::new(faulty(&[])).password("wr0ng-s3cret");
    let ran = world.run(&["doctor"]).expect(3);
    assert_eq!(steps(&ran)[3..], ["FAILED login", "ok folder"]);
    assert!(line(&ran, "login").contains("the password"), "{}", ran.out);
    assert!(!ran.out.contains("wr0ng") && !ran.err.contains("wr0ng"), "{}", ran.out);
    assert_eq!((world.tokens(), world.received().len()), (0, 1));
}

#[test]
fn nothing_that_listens_is_an_address_at_fault() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let ran = World::new(faulty(&[])).at(&format!("http://{address}")).run(&["doctor"]).expect(3);
    let expected = ["ok config", "FAILED address", "skipped TLS", "skipped login", "ok folder"];
    assert_eq!(steps(&ran), expected);
    let told = line(&ran, "address");
    assert!(told.contains(&address.to_string()) && told.contains("base_url"), "{told}");
}

#[test]
fn a_wrong_data_source_is_refused_by_the_login() {
    let world = World::new(faulty(&[]));
    let config = format!(
        "[targets.demo]\nbase_url = \"{}\"\ndata_source = \"NOWHERE\"\nuser_name = \"{USER_NAME}\"\n",
        world.base_url()
    );
    let world = world.file("other.toml", config);
    let ran = world.run(&["doctor", "--config", "other.toml"]).expect(3);
    assert!(line(&ran, "config").contains("other.toml: target demo"), "{}", ran.out);
    let told = line(&ran, "login");
    assert!(told.starts_with("FAILED") && told.contains("NOWHERE"), "{told}");
    assert!(told.contains("data_source") && world.tokens() == 0, "{told}");
}

#[test]
fn without_a_configuration_it_says_how_to_come_by_one() {
    let world = World::new(faulty(&[]));
    let mut command = world.command(&["doctor"]);
    std::fs::remove_file(world.path("config.toml")).expect("removed");
    let ran = world.ran(command.output().expect("the program runs")).expect(2);
    let expected =
        ["FAILED config", "skipped address", "skipped TLS", "skipped login", "ok folder"];
    assert_eq!(steps(&ran), expected);
    assert!(line(&ran, "config").contains("rowpatch init"), "{}", ran.out);
    assert!(world.received().is_empty());
}

#[test]
fn a_target_must_be_named_among_several() {
    let world = World::new(faulty(&[])).config("[targets.live]\nbase_url = \"https://x\"\n");
    let ran = world.run(&["doctor"]).expect(2);
    assert!(line(&ran, "config").contains("--target"), "{}", ran.out);
    world.run(&["doctor", "--target", "demo"]).expect(0);
    let ran = world.run(&["doctor", "--target", "live"]).expect(2);
    assert!(line(&ran, "config").contains("data_source is missing"), "{}", ran.out);
}

#[test]
fn without_a_password_it_says_how_to_set_one() {
    let world = World::new(faulty(&[])).password("");
    let ran = world.run(&["doctor"]).expect(2);
    let told = line(&ran, "login");
    assert!(told.starts_with("FAILED") && told.contains("ROWPATCH_PASSWORD"), "{told}");
    assert!(world.received().is_empty());
    let mut command = world.command(&["doctor"]);
    let output = command.env("ROWPATCH_AUTH_TOKEN", "t0ken").output().expect("the program runs");
    let ran = world.ran(output).expect(0);
    assert!(line(&ran, "login").starts_with("skipped") && !ran.out.contains("t0ken"));
}

#[test]
fn over_https_the_certificate_is_tried_before_the_password_is_sent() {
    let world = World::new(faulty(&[]));
    let front = Front::before(&world.base_url(), "127.0.0.1");
    let world = world.at(&front.base_url()).file("company-ca.pem", front.ca());
    let ran = world.run(&["doctor"]).expect(3);
    let expected = ["ok config", "ok address", "FAILED TLS", "skipped login", "ok folder"];
    assert_eq!(steps(&ran), expected);
    assert!(line(&ran, "TLS").contains("ca_file"), "{}", ran.out);
    assert!(world.received().is_empty());
    let world = world.target("ca_file = \"company-ca.pem\"");
    let ran = world.run(&["doctor"]).expect(0);
    assert_eq!(steps(&ran)[2..4], ["ok TLS", "ok login"]);
    let ran = world.file("company-ca.pem", "").run(&["doctor"]).expect(2);
    assert!(line(&ran, "config").contains("ca_file"), "{}", ran.out);
}

#[test]
fn an_address_that_is_not_the_endpoints_is_told() {
    let world = World::new(faulty(&[]));
    let elsewhere = format!("{}/elsewhere", world.base_url());
    let ran = world.at(&elsewhere).run(&["doctor"]).expect(3);
    let told = line(&ran, "login");
    assert!(told.starts_with("FAILED") && told.contains("HTTP 404"), "{told}");
}

/// Nobody can write there, not even root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to_is_told() {
    let world = World::new(faulty(&[]));
    let config = world.path("config.toml");
    let config = config.to_str().expect("UTF-8");
    let mut command = world.command(&["doctor", "--config", config]);
    let ran = world.ran(command.current_dir("/proc").output().expect("the program runs"));
    let ran = ran.expect(2);
    assert_eq!(steps(&ran)[3..], ["ok login", "FAILED folder"]);
    assert!(line(&ran, "folder").contains("--results"), "{}", ran.out);
}

#[test]
fn a_proxy_is_what_is_reached_where_the_target_names_one() {
    let world = World::new(faulty(&[]));
    let authority = Front::before(&world.base_url(), "127.0.0.1").ca().to_owned();
    let proxy = world.base_url();
    // The proxy alone knows the server, and the authority keeps the client from wanting the system's own.
    let world = world
        .at("http://erp.invalid")
        .target("allow_http = true\nca_file = \"company-ca.pem\"")
        .target(&format!("proxy = \"{proxy}\""))
        .file("company-ca.pem", authority);
    let ran = world.run(&["doctor"]).expect(0);
    assert_eq!(steps(&ran)[..4], ["ok config", "ok address", "skipped TLS", "ok login"]);
    assert!(line(&ran, "address").contains("the proxy 127.0.0.1:"), "{}", ran.out);
}

#[test]
fn the_program_of_an_import_is_looked_for_and_not_run() {
    let doctor = |program: &str| {
        let import =
            "[import]\ninbox = \"inbox/*.csv\"\narchive = \"archive\"\nfailed = \"failed\"\n";
        let world = World::new(faulty(&[]))
            .config(&format!("{import}on_finish = [\"{program}\", \"told\"]\n"))
            .file("mail.sh", "#!/bin/sh\ntouch \"$1\"\n");
        std::fs::create_dir(world.path("inbox")).expect("a folder");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let rights = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(world.path("mail.sh"), rights).expect("set");
        }
        let ran = world.run(&["doctor", "--config", "config.toml"]);
        assert!(!ran.has("told"), "it was run");
        ran
    };
    for missing in ["./none.sh", "rowpatch-no-such-program"] {
        let ran = doctor(missing).expect(2);
        let told = line(&ran, "import");
        assert!(told.starts_with("FAILED") && told.contains("on_finish"), "{told}");
        assert!(told.contains(missing) && told.contains("whole path"), "{told}");
    }
    #[cfg(unix)]
    for there in ["./mail.sh", "touch"] {
        assert!(line(&doctor(there).expect(0), "import").starts_with("ok"), "{there}");
    }
}
