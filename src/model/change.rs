//! What a record held before it was changed.

use serde::{Deserialize, Serialize};

/// What one field of a record held before a row was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The name of the field.
    pub field: String,
    /// What it held; nothing if the endpoint does not show it.
    pub value: Option<String>,
}
