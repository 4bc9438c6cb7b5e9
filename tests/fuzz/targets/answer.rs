//! What an endpoint may answer, as bytes on the wire: to a login and to an update.

#![no_main]

use std::io;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rowpatch::erp::{Answer, Endpoint as _, ErpEndpoint, LoginReply, Reply, Updated};
use rowpatch::model::patch::{Change, Patch};
use rowpatch::model::record::CUSTOMER_CONTACT;
use rowpatch::model::target::{Credentials, Target};
use rowpatch_fuzz::{judge_panics, run};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The secrets, which no answer may bring back into a text.
const TOKEN: &str = "t0ken-4711";
const PASSWORD: &str = "passw0rd-0815";

thread_local! {
    /// One for all inputs: the ports of a machine would run out.
    static SERVER: (Runtime, TcpListener) = server().expect("a free port");
}

fuzz_target!(init: judge_panics(), |input: &[u8]| {
    if let Some((kind, answer)) = input.split_first() {
        SERVER.with(|(runtime, listener)| {
            run(|| runtime.block_on(ask(listener, kind & 1 == 0, answer)));
        });
    }
});

fn server() -> io::Result<(Runtime, TcpListener)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    Ok((runtime, listener))
}

async fn ask(listener: &TcpListener, is_login: bool, bytes: &[u8]) {
    let address = listener.local_addr().expect("an address");
    let endpoint = endpoint(format!("http://{address}"));
    let asked = async {
        if is_login {
            check_login(&endpoint.login().await);
        } else {
            check_update(&endpoint.update(&TOKEN.into(), &patch()).await);
        }
    };
    tokio::join!(asked, serve(listener, bytes));
}

async fn serve(listener: &TcpListener, bytes: &[u8]) {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut request = Vec::new();
    // All requests are short JSON objects: the closing brace is the last byte.
    while !request.ends_with(b"}") {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    // Whoever hangs up has seen enough.
    let _ = stream.write_all(bytes).await;
}

fn endpoint(base_url: String) -> ErpEndpoint {
    let target = Target {
        name: "fuzz".into(),
        base_url,
        data_source: "DEMO".into(),
        user_name: "APIUSER".into(),
        live: false,
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
        ca_file: None,
        proxy: None,
    };
    let credentials = Credentials::Password { password: SecretString::from(PASSWORD), token: None };
    ErpEndpoint::new(&target, &credentials, &CUSTOMER_CONTACT, 1, "fuzz").expect("an endpoint")
}

fn patch() -> Patch {
    let mut patch = Patch::default();
    for field in CUSTOMER_CONTACT.keys() {
        patch.push(field, Change::Set("A"));
    }
    let field = CUSTOMER_CONTACT.field("CITY").expect("a field");
    patch.push(field, Change::Set("Rome"));
    patch
}

/// Only an answer of success confirms, and none tells a secret.
fn check_update(reply: &Reply<Updated>) {
    match reply {
        Reply::Good(Updated { status, differences, .. }) => {
            assert!((200..300).contains(status));
            differences.iter().for_each(|found| assert_tells_no_secret(&found.warning()));
        }
        Reply::Refused(answer)
        | Reply::Unauthorized(answer)
        | Reply::WrongAddress(answer)
        | Reply::ProxyLogin(answer)
        | Reply::Transient { answer, .. } => check_answer(answer),
        Reply::Silence(silence) => assert_tells_no_secret(&silence.text),
    }
}

fn check_login(reply: &LoginReply) {
    match reply {
        LoginReply::Token(_) => {}
        LoginReply::Refused(answer)
        | LoginReply::WrongAddress(answer)
        | LoginReply::Transient { answer, .. } => check_answer(answer),
        LoginReply::Silence(silence) => assert_tells_no_secret(&silence.text),
    }
}

fn check_answer(answer: &Answer) {
    assert!((100..1_000).contains(&answer.status));
    assert_tells_no_secret(&answer.message);
    answer.code.iter().for_each(|code| assert_tells_no_secret(code));
}

fn assert_tells_no_secret(text: &str) {
    assert!(!text.contains(PASSWORD), "{text}");
}
