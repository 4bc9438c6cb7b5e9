//! Secrets are replaced in every text that comes from the endpoint: a message may echo the request.

use secrecy::{ExposeSecret, SecretString};

/// What stands in place of a secret.
const REPLACED: &str = "[secret]";

/// Replaces each secret in `text`, as it is and as JSON would write it.
pub(super) fn redact<'a>(
    text: String,
    secrets: impl IntoIterator<Item = &'a SecretString>,
) -> String {
    secrets.into_iter().fold(text, |text, secret| {
        let secret = secret.expose_secret();
        if secret.is_empty() {
            return text;
        }
        let quoted = serde_json::Value::from(secret).to_string();
        let escaped = &quoted[1..quoted.len() - 1];
        [escaped, secret].iter().fold(text, |text, form| {
            if text.contains(form) { text.replace(form, REPLACED) } else { text }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_replaced_in_both_forms() {
        let secret = SecretString::from("a\"b");
        let text = redact(r#"bad request: {"PASSWORD":"a\"b"} (a"b)"#.into(), [&secret]);
        assert_eq!(text, r#"bad request: {"PASSWORD":"[secret]"} ([secret])"#);
    }
}
