//! What the endpoint says, and what happens: every line of the table in the README.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rowpatch::sandbox::Setup;

use crate::front::Front;
use crate::world::{Ran, World, cities, faulty};

/// One row goes to a sandbox with these faults; a request waits at most 300 ms.
fn one_row(faults: &[&str], flags: &[&str]) -> (World, Ran) {
    let world = World::new(faulty(faults))
        .target("request_timeout = \"300ms\"")
        .file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(flags);
    (world, ran)
}

/// Status, http status, code and attempts of the only row.
fn ending(ran: &Ran) -> [String; 4] {
    let line = ran.results().remove(0);
    ["status", "http_status", "MESSAGE_CODE", "attempts"].map(|column| line[column].clone())
}

/// What a row left behind that ended as it was meant to.
struct Checked {
    world: World,
    ran: Ran,
}

/// Asserts exit code, status, http status, code and attempts of the only row.
fn check(faults: &[&str], flags: &[&str], code: i32, expected: [&str; 4]) -> Checked {
    let (world, ran) = one_row(faults, flags);
    let ran = ran.expect(code);
    assert_eq!(ending(&ran), expected, "{faults:?}\n{}", ran.err);
    Checked { world, ran }
}

#[test]
fn a_200_with_the_contact_is_an_update() {
    let Checked { world, ran } = check(&[], &[], 0, ["updated", "200", "", "1"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    assert!(!ran.has("contacts.csv.rejects.csv") && !ran.has("contacts.csv.results.journal"));
}

#[test]
fn a_value_stored_differently_is_a_warning() {
    let cut = Setup { cut: vec![("CITY".into(), 2)], ..faulty(&[]) };
    let world = World::new(cut).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&[]).expect(0);
    assert_eq!(ran.column("status"), ["updated"]);
    assert_eq!(
        ran.column("warnings"),
        ["CITY: cut at 2 characters: sent \"Rome\", stored \"Ro\" (RP_STORED)"]
    );
}

#[test]
fn a_200_with_anything_else_is_unconfirmed_after_all_retries() {
    for body in ["<html>Welcome</html>", "{\"CUSTOMER_ID\":\"B\",\"CUST_CONTACT\":\"C\"}", "[]"] {
        let fault = format!("update all status 200 body '{body}'");
        check(&[&fault], &["--retries", "2"], 1, ["unconfirmed", "200", "RP_FOREIGN_ANSWER", "3"]);
    }
    check(&["update 1 status 200 body '<html>'"], &[], 0, ["updated", "200", "", "2"]);
}

#[test]
fn a_refused_row_is_failed_and_not_retried() {
    check(&["update all status 400 message bad code E1"], &[], 1, ["failed", "400", "E1", "1"]);
    check(
        &["update all status 500 message unknown"],
        &[],
        1,
        ["failed", "500", "RP_HTTP_500", "1"],
    );
    check(
        &["update all status 500 body '{\"MESSAGE_CODE\": 4711, \"MESSAGE\": null}'"],
        &[],
        1,
        ["failed", "500", "4711", "1"],
    );
    for status in ["413", "414", "422"] {
        let code = format!("RP_HTTP_{status}");
        check(&[&format!("update all status {status}")], &[], 1, ["failed", status, &code, "1"]);
    }
}

#[test]
fn the_refusals_own_words_are_recorded_as_they_came() {
    let Checked { ran, .. } = check(
        &["update all status 500 message '=1+1 ü' code -E1"],
        &[],
        1,
        ["failed", "500", "'-E1", "1"],
    );
    assert_eq!(ran.column("MESSAGE"), ["'=1+1 ü"]);
}

#[test]
fn a_code_that_is_worth_a_retry_is_retried() {
    let faults = faulty(&["update first 2 status 500 message busy code LOCKED"]);
    let world = World::new(faults)
        .target("retry_codes = [\"LOCKED\"]")
        .file("contacts.csv", cities([("A", "Rome")]));
    assert_eq!(ending(&world.update(&[]).expect(0)), ["updated", "200", "", "3"]);
}

#[test]
fn a_token_that_ends_is_renewed_without_spending_retries() {
    let setup = Setup { token_uses: Some(2), ..faulty(&[]) };
    let rows = ["A", "B", "D", "E", "F"].map(|customer| (customer, "Rome"));
    let world = World::new(setup).file("contacts.csv", cities(rows));
    let ran = world.update(&["--retries", "0", "--concurrency", "1"]).expect(0);
    assert_eq!(ran.column("status"), ["updated"; 5]);
    assert_eq!(ran.column("attempts"), ["1", "1", "2", "1", "2"]);
    assert_eq!(world.tokens(), 3);
}

#[test]
fn two_tokens_in_a_row_that_are_refused_stop_the_run() {
    let setup = Setup { token_uses: Some(0), ..faulty(&[]) };
    let world = World::new(setup).file("contacts.csv", cities([("A", "Rome"), ("B", "Oslo")]));
    let ran = world.update(&["--concurrency", "1"]).expect(3);
    assert_eq!(ran.column("status"), ["not_sent"; 2]);
    assert_eq!(ran.column("MESSAGE_CODE"), ["RP_LOGIN"; 2]);
    assert_eq!(world.tokens(), 2);
}

#[test]
fn a_refused_login_stops_the_run_and_is_never_repeated() {
    let world =
        World::new(faulty(&[])).password("wrong").file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&[]).expect(3);
    assert_eq!(ending(&ran), ["not_sent", "", "RP_LOGIN", "0"]);
    assert_eq!(world.received().len(), 1);
    assert!(!ran.err.contains("wrong") && ran.err.contains("Stopped early"), "{}", ran.err);
}

#[test]
fn a_login_that_meets_a_fault_is_repeated() {
    let Checked { world, .. } =
        check(&["token first 2 status 503", "token 3 drop"], &[], 0, ["updated", "200", "", "1"]);
    assert_eq!(world.received().len(), 5);
}

#[test]
fn a_wrong_address_stops_the_run_before_any_row_has_passed() {
    for status in ["403", "404", "405", "302"] {
        let fault = format!("update all status {status} location http://127.0.0.1:1/");
        let rows = ["A", "B", "D", "E"].map(|customer| (customer, "Rome"));
        let world = World::new(faulty(&[&fault])).file("contacts.csv", cities(rows));
        let ran = world.update(&["--concurrency", "1"]).expect(3);
        assert_eq!(ran.column("status"), ["not_sent"; 4]);
        assert_eq!(ran.column("http_status")[0], status);
        assert_eq!(world.updates().len(), 1, "nothing is followed or repeated");
    }
}

#[test]
fn an_address_that_dislikes_one_row_fails_it_and_three_keys_stop_the_run() {
    let rows = ["A", "B", "D", "E", "F", "G", "H"].map(|customer| (customer, "Rome"));
    let world = World::new(faulty(&["update 2 status 403", "update 5,6,7 status 404"]))
        .file("contacts.csv", cities(rows));
    let ran = world.update(&["--concurrency", "1"]).expect(3);
    assert_eq!(
        ran.column("status"),
        ["updated", "failed", "updated", "updated", "failed", "failed", "not_sent"]
    );
    assert_eq!(ran.column("MESSAGE_CODE")[1], "RP_HTTP_403");
    assert_eq!(ran.column("MESSAGE_CODE")[6], "RP_ADDRESS");
}

#[test]
fn a_proxy_that_wants_a_login_stops_the_run() {
    check(&["update all status 407"], &[], 3, ["not_sent", "407", "RP_ADDRESS", "1"]);
}

#[test]
fn a_proxy_that_wants_a_login_before_it_lets_anybody_through_is_asked_once() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let proxy = listener.local_addr().expect("an address");
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            counted.fetch_add(1, Ordering::SeqCst);
            let mut head = BufReader::new(&stream).lines();
            while head.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let refusal =
                b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(refusal).expect("answered");
        }
    });
    let world = World::new(faulty(&[]));
    let authority = Front::before(&world.base_url(), "127.0.0.1").ca().to_owned();
    // The authority keeps the client from wanting the system's own.
    let world = world
        .at("https://erp.invalid")
        .target(&format!("ca_file = \"company-ca.pem\"\nproxy = \"http://{proxy}\""))
        .file("company-ca.pem", authority)
        .file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&[]).expect(3);
    assert_eq!(ran.column("MESSAGE_CODE"), ["RP_ADDRESS"]);
    assert!(ran.column("MESSAGE")[0].contains("wants a login (HTTP 407)"), "{}", ran.err);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn transient_answers_are_retried_and_fail_in_the_end() {
    for status in ["408", "425", "429", "503"] {
        let code = format!("RP_HTTP_{status}");
        check(
            &[&format!("update all status {status}")],
            &["--retries", "2"],
            1,
            ["failed", status, &code, "3"],
        );
        check(
            &[&format!("update first 2 status {status}")],
            &["--retries", "2"],
            0,
            ["updated", "200", "", "3"],
        );
    }
}

#[test]
fn transient_answers_that_may_hide_an_update_end_unconfirmed() {
    for (status, after) in [("502", "after"), ("504", ""), ("500", "")] {
        let code = format!("RP_HTTP_{status}");
        let fault = format!("update all status {status} {after}");
        check(&[&fault], &["--retries", "1"], 1, ["unconfirmed", status, &code, "2"]);
    }
}

#[test]
fn retry_after_holds_the_row_and_uses_up_no_retry() {
    let Checked { world, .. } = check(
        &["update 1 status 429 retry-after 1"],
        &["--retries", "0"],
        0,
        ["updated", "200", "", "2"],
    );
    let updates = world.updates();
    let answered = updates[0].answered.expect("answered");
    assert!(updates[1].arrived.duration_since(answered).as_secs_f64() >= 1.0);
}

#[test]
fn silence_is_retried_and_ends_unconfirmed() {
    check(&["update all hang"], &["--retries", "1"], 1, ["unconfirmed", "", "RP_TIME_OUT", "2"]);
    check(
        &["update all drop after"],
        &["--retries", "1"],
        1,
        ["unconfirmed", "", "RP_CONNECTION_LOST", "2"],
    );
    check(&["update 1 hang after"], &[], 0, ["updated", "200", "", "2"]);
    check(&["update 1 drop"], &[], 0, ["updated", "200", "", "2"]);
}

#[test]
fn a_refusal_after_a_time_out_is_unconfirmed_with_its_code() {
    let faults = ["update 1 hang after", "update 2 status 500 message gone code E9"];
    let Checked { ran, .. } = check(&faults, &[], 1, ["unconfirmed", "500", "E9", "2"]);
    assert!(
        ran.column("MESSAGE")[0].contains("may have been applied"),
        "{:?}",
        ran.column("MESSAGE")
    );
    assert!(!ran.has("contacts.csv.rejects.csv"), "what may have been applied is not rejected");
}

#[test]
fn rows_after_an_unconfirmed_one_of_the_same_key_are_not_sent() {
    let rows = [("A", "1"), ("B", "1"), ("A", "2"), ("a ", "3"), ("A", "4"), ("A", "5")];
    let world = World::new(faulty(&["update key A hang"]))
        .target("request_timeout = \"300ms\"")
        .file("contacts.csv", cities(rows));
    let ran = world.update(&["--retries", "0"]).expect(1);
    assert_eq!(
        ran.column("status"),
        ["unconfirmed", "updated", "not_sent", "not_sent", "not_sent", "not_sent"]
    );
    assert_eq!(ran.column("MESSAGE_CODE")[2..], ["RP_EARLIER_ROW"; 4]);
    assert_eq!(ran.column("attempts"), ["1", "1", "0", "0", "0", "0"]);
}

#[test]
fn an_endpoint_that_was_never_reached_leaves_its_rows_not_sent() {
    // An address of its own: no other run may hold this target.
    let nobody = format!("http://127.0.0.1:1/{}", std::process::id());
    let world = World::new(faulty(&[])).at(&nobody).target("wait_for_endpoint = \"100ms\"");
    let world = world.file("contacts.csv", cities([("A", "Rome"), ("B", "Oslo")]));
    let ran = world.update(&[]).expect(3);
    assert_eq!(ran.column("status"), ["not_sent"; 2]);
    assert_eq!(ran.column("MESSAGE_CODE"), ["RP_ENDPOINT_DOWN"; 2]);
    assert!(ran.has("contacts.csv.results.journal"), "what is left to do is kept");
}

#[test]
fn twenty_transient_answers_in_a_row_hold_the_pool_until_it_answers_again() {
    let rows: Vec<String> = (0..60).map(|row| format!("K{row}")).collect();
    let sheet = cities(rows.iter().map(|key| (key.as_str(), "Rome")));
    let world = World::new(faulty(&["update first 30 status 503"])).file("contacts.csv", &sheet);
    let ran = world.update(&["--retries", "3", "--concurrency", "16"]).expect(0);
    assert_eq!(ran.column("status"), vec!["updated"; 60]);
    assert!(
        ran.err.contains("does not answer") && ran.err.contains("answers again"),
        "{}",
        ran.err
    );
    let gone = World::new(faulty(&["update all status 503"]))
        .target("wait_for_endpoint = \"200ms\"")
        .file("contacts.csv", &sheet);
    let ran = gone.update(&["--retries", "100"]).expect(3);
    assert_eq!(ran.column("status"), vec!["not_sent"; 60]);
}

#[test]
fn secrets_that_the_endpoint_echoes_are_replaced() {
    let (_, ran) = one_row(&["update all status 400 echo"], &[]);
    let message = ran.expect(1).column("MESSAGE").remove(0);
    assert!(message.contains("AUTH_TOKEN") && message.contains("[secret]"), "{message}");
}
