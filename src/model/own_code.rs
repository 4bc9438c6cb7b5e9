//! The codes of rowpatch's own, each with its cause and its cure.

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
        "A cell holds bytes that are no text in the encoding of the file.",
        "Save the file again as \"CSV UTF-8\", or name its encoding with --encoding.";
    /// A NUL character.
    Nul = "RP_NUL":
        "A cell holds a NUL character, as damaged and binary files do.",
        "Export the file again, or type the cell anew.";
    /// A quotation mark in the middle.
    Quote = "RP_QUOTE":
        "Text stands behind a closing quotation mark: a mark is missing or too many, and rows may have been taken for one.",
        "Double a mark that belongs to the text, and close one that is open.";
    /// Another number of cells than the header.
    Columns = "RP_COLUMNS":
        "The row has more or fewer cells than the header, so that its values may stand under the wrong headers.",
        "Put quotes around values that hold the delimiter, add the cells that are missing, or give each column a header.";
    /// A blank or cleared key.
    Key = "RP_KEY":
        "A key field is blank, not shown, or holds its own header, so that no record is named.",
        "Fill in the key; delete the row if it is a total, a remark or a header; unmerge merged cells.";
    /// A formula error.
    ErrorCell = "RP_ERROR_CELL":
        "A cell shows a formula error, such as #N/A.",
        "Mend the formula, or type the value.";
    /// A formula without a value.
    Uncalculated = "RP_UNCALCULATED":
        "A cell holds a formula that was never calculated, so that its value is not known.",
        "Open the workbook in Excel, save it, and run again.";
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
    /// A change of no field.
    Field = "RP_FIELD":
        "A line of a list of changes names no field that can be set.",
        "Take the list as rowpatch wrote it; lines may be deleted, and not renamed.";
    /// No field to update.
    Nothing = "RP_NOTHING":
        "Every cell but the key is blank, so that there is nothing to update.",
        "Fill in a cell, write <clear> to blank a field, or delete the row (a total, a remark).";
    /// A number that was shortened to an exponent.
    Exponent = "RP_EXPONENT":
        "A value such as 4.09E+09 is a long number that a spreadsheet has shortened; its digits are lost.",
        "Format the column as Text in the original and save it again.";
    /// A control character.
    Control = "RP_CONTROL":
        "A value holds a control character other than a tab or a line break.",
        "Type the value anew.";
    /// No e-mail address.
    EMail = "RP_E_MAIL":
        "A value is not an e-mail address, is more than one, or has a name beside it.",
        "Mend the address; a second one belongs into a field of its own.";
    /// A required field is blank.
    Required = "RP_REQUIRED":
        "A field is blank that config.toml requires.",
        "Fill it in.";
    /// Another form than asked for.
    Pattern = "RP_PATTERN":
        "A value does not have the form that config.toml asks for.",
        "Mend the value, or the pattern in config.toml.";
    /// None of the allowed values.
    Value = "RP_VALUE":
        "A value is none of those that config.toml allows.",
        "Write one of the allowed values, or add it in config.toml.";
    /// A key that an earlier row has.
    Duplicate = "RP_DUPLICATE":
        "An earlier row is for the same record. Both are sent, in their order, so that the values of the later one win.",
        "Leave one of the rows, unless both are meant.";
    /// Zeros that may be lost.
    LostZeros = "RP_LOST_ZEROS":
        "A ZIP code of 3 or 4 digits, a telephone number that the sheet holds as a number, or one of them that a program has made a number, as in 2134.0, may have lost its leading zeros.",
        "Compare it with the original; format the column as Text.";
    /// A date in a field of text.
    Date = "RP_DATE":
        "A cell holds a date or a time. It is sent as the text that the sheet shows.",
        "Look at it: spreadsheets turn texts such as 1-2 into dates. If it is meant, see that the form is the one that the ERP wants.";
    /// No web address.
    WebAddress = "RP_WEB_ADDRESS":
        "A value does not look like a web address.",
        "Write it as www.example.com or https://example.com/page.";
    /// A list with blank items.
    Attachments = "RP_ATTACHMENTS":
        "A list of attachments has a blank item, or one that is neither a web address nor the path of a file.",
        "Give each item as a web address or the path of a file, joined by one |.";
    /// Another program's clear mark.
    ClearMark = "RP_CLEAR_MARK":
        "A value is a misspelt clear mark, or what other programs blank a field with; it would be stored as it stands.",
        "Write <clear> to blank the field, or leave the cell blank.";
    /// Spaces around a value, or two in a row.
    Spaces = "RP_SPACES":
        "A value has spaces around it, which are not sent (unless trim = false), or holds two in a row, or a character that cannot be seen.",
        "Take out what is not meant.";
    /// A text like a formula.
    Formula = "RP_FORMULA":
        "A value begins as a formula does.",
        "Look at it; a formula is not calculated, it is sent as a text.";
    /// Text that was decoded wrongly before.
    Misdecoded = "RP_MISDECODED":
        "A value looks as if it was decoded wrongly before, as in Ã¼ or � for ü.",
        "Export the file again from where it came from, as UTF-8.";
    /// A formula that shows nothing.
    BlankFormula = "RP_BLANK_FORMULA":
        "A cell holds a formula that shows nothing. In an .xls or .ods that may also mean that it was never calculated.",
        "Open the workbook and look at the cell; saved as .xlsx the two can be told apart.";
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
    /// No record with the key.
    NotFound = "RP_NOT_FOUND":
        "The endpoint was asked for the record, and has none with this key.",
        "Compare the key with the ERP; see that data_source is the right one.";
    /// A key that no question is sure to mean.
    NotAskable = "RP_NOT_ASKABLE":
        "The endpoint cannot be asked for the record: its query would read the key as something else.",
        "Look at the record in the ERP; without --skip-unchanged and --baseline the row is sent unseen.";
    /// The record is another than expected.
    Changed = "RP_CHANGED":
        "The record no longer holds what it held when the list of changes was made.",
        "Look at the record; make a new plan if the change is still meant.";
    /// The record was updated since the baseline.
    Moved = "RP_MOVED":
        "The record was updated since the baseline was made, by somebody else or by another run.",
        "Look at the record; export it anew, and make the change in the new export.";
    /// What is expected cannot be seen.
    NotComparable = "RP_NOT_COMPARABLE":
        "The endpoint does not show what the field holds, or did not show it when the list of changes was made, so that it may have been changed by somebody else.",
        "Look at the record; update it from the sheet itself if the change is meant.";
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
        "Check data_source, user_name and password, then give --resume.";
    /// The address or the rights are wrong.
    Address = "RP_ADDRESS":
        "The run stopped: the address or the rights of the user seem to be wrong.",
        "Check base_url and the user's rights, then give --resume.";
    /// The endpoint is down.
    EndpointDown = "RP_ENDPOINT_DOWN":
        "The run stopped: the endpoint did not come back within wait_for_endpoint.",
        "Give --resume when it answers.";
    /// Too many failures.
    TooManyFailures = "RP_TOO_MANY_FAILURES":
        "The run stopped: too many rows have failed.",
        "Look at the failed rows first; --max-failures allows more.";
    /// Interrupted.
    Interrupted = "RP_INTERRUPTED":
        "The run was interrupted before this row.",
        "Give --resume to send the rows that are left.";
    /// Cut off while the row may have been sent.
    InDoubt = "RP_IN_DOUBT":
        "The run was cut off when the row may have been sent, and how it ended is not known.",
        "Give --resume: the row is sent again, which sets the same values.";
    /// The time for sending ended.
    Window = "RP_WINDOW":
        "The run stopped: the time for sending that [import] window names has ended.",
        "Nothing: the next import goes on with the rows that are left.";
    /// The file changed between two reads.
    FileChanged = "RP_FILE_CHANGED":
        "The run stopped: the file was changed while it was being read.",
        "Run again with a file that nobody is changing.";
    /// The journal could not be written.
    NotRecorded = "RP_NOT_RECORDED":
        "The run stopped: what became of the rows could no longer be written to disk.",
        "Make room on the disk, then give --resume.";
    /// Beyond `--limit`.
    Limit = "RP_LIMIT":
        "The row stands beyond --limit.",
        "Give --resume to send the rows that are left.";
}
