//! The files by which spreadsheet programs say that they have a file open.

use std::ffi::OsString;
use std::path::Path;

/// What stands before and after the name of the file: as Microsoft Office and as `LibreOffice` do it.
const AFFIXES: [(&str, &str); 2] = [("~$", ""), (".~lock.", "#")];

/// The name of the file beside this one that shows that another program has it open, if there is one.
#[must_use]
pub fn beside(path: &Path) -> Option<String> {
    let name = path.file_name()?;
    AFFIXES.iter().find_map(|(before, after)| {
        let mut lock = OsString::from(before);
        lock.push(name);
        lock.push(after);
        path.with_file_name(&lock).exists().then(|| lock.to_string_lossy().into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_files_of_both_programs_are_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.xlsx");
        assert_eq!(beside(&path), None);
        for name in [".~lock.a.xlsx#", "~$a.xlsx"] {
            std::fs::write(folder.path().join(name), "").expect("written");
            assert_eq!(beside(&path).as_deref(), Some(name));
        }
    }
}
