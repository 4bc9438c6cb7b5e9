//! Whether a value is one e-mail address.

use email_address::{EmailAddress, Options};

/// Most characters of a part of a domain (RFC 1035, 2.3.4).
const MOST_OF_LABEL: usize = 63;

/// What a value is if not an address.
pub(super) fn fault(text: &str) -> Option<&'static str> {
    if is_plain(text) {
        return None;
    }
    let in_brackets = text.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    if in_brackets.is_some_and(is_address) {
        return Some(
            "has a name or brackets around the address; the field holds the address alone",
        );
    }
    if is_address(text) {
        return None;
    }
    let parts: Vec<&str> =
        text.split([';', ',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let is_list = parts.len() > 1 && parts.iter().all(|part| is_address(part));
    Some(if is_list {
        "is a list of addresses; the field holds one"
    } else {
        "is not an e-mail address"
    })
}

/// An address alone, of a domain with a name: mail programs copy the person's name with it.
fn is_address(text: &str) -> bool {
    let options = Options::default().without_display_text().without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

/// Whether an address is plain: letters, digits and a few signs, as nearly all are. Of any other
/// the crate is asked, which takes ten times as long.
fn is_plain(text: &str) -> bool {
    let Some(at) = text.bytes().position(|byte| byte == b'@') else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let is_plain = |part: &str, signs: &[u8]| {
        let mut before = b'.';
        let is_plain = part.bytes().all(|byte| {
            let is_lone_dot = byte == b'.' && before != b'.';
            before = byte;
            byte.is_ascii_alphanumeric() || is_lone_dot || signs.contains(&byte)
        });
        is_plain && before != b'.' && part.len() <= MOST_OF_LABEL
    };
    is_plain(local, b"_+-") && is_plain(domain, b"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_an_address_for_the_crate_too() {
        let parts = ["a", "A-b", "x_y+z", ".", "..", "@", "example.com", "1", "-", "ü", " ", ""];
        let (mut plain, mut addresses) = (0, 0);
        for (a, b, c) in parts
            .iter()
            .flat_map(|a| parts.map(|b| (a, b)))
            .flat_map(|(a, b)| parts.map(|c| (a, b, c)))
        {
            let text = format!("{a}{b}@{c}{b}.org");
            let is_address = is_address(&text);
            addresses += usize::from(is_address);
            if is_plain(&text) {
                plain += 1;
                assert!(is_address, "{text}");
            }
        }
        assert!(plain > 50 && plain < addresses, "{plain} of {addresses}");
    }
}
