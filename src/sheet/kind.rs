//! What kind of file it is, by its content and not by its name.

use std::fs::File;
use std::io::{self, Read, Seek};

use super::text::encoding;
use super::unpacking;

/// The kinds of files that rows are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Delimited text.
    Text,
    /// Office Open XML (.xlsx, .xlsm).
    Xlsx,
    /// Excel binary (.xlsb).
    Xlsb,
    /// Excel 97 to 2003 (.xls).
    Xls,
    /// `OpenDocument` (.ods).
    Ods,
}

/// Bytes at the start that decide.
const SAMPLE: u64 = 64 * 1024;
/// The start of a zip archive (APPNOTE.TXT 4.3.7).
const ZIP: &[u8] = b"PK\x03\x04";
/// The start of a compound file ([MS-CFB] 2.2).
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Finds the kind of an open file; the text of an error says what to do.
pub(super) fn detect(file: &mut File) -> Result<Kind, String> {
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE).read_to_end(&mut sample).map_err(|fault| unreadable(&fault))?;
    if sample.starts_with(ZIP) {
        return in_zip(file);
    }
    if sample.starts_with(COMPOUND) {
        return in_compound(&sample, file);
    }
    text_fault(&sample).map_or(Ok(Kind::Text), Err)
}

/// The text of a fault of the operating system.
pub(super) fn unreadable(fault: &io::Error) -> String {
    format!("cannot be read: {fault}")
}

fn in_zip(file: &mut File) -> Result<Kind, String> {
    file.rewind().map_err(|fault| unreadable(&fault))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|fault| {
        format!("is a damaged workbook ({fault}); open it in Excel and save it again")
    })?;
    unpacking::check(&mut archive)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.bin") {
        Ok(Kind::Xlsb)
    } else if has("xl/workbook.xml") || has("xl/worksheets/sheet1.xml") {
        Ok(Kind::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Ok(Kind::Ods)
    } else if has("encrypted-package") {
        // An ods that is encrypted as a whole, as LibreOffice does since 24.8.
        Err(PROTECTED.into())
    } else {
        Err("is a zip archive, but not a workbook; unpack it first, or save the sheet as .xlsx or CSV".into())
    }
}

/// What is said of a workbook that cannot be read without its password.
pub(super) const PROTECTED: &str =
    "is protected by a password; open it in Excel and save a copy without one";

/// An encrypted workbook is a compound file too, with a stream of this name ([MS-OFFCRYPTO] 2.3.4.4).
const ENCRYPTED: &str = "EncryptedPackage";

fn in_compound(sample: &[u8], file: &mut File) -> Result<Kind, String> {
    let name: Vec<u8> = ENCRYPTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut all = sample.to_vec();
    file.by_ref().take(16 << 20).read_to_end(&mut all).map_err(|fault| unreadable(&fault))?;
    if all.windows(name.len()).any(|window| window == name) {
        return Err(PROTECTED.into());
    }
    Ok(Kind::Xls)
}

/// Why a sample is not text, if so.
fn text_fault(sample: &[u8]) -> Option<String> {
    if encoding::shown(sample).is_some() {
        return None;
    }
    let odd =
        sample.iter().filter(|byte| **byte < b' ' && !b"\t\n\r\x0c\x1a".contains(byte)).count();
    (odd * 10 > sample.len()).then(|| {
        "is neither a workbook nor text: a tenth of its start are control characters; save the sheet as .xlsx or CSV".into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binaries_are_told_apart() {
        assert_eq!(text_fault(b"A,B\r\n1,2\r\n"), None);
        assert_eq!(text_fault(b""), None);
        assert!(text_fault(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01").is_some());
        assert_eq!(text_fault(b"\xFF\xFEA\0,\0"), None);
    }
}
