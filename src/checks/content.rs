//! What the text of a value tells: faults and doubts, whatever row it stands in.

use super::e_mail;
use super::spoiled::{
    DATE_LENGTHS, error_text, holds_control, is_error, is_excel_date, is_exponent, is_invisible,
    is_made_number, is_misdecoded,
};
use crate::model::cells::trimmed;
use crate::model::code::OwnCode;
use crate::model::quoted::quoted;
use crate::model::record::{Content, Field};
use crate::model::rules::FieldRule;

/// The words by which people and other programs mean to blank a field, if they stand in brackets.
const CLEAR_WORDS: [&str; 7] = ["clear", "cleared", "null", "blank", "empty", "delete", "deleted"];
/// What such a word may stand in.
const OPENING: [char; 4] = ['<', '[', '(', '{'];
const CLOSING: [char; 4] = ['>', ']', ')', '}'];
/// Allowed values that are listed.
const MOST_VALUES: usize = 10;

/// Tells of each finding: its code, and what is wrong in words.
pub(super) type Tell<'a> = &'a mut dyn FnMut(OwnCode, String);

/// What the texts of a row, or of many, hold, so that most checks of their values can be passed over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    is_ascii: bool,
    has_control: bool,
    has_double_space: bool,
}

impl Traits {
    /// The traits of texts, one after another.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        // Sums and not searches: those can be made of many bytes at once.
        let controls =
            bytes.iter().fold(0, |found, byte| found | u8::from(*byte < b' ' || *byte == 127));
        let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
        let double_spaces =
            pairs.fold(0, |found, (one, next)| found | u8::from(*one == b' ' && *next == b' '));
        let (has_control, has_double_space) = (controls > 0, double_spaces > 0);
        Self { is_ascii: bytes.is_ascii(), has_control, has_double_space }
    }

    /// Whether the texts hold nothing that would have to be looked for in each of them.
    pub(super) fn are_plain(self) -> bool {
        self.is_ascii && !self.has_control && !self.has_double_space
    }
}

/// Whether a look at the traits of the row, the length and the first byte is enough to see that nothing
/// can be found in a value, as in nearly every one.
#[inline]
pub(super) fn is_plain(field: &Field, text: &str, traits: Traits) -> bool {
    let is_plain_content = matches!(field.content, Content::Text | Content::Country);
    let is_plain_start = text
        .as_bytes()
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() && !matches!(first, b'E' | b'n' | b'N'));
    let may_be_date = DATE_LENGTHS.contains(&text.len());
    let fits = field.max_chars.is_none_or(|limit| text.len() <= limit);
    is_plain_content && is_plain_start && traits.are_plain() && fits && !may_be_date
}

/// The findings of a value of a field, but for the rules of the site.
///
/// The traits of the row and a look at the first byte tell which checks it needs.
pub(super) fn judge(field: &Field, text: &str, traits: Traits, tell: Tell<'_>) {
    if !traits.is_ascii && is_misdecoded(text) {
        tell(OwnCode::Misdecoded, "the text looks as if it was decoded wrongly before".into());
    }
    if let Some(limit) = field.max_chars {
        length(text, limit, tell);
    }
    let bytes = text.as_bytes();
    if (traits.has_control || !traits.is_ascii) && holds_control(text) {
        tell(OwnCode::Control, "the text holds a control character".into());
    }
    if traits.has_double_space && bytes.windows(2).any(|pair| pair == b"  ") {
        tell(OwnCode::Spaces, "the text holds two spaces in a row".into());
    }
    if !traits.is_ascii
        && let Some(c) = text.chars().find(|c| is_invisible(*c))
    {
        let code = u32::from(c);
        tell(
            OwnCode::Spaces,
            format!("the text holds a character that cannot be seen (U+{code:04X})"),
        );
    }
    // What a spreadsheet has spoiled is spoiled whether spaces stand around it or not.
    by_first_byte(field, trimmed(text), tell);
    by_content(field.content, text, tell);
}

fn by_first_byte(field: &Field, text: &str, tell: Tell<'_>) {
    match text.as_bytes().first() {
        Some(b'#' | b'E') if is_error(text) => tell(OwnCode::ErrorCell, error_text(text)),
        Some(b'-' | b'0'..=b'9') if is_exponent(text) => {
            tell(
                OwnCode::Exponent,
                format!("{text} is a long number that a spreadsheet has shortened"),
            );
        }
        Some(b'n' | b'N' | b'<' | b'[' | b'(' | b'{') if is_clear_mark(text) => {
            tell(
                OwnCode::ClearMark,
                format!("{text} would be stored as it stands, and blanks nothing"),
            );
        }
        Some(b'=' | b'@') if field.content != Content::EMail => {
            tell(OwnCode::Formula, "the text begins as a formula does".into());
        }
        Some(b'+' | b'-') if is_calculation(text) => {
            tell(OwnCode::Formula, "the text begins as a formula does".into());
        }
        _ if is_excel_date(text) => {
            tell(
                OwnCode::Date,
                format!("{text} looks like a date that a spreadsheet has made of a text"),
            );
        }
        _ => {}
    }
}

/// Whether a text is NULL, or another word for it in brackets of any kind, which need not be whole.
fn is_clear_mark(text: &str) -> bool {
    if !text.starts_with(OPENING) {
        return text.eq_ignore_ascii_case("null");
    }
    let word = text.trim_start_matches(OPENING).trim_end_matches(CLOSING).trim();
    CLEAR_WORDS.iter().any(|clear| clear.eq_ignore_ascii_case(word))
}

/// A sign, and after it a name or a call, as in `+A1` or `-SUM(A1:A2)`: telephone numbers and
/// negative numbers have digits there.
fn is_calculation(text: &str) -> bool {
    let rest = text[1..].trim_start();
    rest.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.contains(|c: char| c.is_ascii_digit() || c == '(')
        && !rest.contains(' ')
}

fn by_content(content: Content, text: &str, tell: Tell<'_>) {
    match content {
        Content::EMail => {
            if let Some(what) = e_mail::fault(text) {
                tell(OwnCode::EMail, format!("{} {what}", quoted(text)));
            }
        }
        Content::WebAddress if !is_web_address(text) => {
            tell(OwnCode::WebAddress, format!("{} does not look like a web address", quoted(text)));
        }
        Content::PostalCode if is_short_zip(text) => {
            tell(
                OwnCode::LostZeros,
                format!("{text} may be a US ZIP code that has lost its zeros"),
            );
        }
        Content::PostalCode | Content::Telephone if is_made_number(text) => {
            tell(
                OwnCode::LostZeros,
                format!("{text} was made a number by a program; zeros before it may be lost"),
            );
        }
        Content::Attachments => attachments(text, tell),
        _ => {}
    }
}

fn attachments(text: &str, tell: Tell<'_>) {
    let items = || text.split('|').map(str::trim);
    if items().any(str::is_empty) {
        tell(OwnCode::Attachments, "the list joined by | has a blank item".into());
    }
    for item in items().filter(|item| !item.is_empty() && !item.contains(['/', '\\', '.'])) {
        tell(
            OwnCode::Attachments,
            format!("{} is neither a web address nor the path of a file", quoted(item)),
        );
    }
}

/// The findings of a value against the rules of the site for its field.
pub(super) fn judge_site(rule: &FieldRule, text: &str, tell: Tell<'_>) {
    if let Some(limit) = rule.max_length {
        length(text, limit, tell);
    }
    if rule.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
        tell(
            OwnCode::Pattern,
            format!("{} does not have the form that config.toml asks for", quoted(text)),
        );
    }
    if !rule.values.is_empty() && !rule.values.iter().any(|value| value == text) {
        let mut values =
            rule.values.iter().take(MOST_VALUES).cloned().collect::<Vec<_>>().join(", ");
        if rule.values.len() > MOST_VALUES {
            values.push_str(", …");
        }
        tell(
            OwnCode::Value,
            format!("{} is none of the values that config.toml allows: {values}", quoted(text)),
        );
    }
}

fn length(text: &str, limit: usize, tell: Tell<'_>) {
    // A text has no more characters than bytes, so that most need no counting.
    let chars = if text.len() > limit { text.chars().count() } else { 0 };
    if chars > limit {
        tell(OwnCode::Length, format!("{chars} characters, and the field holds at most {limit}"));
    }
}

fn is_short_zip(text: &str) -> bool {
    matches!(text.len(), 3 | 4) && text.chars().all(|c| c.is_ascii_digit())
}

/// A name with a dot in it, perhaps after `http://`.
fn is_web_address(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.contains('.') && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn codes(field: &str, text: &str) -> Vec<OwnCode> {
        let field = CUSTOMER_CONTACT.field(field).expect("a field");
        let mut codes = Vec::new();
        judge(field, text, Traits::of(text), &mut |code, _| codes.push(code));
        codes
    }

    #[test]
    fn e_mail_addresses_are_known_international_ones_too() {
        for good in [
            "j@abccorp.com",
            "j@intranet",
            "jörg@müller.example",
            "用户@例子.广告",
            "a.b+c@sub.example.co.uk",
        ] {
            assert_eq!(codes("E_MAIL", good), [], "{good}");
        }
        for bad in [
            "jhernandez@",
            "@x.com",
            "none",
            "a@b@c.com",
            "a b@c.com",
            "a@b.com; c@d.com",
            "John Smith <j@x.com>",
            "Smith, John <j@x.com>",
            " <j@x.com>",
            "a@[1.2.3.4]",
        ] {
            assert_eq!(codes("E_MAIL", bad), [OwnCode::EMail], "{bad}");
        }
    }

    #[test]
    fn what_a_spreadsheet_has_spoiled_is_told() {
        for short in ["4.09E+09", "4.08556e+09", "4.08556e+009", "-4E+11"] {
            assert_eq!(codes("PHONE_NO", short), [OwnCode::Exponent], "{short}");
        }
        for plain in ["4e", "12E+5", "3e+10th floor", "4.08556 e+09"] {
            assert_eq!(codes("ADDRESS_2", plain), [], "{plain}");
        }
        assert_eq!(codes("CITY", "#N/A"), [OwnCode::ErrorCell]);
        assert_eq!(codes("CITY", "#1 Plaza"), []);
        assert_eq!(codes("ZIP_CODE", "2134"), [OwnCode::LostZeros]);
        assert_eq!(codes("ZIP_CODE", "02134"), []);
        for (field, number) in
            [("ZIP_CODE", "2134.0"), ("ZIP_CODE", "94111.0"), ("PHONE_NO", "4085551212.0")]
        {
            assert_eq!(codes(field, number), [OwnCode::LostZeros], "{number}");
        }
        for (field, plain) in [
            ("NOTES", "2134.0"),
            ("PHONE_NO", "408.555.0"),
            ("PHONE_NO", ".0"),
            ("ZIP_CODE", "A.0"),
        ] {
            assert_eq!(codes(field, plain), [], "{plain}");
        }
        for spoiled in
            ["MÃ¼nchen", "CafÃ©", "Ã³dÅº", "itâ€™s", "Z\u{fffd}rich", "5Â\u{a0}Main", "20Â°"]
        {
            assert_eq!(codes("CITY", spoiled), [OwnCode::Misdecoded], "{spoiled}");
        }
        for good in
            ["München", "SÃO PAULO", "Ålesund", "Ämter", "“Łódź”", "Nuñez Ã", "CHÂTEAU", "Â 5"]
        {
            assert_eq!(codes("CITY", good), [], "{good}");
        }
        for control in ["a\u{b}b", "Z\u{81}rich"] {
            assert_eq!(codes("CITY", control), [OwnCode::Control]);
        }
        for invisible in ["\u{feff}Rome", "Ro\u{200b}me", "Ro\u{ad}me", "Rome\u{202c}"] {
            assert_eq!(codes("CITY", invisible), [OwnCode::Spaces]);
        }
        // They join and part letters of some scripts.
        assert_eq!(codes("CITY", "\u{645}\u{200c}\u{646}"), []);
        assert_eq!(codes("CITY", " #N/A "), [OwnCode::ErrorCell]);
        assert_eq!(codes("NOTES", "one\ntwo\tthree"), []);
        for mark in [
            "null",
            "<clear",
            "< clear >",
            "<cleared>",
            "[CLEAR]",
            "(clear)",
            "<empty>",
            "<delete>",
            "[ Deleted )",
            "<<clear>>",
            "(blank",
            "[NULL]",
            "<null>",
            "{clear}",
        ] {
            assert_eq!(codes("CITY", mark), [OwnCode::ClearMark], "{mark}");
        }
        for plain in
            ["clear", "Blank", "(empty lot)", "<>", "(", "[clear] Lake", "nullify", "Clear>"]
        {
            assert_eq!(codes("CITY", plain), [], "{plain}");
        }
        assert_eq!(codes("CITY", "New  York"), [OwnCode::Spaces]);
        for formula in ["=A1", "@SUM(A1)", "+A1", "-SUM(A1:A2)"] {
            assert_eq!(codes("CITY", formula), [OwnCode::Formula], "{formula}");
        }
        for plain in ["+49 30 123", "-12.5", "-", "- see notes of 2024", "+1-800-FLOWERS"] {
            assert_eq!(codes("PHONE_NO", plain), [], "{plain}");
        }
        for date in ["2-Jan", "31-Dec", "Mar-01"] {
            assert_eq!(codes("ADDRESS_2", date), [OwnCode::Date], "{date}");
        }
        for plain in ["2-January", "May-be", "12-34", "Jan-Olaf", "1-Jan-2024 "] {
            assert_eq!(codes("ADDRESS_2", plain), [], "{plain}");
        }
        for error in ["#REF!", "#VALUE!", "#####", "Err:502", "#WERT!", "#NV", "#NOM?", "#¡REF!"] {
            assert_eq!(codes("CITY", error), [OwnCode::ErrorCell], "{error}");
        }
        assert_eq!(codes("WEB_ADDRESS", "http://www.expandable.com/"), []);
        assert_eq!(codes("WEB_ADDRESS", "see card"), [OwnCode::WebAddress]);
        assert_eq!(codes("ATTACHMENTS", "http://a.b/|C:\\x.docx"), []);
        assert_eq!(codes("ATTACHMENTS", "http://a.b/||C:\\x.docx"), [OwnCode::Attachments]);
        assert_eq!(codes("ATTACHMENTS", "see drawer"), [OwnCode::Attachments]);
    }

    #[test]
    fn the_rules_of_the_site_are_kept() {
        let rule = FieldRule {
            max_length: Some(5),
            pattern: Some(regex::Regex::new("^[A-Z]+$").expect("a pattern")),
            values: vec!["ABC".into()],
            ..FieldRule::default()
        };
        let codes = |text: &str| {
            let mut codes = Vec::new();
            judge_site(&rule, text, &mut |code, _| codes.push(code));
            codes
        };
        assert_eq!(codes("ABC"), []);
        assert_eq!(codes("abcdef"), [OwnCode::Length, OwnCode::Pattern, OwnCode::Value]);
    }
}
