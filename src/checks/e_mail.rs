//! Whether a value is one e-mail address.

use std::str::FromStr as _;

use email_address::EmailAddress;

/// Most characters of a part of a domain (RFC 1035, 2.3.4).
const MOST_OF_LABEL: usize = 63;

/// What a value is if not an address.
pub(super) fn fault(text: &str) -> Option<&'static str> {
    if is_plain(text) || EmailAddress::from_str(text).is_ok() {
        return None;
    }
    let parts: Vec<&str> =
        text.split([';', ',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let is_list = parts.len() > 1 && parts.iter().all(|part| EmailAddress::from_str(part).is_ok());
    Some(if is_list {
        "is a list of addresses; the field holds one"
    } else {
        "is not an e-mail address"
    })
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
            let is_address = EmailAddress::from_str(&text).is_ok();
            addresses += usize::from(is_address);
            if is_plain(&text) {
                plain += 1;
                assert!(is_address, "{text}");
            }
        }
        assert!(plain > 50 && plain < addresses, "{plain} of {addresses}");
    }
}
