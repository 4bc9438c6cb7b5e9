//! Over https: a private certification authority, and certificates that are not to be trusted.

use crate::front::Front;
use crate::world::{Ran, World, cities, faulty};

/// Why a run over https did not reach its server.
fn refused(world: &World) -> Ran {
    let ran = world.update(&["--retries", "0"]).expect(3);
    assert_eq!(ran.column("status"), ["not_sent"], "{}", ran.err);
    assert!(world.received().is_empty(), "{}", ran.err);
    ran
}

/// A sandbox that is not waited for when it is away, and a sheet for it.
fn waiting_little() -> World {
    World::new(faulty(&[]))
        .target("wait_for_endpoint = \"1ms\"")
        .file("contacts.csv", cities([("A", "Rome")]))
}

/// A sandbox behind a front with a certificate for `name`. It would be waited for a long time: a certificate
/// that is not to be trusted must stop the run at once.
fn fronted(name: &str) -> (World, Front) {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let front = Front::before(&world.base_url(), name);
    let world = world.at(&front.base_url()).file("company-ca.pem", front.ca());
    (world, front)
}

#[test]
fn rows_go_to_a_server_whose_authority_ca_file_names() {
    let (world, _front) = fronted("127.0.0.1");
    let world = world.target("ca_file = \"company-ca.pem\"");
    let ran = world.update(&[]).expect(0);
    assert_eq!(ran.column("status"), ["updated"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn a_certificate_for_another_name_is_refused_and_the_name_told() {
    let (world, _front) = fronted("erp.example.com");
    let ran = refused(&world.target("ca_file = \"company-ca.pem\""));
    let told = "the certificate of 127.0.0.1 is for another name (erp.example.com)";
    assert!(ran.err.contains(told) && ran.err.contains("base_url"), "{}", ran.err);
    assert!(ran.column("MESSAGE")[0].contains(told), "{:?}", ran.results());
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused_and_ca_file_named() {
    let (world, _front) = fronted("127.0.0.1");
    let ran = refused(&world);
    let told = "the certificate of 127.0.0.1 is not trusted";
    assert!(ran.err.contains(told) && ran.err.contains("ca_file"), "{}", ran.err);
    assert!(ran.column("MESSAGE")[0].contains(told), "{:?}", ran.results());
}

#[test]
fn a_ca_file_of_another_authority_is_named_as_such() {
    let (world, _front) = fronted("127.0.0.1");
    let (_, other) = fronted("127.0.0.1");
    let world = world.file("company-ca.pem", other.ca()).target("ca_file = \"company-ca.pem\"");
    let ran = refused(&world);
    assert!(ran.err.contains("the certificates in ca_file company-ca.pem"), "{}", ran.err);
}

#[test]
fn a_certificate_that_has_expired_is_told_as_such() {
    let world = waiting_little();
    let front = Front::until(&world.base_url(), "127.0.0.1", 2020);
    let world = world
        .at(&front.base_url())
        .file("company-ca.pem", front.ca())
        .target("ca_file = \"company-ca.pem\"");
    let ran = refused(&world);
    assert!(ran.err.contains("the certificate of 127.0.0.1 has expired"), "{}", ran.err);
}

#[test]
fn a_server_that_speaks_no_tls_is_told() {
    let world = waiting_little();
    let plain = world.base_url().replace("http://", "https://");
    let ran = world.at(&plain).update(&["--retries", "0"]).expect(3);
    assert!(ran.err.contains("does not speak TLS"), "{}", ran.err);
}

#[test]
fn a_ca_file_that_holds_no_certificate_keeps_the_run_from_beginning() {
    for (name, told) in [("blank.pem", "no certificate"), ("missing.pem", "cannot be read")] {
        let (world, _front) = fronted("127.0.0.1");
        let world = world.file("blank.pem", "").target(&format!("ca_file = \"{name}\""));
        let ran = world.update(&[]).expect(2);
        assert!(ran.err.contains("ca_file") && ran.err.contains(told), "{}", ran.err);
        assert!(!ran.has("contacts.csv.results.csv"));
    }
}
