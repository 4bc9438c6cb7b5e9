//! Secrets are replaced in every text that comes from the endpoint: a message may echo the request.

use std::cmp::Reverse;

use quick_xml::escape::escape;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::byte_serialize;

/// What stands in place of a secret.
const REPLACED: &str = "[secret]";

/// Replaces each secret in `text`, as it is and as JSON, HTML and addresses would write it.
pub(super) fn redact<'a>(
    text: String,
    secrets: impl IntoIterator<Item = &'a SecretString>,
) -> String {
    secrets.into_iter().fold(text, |text, secret| {
        let secret = secret.expose_secret();
        if secret.is_empty() {
            return text;
        }
        forms(secret).iter().fold(text, |text, form| {
            if text.contains(form) { text.replace(form, REPLACED) } else { text }
        })
    })
}

/// How a secret may be written, the longest first: a shorter one may be a part of it.
fn forms(secret: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(secret).to_string();
    let json = &quoted[1..quoted.len() - 1];
    let html = escape(secret);
    let of_forms: String = byte_serialize(secret.as_bytes()).collect();
    let address = of_forms.replace('+', "%20");
    let mut forms = vec![
        secret.to_owned(),
        json.to_owned(),
        json.replace('/', "\\/"),
        json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e"),
        json.replace('&', "\\u0026").replace('<', "\\u003C").replace('>', "\\u003E"),
        html.replace("&apos;", "&#39;"),
        html.replace("&apos;", "&#x27;").replace("&quot;", "&#34;"),
        html.into_owned(),
        in_small_hex(&of_forms),
        in_small_hex(&address),
        of_forms,
        address,
    ];
    forms.sort_by_key(|form| Reverse(form.len()));
    forms.dedup();
    forms
}

/// An address with its escapes in small letters.
fn in_small_hex(address: &str) -> String {
    let mut parts = address.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (escape, rest) = part.split_at(part.len().min(2));
        format!("{text}%{}{rest}", escape.to_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_replaced_however_it_is_written() {
        let secret = SecretString::from("a/b&c<'d +é");
        for text in [
            "a/b&c<'d +é",
            r"a\/b&c<'d +é",
            r"a/b\u0026c\u003c'd +é",
            "a/b&amp;c&lt;&apos;d +é",
            "a/b&amp;c&lt;&#39;d +é",
            "a%2Fb%26c%3C%27d%20%2B%C3%A9",
            "a%2Fb%26c%3C%27d+%2B%C3%A9",
            "a%2fb%26c%3c%27d+%2b%c3%a9",
        ] {
            assert_eq!(redact(format!("<{text}>"), [&secret]), "<[secret]>", "{text}");
        }
    }

    #[test]
    fn a_secret_is_replaced_within_json() {
        let secret = SecretString::from("a\"b");
        let text = redact(r#"bad request: {"PASSWORD":"a\"b"} (a"b)"#.into(), [&secret]);
        assert_eq!(text, r#"bad request: {"PASSWORD":"[secret]"} ([secret])"#);
    }
}
