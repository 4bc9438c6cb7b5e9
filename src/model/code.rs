//! The message codes: rowpatch's own, each with its cause and cure, and those of the endpoint.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! own_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal: $cause:literal, $cure:literal;)*) => {
        /// A code of rowpatch's own. In the order of gravity, the gravest first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OwnCode {
            $($(#[$doc])* $name,)*
        }

        impl OwnCode {
            /// Every code, the gravest first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as results show it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What happened, in a sentence.
            #[must_use]
            pub fn cause(self) -> &'static str {
                match self { $(Self::$name => $cause,)* }
            }

            /// What a person can do about it.
            #[must_use]
            pub fn cure(self) -> &'static str {
                match self { $(Self::$name => $cure,)* }
            }
        }
    };
}

own_codes! {
    /// Bytes that are not UTF-8.
    Encoding = "RP_ENCODING":
        "A cell holds bytes or characters that could not be decoded.",
        "Save the file again as \"CSV UTF-8\", or name its encoding with --encoding.";
    /// A NUL character.
    Nul = "RP_NUL":
        "A cell holds a NUL character, as damaged and binary files do.",
        "Export the file again, or type the cell anew.";
    /// Another number of cells than the header.
    Columns = "RP_COLUMNS":
        "The row has more or fewer cells than the header, so that its values may stand under the wrong headers.",
        "Put quotes around values that hold the delimiter, or add the cells that are missing.";
    /// A blank or cleared key.
    Key = "RP_KEY":
        "A key field is blank, so that no record is named.",
        "Fill in the key, or delete the row.";
    /// A formula error.
    ErrorCell = "RP_ERROR_CELL":
        "A cell shows a formula error, such as #N/A.",
        "Mend the formula, or type the value.";
    /// A date in a workbook.
    DateCell = "RP_DATE_CELL":
        "A cell holds a date whose shown form is not known, or shows ##### because it is none.",
        "Format the column as Text and type the date as it is to be stored.";
    /// More than 15 digits stored as a number.
    Digits = "RP_DIGITS":
        "A cell holds a number of more than 15 digits, of which the spreadsheet has lost the last.",
        "Format the column as Text and type the number again.";
    /// Longer than the field's limit.
    Length = "RP_LENGTH":
        "A value is longer than its field can hold.",
        "Shorten it.";
    /// No field to update.
    Nothing = "RP_NOTHING":
        "Every cell but the key is blank, so that there is nothing to update.",
        "Fill in a cell, write <clear> to blank a field, or delete the row.";
    /// A number whose format is not known.
    NoFormat = "RP_NO_FORMAT":
        "A cell holds a number rather than a text, and how the workbook shows it (leading zeros, masks) is not known.",
        "Compare the value with the sheet; format the column as Text and type it again if it differs.";
    /// A number that Excel shows with an exponent.
    Shortened = "RP_SHORTENED":
        "Excel shows a long number shortened, such as 1.23457E+11; it is sent in full.",
        "Compare the number with what it should be; format the column as Text.";
    /// The endpoint stored another value.
    Stored = "RP_STORED":
        "The endpoint stored a value differently from what was sent.",
        "Look at the record; the field may be shorter than the value.";
    /// No answer in time.
    TimeOut = "RP_TIME_OUT":
        "The request was sent and no answer came in time.",
        "Look at the record, or send the row again: an update sets the same values.";
    /// Connection lost after sending.
    ConnectionLost = "RP_CONNECTION_LOST":
        "The connection was lost after the request was sent.",
        "Look at the record, or send the row again: an update sets the same values.";
    /// 200 without the contact.
    ForeignAnswer = "RP_FOREIGN_ANSWER":
        "The answer was 200, but did not hold the record that was sent: it may come from a proxy or another program.",
        "Check base_url and the proxy; look at the record.";
    /// Never connected.
    NoConnection = "RP_NO_CONNECTION":
        "No connection to the endpoint could be made for this row.",
        "Check base_url, the network and the proxy, and send the row again.";
    /// A row before it of the same key stopped.
    EarlierRow = "RP_EARLIER_ROW":
        "An earlier row with the same key ended unconfirmed or was not sent, and the order of the rows must hold.",
        "See to the earlier row, then send both again in their order.";
    /// The login was refused, or tokens are.
    Login = "RP_LOGIN":
        "The run stopped: the endpoint refuses the login or its tokens.",
        "Check data_source, user_name and password, then run again.";
    /// The address or the rights are wrong.
    Address = "RP_ADDRESS":
        "The run stopped: the address or the rights of the user seem to be wrong.",
        "Check base_url and the user's rights, then run again.";
    /// The endpoint is down.
    EndpointDown = "RP_ENDPOINT_DOWN":
        "The run stopped: the endpoint did not come back within wait_for_endpoint.",
        "Run again when it answers.";
    /// Too many failures.
    TooManyFailures = "RP_TOO_MANY_FAILURES":
        "The run stopped: too many rows have failed.",
        "Look at the failed rows first; --max-failures allows more.";
    /// Interrupted.
    Interrupted = "RP_INTERRUPTED":
        "The run was interrupted before this row.",
        "Run again.";
    /// The file changed between two reads.
    FileChanged = "RP_FILE_CHANGED":
        "The run stopped: the file was changed while it was being read.",
        "Run again with a file that nobody is changing.";
    /// The journal could not be written.
    NotRecorded = "RP_NOT_RECORDED":
        "The run stopped: what became of the rows could no longer be written to disk.",
        "Make room on the disk, then run again.";
    /// Beyond `--limit`.
    Limit = "RP_LIMIT":
        "The row stands beyond --limit.",
        "Run again without --limit.";
}

/// The start of the codes for an answer that has no code of its own, before the HTTP status.
pub const HTTP_PREFIX: &str = "RP_HTTP_";

/// A code in the results: one of rowpatch's own, or what the endpoint gave.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// One of rowpatch's own.
    Own(OwnCode),
    /// The endpoint gave no code: the HTTP status.
    Http(u16),
    /// The endpoint's own, as it came.
    Endpoint(Box<str>),
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(own) => f.write_str(own.as_str()),
            Self::Http(status) => write!(f, "{HTTP_PREFIX}{status}"),
            Self::Endpoint(code) => f.write_str(code),
        }
    }
}

impl FromStr for Code {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(own) = OwnCode::ALL.iter().find(|own| own.as_str() == text) {
            return Ok(Self::Own(*own));
        }
        let status = text.strip_prefix(HTTP_PREFIX).and_then(|status| status.parse().ok());
        Ok(status.map_or_else(|| Self::Endpoint(text.into()), Self::Http))
    }
}

impl From<OwnCode> for Code {
    fn from(own: OwnCode) -> Self {
        Self::Own(own)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(code) = String::deserialize(deserializer)?.parse();
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_as_it_was_written() {
        let own = OwnCode::ALL.iter().map(|own| Code::Own(*own));
        let others = [Code::Http(404), Code::Endpoint("4711".into())];
        for code in own.chain(others) {
            assert_eq!(code.to_string().parse(), Ok(code));
        }
    }
}
