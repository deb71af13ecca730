//! The functions of sprig v3.3.0, one file a subject; each file has its table.

mod aes;
mod cast;
mod certificate;
mod cost;
mod date;
mod defaults;
mod der;
mod dicts;
mod encoding;
mod go_base64;
mod hashes;
mod json;
mod key;
mod lists;
mod math;
mod password;
mod path;
mod pem;
mod random;
mod regex;
mod semver;
mod strings;
mod unicode;
mod url;

use crate::function::Function;

/// The tables, one a file: `lists::TABLE`, `strings::TABLE`, …
pub(crate) const TABLES: &[&[Function]] = &[
    aes::TABLE,
    certificate::TABLE,
    date::TABLE,
    defaults::TABLE,
    dicts::copied::TABLE,
    dicts::entries::TABLE,
    dicts::merged::TABLE,
    encoding::TABLE,
    hashes::TABLE,
    json::decode::TABLE,
    json::encode::TABLE,
    key::TABLE,
    lists::made::TABLE,
    lists::picked::TABLE,
    lists::sifted::TABLE,
    math::floats::TABLE,
    math::ints::TABLE,
    password::TABLE,
    path::TABLE,
    random::TABLE,
    regex::TABLE,
    semver::functions::TABLE,
    strings::case::TABLE,
    strings::parts::TABLE,
    strings::printed::TABLE,
    strings::trim::TABLE,
    strings::words::TABLE,
    strings::wrap::TABLE,
    url::TABLE,
];
