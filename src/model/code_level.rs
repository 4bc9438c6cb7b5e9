//! Which findings keep their row from being sent, and which a site may think otherwise of.

use super::own_code::OwnCode;
use super::rules::Level;

impl OwnCode {
    /// Whether a finding of this code keeps its row from being sent.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Duplicate
            | Self::LostZeros
            | Self::Date
            | Self::BlankFormula
            | Self::WebAddress
            | Self::Attachments
            | Self::ClearMark
            | Self::Spaces
            | Self::Formula
            | Self::Misdecoded
            | Self::NoFormat
            | Self::Shortened
            | Self::Stored => Level::Warning,
            _ => Level::Error,
        }
    }

    /// Whether a site may give its findings another level for a field. Not so where the sheet has
    /// lost the value, or where it cannot be read: that must never be sent.
    #[must_use]
    pub fn bends(self) -> bool {
        matches!(
            self,
            Self::EMail
                | Self::LostZeros
                | Self::Date
                | Self::WebAddress
                | Self::Attachments
                | Self::ClearMark
                | Self::Spaces
                | Self::Formula
        )
    }
}
