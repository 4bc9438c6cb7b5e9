//! The names of the endpoint's JSON that belong to no record type.
//!
//! Source: the vendor's pages "Customer Contact, Update" and "Auth Token, Get".

/// Path of the call that gives a token, from the root of the server.
pub const TOKEN_PATH: &str = "/api/auth-token-get";
/// The token, in the body of every call but the one that gives it.
pub const AUTH_TOKEN: &str = "AUTH_TOKEN";
/// One company's books.
pub const DATA_SOURCE: &str = "DATA_SOURCE";
/// The ERP user.
pub const USER_NAME: &str = "USER_NAME";
/// The ERP user's password.
pub const PASSWORD: &str = "PASSWORD";
/// The text of an error.
pub const MESSAGE: &str = "MESSAGE";
/// The code of an error.
pub const MESSAGE_CODE: &str = "MESSAGE_CODE";
