//! A stand-in of the ERP endpoint on this machine, to rehearse on, to demonstrate with, and to test against.
//!
//! It keeps the contacts that it is sent, refuses what a site might refuse, and can be told to have faults.
//! It listens on a loopback address only.

mod api;
mod contacts;
pub mod fault;
pub mod fault_grammar;
mod query;
pub mod record;
mod refusal;
mod server;
mod site_rules;
mod tokens;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::model::key::Key;

use api::World;
use fault::Fault;
use record::Received;
use server::Server;

/// The data source that a sandbox has unless it is told otherwise.
pub const DATA_SOURCE: &str = "SANDBOX";
/// The user that a sandbox knows unless it is told otherwise.
pub const USER_NAME: &str = "REHEARSAL";
/// That user's password. It protects nothing: a sandbox holds what it was sent, on this machine.
pub const PASSWORD: &str = "rehearsal";

/// What a sandbox is like.
#[derive(Clone)]
pub struct Setup {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The data source that a login must name.
    pub data_source: String,
    /// The user that a login must name; also stamped on every contact.
    pub user_name: String,
    /// The password that a login must give.
    pub password: String,
    /// How long every answer takes at least; the update is stored before the wait.
    pub latency: Duration,
    /// The most that is added to `latency`; how much is drawn evenly for each answer.
    pub jitter: Duration,
    /// How many updates a token is good for; without it, any number.
    pub token_uses: Option<u32>,
    /// How long a token is good for; without it, for ever.
    pub token_lifetime: Option<Duration>,
    /// The contacts that exist, each as its fields that are not blank by name, the key fields among them.
    /// Without it, a contact that was never seen is taken on at its first update.
    pub contacts: Option<Vec<BTreeMap<String, String>>>,
    /// Whether the site has rules of its own for lengths and values. Documented limits hold in any case.
    pub site_rules: bool,
    /// Fields that store only so many characters of what they are sent, and say nothing.
    pub cut: Vec<(String, usize)>,
    /// Fields that are stored in upper case.
    pub upper: Vec<String>,
    /// What goes wrong; of several faults that match a call the first happens.
    pub faults: Vec<Fault>,
    /// Whether requests are kept for [`Sandbox::received`]; about 150 bytes each, and their fields beside.
    pub record: bool,
    /// Whether the fields of updates are kept with them.
    pub record_fields: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            port: 0,
            data_source: DATA_SOURCE.to_owned(),
            user_name: USER_NAME.to_owned(),
            password: PASSWORD.to_owned(),
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            token_uses: None,
            token_lifetime: None,
            contacts: None,
            site_rules: true,
            cut: Vec::new(),
            upper: Vec::new(),
            faults: Vec::new(),
            record: true,
            record_fields: true,
        }
    }
}

/// A running sandbox. Dropping it stops it at once: requests that wait for an answer lose their connection.
pub struct Sandbox {
    world: Arc<World>,
    server: Server,
}

impl Sandbox {
    /// Starts a sandbox on a thread of its own.
    ///
    /// # Errors
    /// If the port is taken or the system gives no socket or thread; [`io::ErrorKind::InvalidInput`]
    /// if `setup` names a field that does not exist, or has a fault that cannot happen.
    pub fn start(setup: Setup) -> io::Result<Self> {
        for fault in &setup.faults {
            let invalid = |reason| io::Error::new(io::ErrorKind::InvalidInput, reason);
            fault.check().map_err(invalid)?;
        }
        let world = Arc::new(World::new(setup)?);
        let server = Server::start(Arc::clone(&world))?;
        Ok(Self { world, server })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The address as a target has it, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Every request so far in the order of arrival; none without [`Setup::record`].
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.world.state().record.all()
    }

    /// All fields of the contact as it is stored, read-only ones included; `key` has the values of the
    /// key fields in the order of the record type's table.
    #[must_use]
    pub fn stored(&self, key: &[&str]) -> Option<BTreeMap<String, String>> {
        self.world.stored(&Key::fold(key.iter().copied()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use serde_json::{Value, json};

    use super::*;
    use crate::erp::wire;
    use crate::model::record::CUSTOMER_CONTACT;
    use record::Kind;

    const KEY: [&str; 2] = ["ABC", "SMITH"];

    fn sandbox(setup: Setup) -> Sandbox {
        Sandbox::start(setup).expect("a sandbox starts on a free port")
    }

    fn with_faults(lines: &[&str]) -> Setup {
        Setup {
            faults: lines.iter().map(|line| line.parse().expect("a fault")).collect(),
            ..Setup::default()
        }
    }

    /// Sends a request on a connection of its own, and does not wait for the answer.
    fn send(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(sandbox.address()).expect("it listens");
        let length = body.len();
        let head = "Host: localhost\r\nConnection: close\r\nUser-Agent: test/1";
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        stream
    }

    /// The whole answer as it comes, nothing when the connection was dropped.
    fn raw(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> String {
        let mut answer = String::new();
        let mut stream = send(sandbox, method, path, body);
        stream.read_to_string(&mut answer).expect("an end, not a reset");
        answer
    }

    /// Status and body.
    fn call(sandbox: &Sandbox, path: &str, body: &str) -> (u16, Value) {
        let answer = raw(sandbox, "POST", path, body);
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head[9..12].parse().expect("a status");
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    fn login(sandbox: &Sandbox) -> String {
        let body =
            json!({"DATA_SOURCE": DATA_SOURCE, "USER_NAME": USER_NAME, "PASSWORD": PASSWORD});
        let (status, answer) = call(sandbox, wire::TOKEN_PATH, &body.to_string());
        assert_eq!(status, 200);
        answer[wire::AUTH_TOKEN].as_str().expect("a token").to_owned()
    }

    fn city(token: &str, city: &str) -> String {
        let [customer, contact] = KEY;
        json!({"CUSTOMER_ID": customer, "CUST_CONTACT": contact, "CITY": city, "AUTH_TOKEN": token})
            .to_string()
    }

    fn update(sandbox: &Sandbox, body: &str) -> (u16, Value) {
        call(sandbox, CUSTOMER_CONTACT.update_path, body)
    }

    fn stored_city(sandbox: &Sandbox) -> Option<String> {
        sandbox.stored(&KEY)?.remove("CITY")
    }

    #[test]
    fn an_update_is_stored_and_answered_with_the_whole_contact() {
        let sandbox = sandbox(Setup::default());
        let token = login(&sandbox);
        let (status, answer) = update(&sandbox, &city(&token, "Köln"));
        assert_eq!(status, 200);
        assert_eq!(answer["CITY"], "Köln");
        assert_eq!(answer["MODIFIED_BY"], USER_NAME);
        assert_eq!(answer["NOTES"], "");
        let names = answer.as_object().map(serde_json::Map::len);
        assert_eq!(names, Some(CUSTOMER_CONTACT.fields.len()));

        let other_case = city(&token, "Bonn").replace("ABC", " abc ");
        assert_eq!(update(&sandbox, &other_case).1["CUSTOMER_ID"], "ABC");
        assert_eq!(stored_city(&sandbox).as_deref(), Some("Bonn"));

        let query = json!({"CUSTOMER_ID": "Abc", "CUST_CONTACT": "smith", "AUTH_TOKEN": token});
        let (status, found) = call(&sandbox, CUSTOMER_CONTACT.query_path, &query.to_string());
        assert_eq!((status, &found[0]["CITY"]), (200, &json!("Bonn")));
    }

    #[test]
    fn the_answer_has_its_fields_in_the_order_of_the_table() {
        let sandbox = sandbox(Setup::default());
        let answer =
            raw(&sandbox, "POST", CUSTOMER_CONTACT.update_path, &city(&login(&sandbox), "Bonn"));
        let places = CUSTOMER_CONTACT
            .fields
            .iter()
            .map(|field| answer.find(&format!("\"{}\":", field.name)));
        let places: Vec<_> = places.collect();
        assert!(places.is_sorted() && places[0].is_some());
    }

    #[test]
    fn what_the_contract_refuses_is_refused() {
        let sandbox = sandbox(Setup::default());
        let token = login(&sandbox);
        let good = city(&token, "Bonn");
        for (body, status, code) in [
            (city("", "Bonn"), 401, "SANDBOX_NO_TOKEN"),
            (city("guessed", "Bonn"), 401, "SANDBOX_TOKEN"),
            (good.replace("\"Bonn\"", "5"), 400, "SANDBOX_JSON"),
            (good.replace('}', ""), 400, "SANDBOX_JSON"),
            (good.replace("CITY", "CITTY"), 400, "SANDBOX_FIELD"),
            (good.replace("CITY", "CREATED_BY"), 400, "SANDBOX_FIELD"),
            (good.replace("SMITH", " "), 400, "SANDBOX_KEY"),
            (good.replace("\"CITY\":\"Bonn\",", ""), 400, "SANDBOX_NOTHING"),
            (good.replace("Bonn", &"x".repeat(26)), 500, "SANDBOX_LENGTH"),
            (good.replace("CITY", "CONTACT_STATUS"), 500, "SANDBOX_VALUE"),
        ] {
            let (found, answer) = update(&sandbox, &body);
            assert_eq!((found, &answer["MESSAGE_CODE"]), (status, &json!(code)), "{body}");
        }
        assert!(sandbox.stored(&KEY).is_none());
        let get = raw(&sandbox, "GET", CUSTOMER_CONTACT.update_path, "");
        assert!(get.starts_with("HTTP/1.1 405"), "{get}");
        assert_eq!(call(&sandbox, "/api/no-such-call", "{}").0, 404);
        let wrong = json!({"DATA_SOURCE": "LIVE", "USER_NAME": USER_NAME, "PASSWORD": PASSWORD});
        let (status, answer) = call(&sandbox, wire::TOKEN_PATH, &wrong.to_string());
        assert_eq!((status, &answer["MESSAGE_CODE"]), (500, &json!("SANDBOX_LOGIN")));
        for (query, code) in [
            (json!({"CITY": "Bonn", "AUTH_TOKEN": "guessed"}), "SANDBOX_TOKEN"),
            (json!({"AUTH_TOKEN": token}), "SANDBOX_QUERY"),
            (json!({"NOTES": "x", "AUTH_TOKEN": token}), "SANDBOX_FIELD"),
        ] {
            let answer = call(&sandbox, CUSTOMER_CONTACT.query_path, &query.to_string()).1;
            assert_eq!(answer["MESSAGE_CODE"], json!(code));
        }
    }

    #[test]
    fn a_query_finds_the_contacts_that_meet_all_its_criteria() {
        let contact = |contact: &str, city: &str| {
            let fields = [("CUSTOMER_ID", "ABC"), ("CUST_CONTACT", contact), ("CITY", city)];
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        let contacts = vec![contact("X,Y", "Bonn"), contact("A", "Bonn"), contact("B", "Kiel")];
        let sandbox = sandbox(Setup { contacts: Some(contacts), ..Setup::default() });
        let token = login(&sandbox);
        let found = |criteria: &[(&str, &str)]| {
            let mut query = json!({"AUTH_TOKEN": token});
            for (field, value) in criteria {
                query[field] = json!(value);
            }
            let (status, found) = call(&sandbox, CUSTOMER_CONTACT.query_path, &query.to_string());
            let found = found.as_array().cloned().unwrap_or_default();
            let names =
                found.iter().map(|contact| contact["CUST_CONTACT"].as_str().map(str::to_owned));
            (status, names.map(Option::unwrap_or_default).collect::<Vec<_>>().join(" "))
        };
        let abc = ("CUSTOMER_ID", "abc");
        assert_eq!(found(&[abc, ("CUST_CONTACT", "IN 'x,y','a','none'")]), (200, "A X,Y".into()));
        assert_eq!(found(&[abc, ("CITY", "B%")]), (200, "A X,Y".into()));
        assert_eq!(found(&[("CITY", "<>Bonn"), ("MODIFIED_BY", USER_NAME)]), (200, "B".into()));
        assert_eq!(found(&[abc, ("CUST_CONTACT", "C")]), (200, String::new()));
        let queries = sandbox.received().into_iter().filter(|request| request.kind == Kind::Query);
        assert_eq!(queries.filter(|query| query.fields.contains_key("CITY")).count(), 2);
    }

    #[test]
    fn only_known_contacts_are_updated_when_the_keys_are_given() {
        let known = ["CUSTOMER_ID", "CUST_CONTACT"].into_iter().zip(KEY);
        let known = known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let sandbox = sandbox(Setup { contacts: Some(vec![known]), ..Setup::default() });
        let body = city(&login(&sandbox), "Bonn");
        assert_eq!(update(&sandbox, &body).0, 200);
        let (status, answer) = update(&sandbox, &body.replace("SMITH", "JONES"));
        assert_eq!((status, &answer["MESSAGE"]), (500, &json!("There is no contact ABC / JONES.")));
    }

    #[test]
    fn a_cut_field_stores_less_than_it_was_sent_and_says_nothing() {
        let sandbox = sandbox(Setup { cut: vec![("CITY".to_owned(), 2)], ..Setup::default() });
        let (status, answer) = update(&sandbox, &city(&login(&sandbox), "Köln"));
        assert_eq!((status, &answer["CITY"]), (200, &json!("Kö")));
    }

    #[test]
    fn a_token_ends_after_its_uses_and_after_its_time() {
        let uses = sandbox(Setup { token_uses: Some(2), ..Setup::default() });
        let body = city(&login(&uses), "Bonn");
        let statuses = [(); 3].map(|()| update(&uses, &body).0);
        assert_eq!(statuses, [200, 200, 401]);
        assert_eq!(update(&uses, &city(&login(&uses), "Bonn")).0, 200);

        let time = sandbox(Setup { token_lifetime: Some(Duration::ZERO), ..Setup::default() });
        assert_eq!(update(&time, &city(&login(&time), "Bonn")).0, 401);
    }

    #[test]
    fn an_answer_in_place_of_the_endpoints_stores_nothing_unless_told_to() {
        let sandbox = sandbox(with_faults(&[
            "update every 2 status 503 retry-after 7",
            "update 3 status 502 body <p>gateway</p> after",
            "update 5 status 500 echo",
        ]));
        let token = login(&sandbox);
        // A dead token's update is not counted.
        assert_eq!(update(&sandbox, &city("dead", "Ulm")).0, 401);
        let path = CUSTOMER_CONTACT.update_path;
        let send = |name| raw(&sandbox, "POST", path, &city(&token, name));
        assert!(send("Bonn").starts_with("HTTP/1.1 200"));
        let second = send("Kiel");
        assert!(second.starts_with("HTTP/1.1 503"), "{second}");
        assert!(second.contains("retry-after: 7"), "{second}");
        assert_eq!(stored_city(&sandbox).as_deref(), Some("Bonn"));
        assert!(send("Jena").ends_with("<p>gateway</p>"));
        assert_eq!(stored_city(&sandbox).as_deref(), Some("Jena"));
        send("Hof");
        assert!(send("Ulm").contains(&token));
        let faults: Vec<_> = sandbox.received().iter().map(|request| request.fault).collect();
        assert_eq!(faults, [None, None, None, Some(0), Some(1), Some(0), Some(2)]);
    }

    #[test]
    fn a_dropped_update_has_no_answer_and_is_stored_only_when_dropped_after() {
        let sandbox = sandbox(with_faults(&["update 1 drop", "update 2 drop after"]));
        let body = city(&login(&sandbox), "Bonn");
        let path = CUSTOMER_CONTACT.update_path;
        assert_eq!(raw(&sandbox, "POST", path, &body), "");
        assert_eq!(stored_city(&sandbox), None);
        assert_eq!(raw(&sandbox, "POST", path, &body), "");
        assert_eq!(stored_city(&sandbox).as_deref(), Some("Bonn"));
        assert_eq!(update(&sandbox, &body).0, 200);
    }

    #[test]
    fn a_hanging_request_holds_up_neither_the_others_nor_the_end() {
        let sandbox = sandbox(with_faults(&["update 1 hang after"]));
        let body = city(&login(&sandbox), "Bonn");
        let mut hanging = send(&sandbox, "POST", CUSTOMER_CONTACT.update_path, &body);
        while sandbox.stored(&KEY).is_none() {
            std::thread::yield_now();
        }
        assert_eq!(update(&sandbox, &body).0, 200);
        let received = sandbox.received();
        assert_eq!((received[1].status, received[1].answered), (None, None));
        drop(sandbox);
        let mut answer = Vec::new();
        let _ = hanging.read_to_end(&mut answer);
        assert_eq!(answer, b"");
    }

    #[test]
    fn every_request_is_recorded_without_its_token() {
        let sandbox = sandbox(Setup::default());
        let body = city(&login(&sandbox), "Bonn");
        update(&sandbox, &body);
        raw(&sandbox, "GET", "/", "");
        let received = sandbox.received();
        let kinds: Vec<_> = received.iter().map(|request| request.kind).collect();
        assert_eq!(kinds, [Kind::Token, Kind::Update, Kind::Other]);
        let update = &received[1];
        assert_eq!(update.key, Some(Key::fold(KEY)));
        assert!(update.answered.is_some_and(|answered| answered > update.arrived));
        assert_eq!(update.user_agent.as_deref(), Some("test/1"));
        let names: Vec<_> = update.fields.keys().collect();
        assert_eq!(names, ["CITY", "CUSTOMER_ID", "CUST_CONTACT"]);
    }

    #[test]
    fn a_panic_while_the_state_is_held_does_not_end_the_sandbox() {
        let sandbox = sandbox(Setup::default());
        let world = Arc::clone(&sandbox.world);
        let panicked = std::thread::spawn(move || {
            let _state = world.state();
            panic!("a handler's fault");
        });
        assert!(panicked.join().is_err());
        assert_eq!(update(&sandbox, &city(&login(&sandbox), "Bonn")).0, 200);
    }

    #[test]
    fn a_setup_that_cannot_be_is_refused() {
        let mut setup = with_faults(&["update every 1 drop"]);
        setup.faults[0].nth = fault::Selector::Every(0);
        assert!(Sandbox::start(setup).is_err());
    }
}
