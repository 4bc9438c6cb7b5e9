//! Writes what the fuzzer begins with into `corpus/`: the fixtures and samples, taken apart as the targets want them.

use std::fs;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use rowpatch_fuzz::package::{ODS, XLSB, XLSX, unpacked};

/// Number formats of many kinds.
const CODES: [&str; 13] = [
    "General",
    "00000",
    "#,##0.00;[Red](#,##0.00)",
    "[<=9999999]###-####;(###) ###-####",
    "0.00E+00",
    "# ?/?",
    "0%",
    "yyyy-mm-dd hh:mm:ss.000",
    "[h]:mm",
    "[$-407]d. mmmm yyyy AM/PM",
    "_(* #,##0_);\"a\"@",
    "0;-0;;@",
    "[_\"][\"]#/#_(*)",
];
/// Answers, without their first line.
const ANSWERS: [&str; 5] = [
    "Content-Length: 25\r\n\r\n{\"AUTH_TOKEN\":\"t0ken-12\"}",
    "Connection: close\r\n\r\n\u{feff}{\"CUSTOMER_ID\":\"A\",\"CUST_CONTACT\":\"a \",\"CITY\":\"Rom\",\"X\":[1,{}],\"Y\":null}",
    "Retry-After: Tue, 24 Nov 2026 10:00:30 GMT\r\nConnection: close\r\n\r\n{\"MESSAGE\":\"passw0rd-0815\",\"MESSAGE_CODE\":17}",
    "Retry-After: 99999999999999999999\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "Location: http://127.0.0.1/\r\nContent-Type: text/html\r\n\r\n<html>",
];

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["../fixtures", "../../samples"] {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.is_file() {
                of_file(&path)?;
            }
        }
    }
    for (position, code) in CODES.iter().enumerate() {
        for number in [0.0_f64, -1_234.567, 45_322.75, 4_085_551_212.0] {
            let seed = [&number.to_le_bytes()[..], &[0], code.as_bytes()].concat();
            write("shown", &format!("{position}_{number}"), &seed)?;
        }
    }
    for (position, answer) in ANSWERS.iter().enumerate() {
        for status in [200, 302, 401, 500, 503] {
            for kind in 0..2 {
                let seed = format!("HTTP/1.1 {status} OK\r\n{answer}");
                write(
                    "answer",
                    &format!("{position}_{status}_{kind}"),
                    &[&[kind], seed.as_bytes()].concat(),
                )?;
            }
        }
    }
    Ok(())
}

fn of_file(path: &Path) -> io::Result<()> {
    let bytes = fs::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let (target, taken_apart) = match ending.as_str() {
        "csv" => return write("text", &name, &[&bytes[..], b"\n"].concat()),
        "xlsx" => ("xlsx", unpacked(&XLSX, &bytes)),
        "xlsb" => ("xlsb", unpacked(&XLSB, &bytes)),
        "ods" => ("ods", unpacked(&ODS, &bytes)),
        "xls" => ("xls", records(&bytes)?),
        _ => return Ok(()),
    };
    write(target, &name, &bytes)?;
    write(target, &format!("{name}.parts"), &taken_apart)
}

fn records(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut records = Vec::new();
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
    file.open_stream("/Workbook")?.read_to_end(&mut records)?;
    Ok(records)
}

fn write(target: &str, name: &str, seed: &[u8]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), seed)
}
