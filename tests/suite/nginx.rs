//! A night with a real server on the way: nginx with TLS, which lets so many requests pass and no more, and
//! an ERP behind it that is restarted.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::front::certified_for;
use crate::world::{World, cities, faulty};

/// Rows of the night.
const ROWS: usize = 1_000;
/// How long the ERP is away.
const AWAY: Duration = Duration::from_secs(20);

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Starts a program, and waits until it listens.
fn listening(mut command: Command, port: u16) -> Running {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let running = Running(quiet.spawn().expect("the program runs"));
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    running
}

fn nginx(folder: &Path, port: u16, behind: u16) -> Running {
    let configuration = format!(
        "daemon off;\npid nginx.pid;\nerror_log error.log;\nworker_processes 1;\nevents {{}}\n\
         http {{\n access_log off;\n client_body_temp_path body;\n proxy_temp_path proxy;\n\
         fastcgi_temp_path fastcgi;\n uwsgi_temp_path uwsgi;\n scgi_temp_path scgi;\n\
         limit_req_zone $binary_remote_addr zone=erp:1m rate=50r/s;\n limit_req_status 429;\n\
         server {{\n listen 127.0.0.1:{port} ssl;\n ssl_certificate cert.pem;\n ssl_certificate_key key.pem;\n\
         location / {{\n limit_req zone=erp burst=5 nodelay;\n proxy_pass http://127.0.0.1:{behind};\n }}\n }}\n}}\n"
    );
    std::fs::write(folder.join("nginx.conf"), configuration).expect("written");
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).args(["-e", "error.log", "-c", "nginx.conf"]);
    listening(command, port)
}

#[test]
#[ignore = "needs nginx, and a minute"]
fn a_night_with_a_restart_of_the_erp_ends_complete_by_itself() {
    let (port, behind) = (free_port(), free_port());
    let certified = certified_for("127.0.0.1", 2100);
    let keys: Vec<String> = (0..ROWS).map(|row| format!("K{}", row % 400)).collect();
    let world = World::new(faulty(&[]))
        .file("ca.pem", &certified.ca)
        .file("contacts.csv", cities(keys.iter().map(|key| (key.as_str(), "Rome"))));
    let world = world.at(&format!("https://127.0.0.1:{port}")).target("ca_file = \"ca.pem\"");
    let folder = world.path("nginx");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, pem) in ["cert.pem", "key.pem"].into_iter().zip(certified.pem()) {
        std::fs::write(folder.join(name), pem).expect("written");
    }
    let port_flag = behind.to_string();
    let erp =
        || listening(world.command(&["sandbox", "--port", &port_flag, "--no-site-rules"]), behind);
    let first = erp();
    let _nginx = nginx(&folder, port, behind);
    let run = world
        .command(&["update", "contacts.csv", "--yes", "--rate", "60/s", "--retries", "20"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    std::thread::sleep(Duration::from_secs(5));
    drop(first);
    std::thread::sleep(AWAY);
    let _second = erp();
    let ran = world.ran(run.wait_with_output().expect("it ends")).expect(0);
    assert_eq!(ran.column("status"), vec!["updated"; ROWS]);
    let attempts: u64 = ran
        .column("attempts")
        .iter()
        .map(|attempts| attempts.parse::<u64>().expect("a number"))
        .sum();
    assert!(attempts > ROWS as u64, "some were put off or lost: {attempts}");
    assert!(ran.err.contains("The endpoint does not answer"), "{}", ran.err);
    assert!(ran.err.contains("The endpoint answers again"), "{}", ran.err);
}
