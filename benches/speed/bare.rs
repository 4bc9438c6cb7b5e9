//! The other side of each ratio: loops that do nothing but what cannot be left out.
//!
//! Each gives the seconds that it took.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Instant;

use calamine::{Reader as _, Xlsx};
use futures_util::{StreamExt as _, stream};
use reqwest::header::CONTENT_TYPE;
use rowpatch::sandbox::{DATA_SOURCE, PASSWORD, USER_NAME};
use serde_json::{Map, Value, json};

/// Reads every record of a text.
pub fn csv(file: &Path) -> f64 {
    let began = Instant::now();
    let mut reader = csv::Reader::from_path(file).expect("a file");
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while reader.read_byte_record(&mut record).expect("a record") {
        cells += record.len();
    }
    std::hint::black_box(cells);
    began.elapsed().as_secs_f64()
}

/// Reads every cell of a workbook.
pub fn xlsx(file: &Path) -> f64 {
    let began = Instant::now();
    let input = BufReader::new(File::open(file).expect("a file"));
    let mut workbook: Xlsx<_> = Xlsx::new(input).expect("a workbook");
    let mut reader = workbook.worksheet_cells_reader("Sheet1").expect("a sheet");
    let mut cells = 0;
    while reader.next_cell().expect("a cell").is_some() {
        cells += 1;
    }
    std::hint::black_box(cells);
    began.elapsed().as_secs_f64()
}

/// Posts a body for each row of the file, made before the clock starts, with so many in flight.
pub fn send(base_url: &str, file: &Path, in_flight: usize) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = reqwest::Client::builder()
            .http1_only()
            .no_proxy()
            .tls_certs_only([])
            .pool_max_idle_per_host(in_flight)
            .build()
            .expect("a client");
        let post = |path: &str, body: Vec<u8>| {
            let request = client.post(format!("{base_url}{path}"));
            let request = request.header(CONTENT_TYPE, "application/json").body(body);
            async move {
                let response = request.send().await.expect("an answer");
                assert_eq!(response.status(), 200);
                let body = response.bytes().await.expect("a body");
                serde_json::from_slice::<Map<String, Value>>(&body).expect("an object")
            }
        };
        let login =
            json!({"DATA_SOURCE": DATA_SOURCE, "USER_NAME": USER_NAME, "PASSWORD": PASSWORD});
        let login = post("/api/auth-token-get", login.to_string().into_bytes()).await;
        let bodies = bodies(file, &login["AUTH_TOKEN"]);
        let count = bodies.len();
        let began = Instant::now();
        let sent = stream::iter(bodies)
            .map(|body| post("/api/customer-contact-update", body))
            .buffer_unordered(in_flight)
            .count()
            .await;
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(sent, count);
        seconds
    })
}

fn bodies(file: &Path, token: &Value) -> Vec<Vec<u8>> {
    let mut reader = csv::Reader::from_path(file).expect("a file");
    let header = reader.headers().expect("a header").clone();
    let body = |record: csv::StringRecord| {
        let fields = header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.into()));
        let body: Map<String, Value> =
            fields.chain([("AUTH_TOKEN".to_owned(), token.clone())]).collect();
        serde_json::to_vec(&body).expect("an object of texts is always JSON")
    };
    reader.records().map(|record| body(record.expect("a record"))).collect()
}
