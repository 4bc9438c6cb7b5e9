//! Binary workbooks of Excel 2007 and later.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rowpatch_fuzz::package::{XLSB, packed};
use rowpatch_fuzz::{judge_panics, read};

fuzz_target!(init: judge_panics(), |input: &[u8]| read(&packed(&XLSB, input), None));
