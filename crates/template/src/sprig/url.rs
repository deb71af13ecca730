//! URLs as Go's `net/url` takes them apart and puts them together.

mod address;
mod escape;
mod functions;
mod parse;
mod print;

pub(crate) use functions::TABLE;

/// A URL in its parts; `path` and `fragment` are decoded, `raw_path` and `raw_fragment` are as they were written if
/// that is not how they would be written here.
#[derive(Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    raw_path: Vec<u8>,
    omit_host: bool,
    query: Vec<u8>,
    force_query: bool,
    fragment: Vec<u8>,
    raw_fragment: Vec<u8>,
}

/// Who is to log in.
struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}
