//! The functions of URLs.

use std::collections::BTreeMap;

use super::Url;
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cost;
use crate::value::{Dict, Elem, Value};

/// The functions of URLs.
pub(crate) const TABLE: &[Function] = &[
    Function::new("urlParse", &[Param::String], parse),
    Function::new("urlJoin", &[Param::Dict], join),
];

fn parse(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = args.text(0)?;
    cost::make(call, text.len().saturating_mul(6))?;
    let url = Url::parse(text).ok_or(Failure::Refused("can't read the text as a URL"))?;
    let user = url.user.as_ref().map(super::User::print).unwrap_or_default();
    let mut entries = BTreeMap::new();
    for (key, part) in [
        ("scheme", &*url.scheme),
        ("host", &url.host),
        ("hostname", url.hostname()),
        ("path", &url.path),
        ("query", &url.query),
        ("opaque", &url.opaque),
        ("fragment", &url.fragment),
        ("userinfo", &user),
    ] {
        entries.insert(call.text(key.as_bytes().to_vec())?, call.string(part)?);
    }
    call.dict(Elem::Any, entries)
}

fn join(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let dict = args.dict(0)?;
    let mut url = Url {
        scheme: part(call, dict, "scheme")?,
        host: part(call, dict, "host")?,
        path: part(call, dict, "path")?,
        query: part(call, dict, "query")?,
        opaque: part(call, dict, "opaque")?,
        fragment: part(call, dict, "fragment")?,
        ..Url::default()
    };
    let user = part(call, dict, "userinfo")?;
    if !user.is_empty() {
        // Upstream reads it in a URL, so that more than a user can come with it; only the user is taken.
        let url_of_user = Url::parse(&[b"proto://", &*user, b"@host"].concat());
        url.user = url_of_user
            .ok_or(Failure::Refused("can't read the userinfo"))?
            .user;
    }
    call.string(url.print())
}

fn part(call: &mut Call<'_>, dict: &Dict, key: &str) -> Result<Vec<u8>, Failure> {
    match dict.get(key.as_bytes()) {
        Some(Value::String(text)) => {
            cost::make(call, text.len().saturating_mul(6))?;
            Ok(text.to_vec())
        }
        Some(_) => Err(Failure::Refused("needs texts for the parts of a URL")),
        None => Ok(Vec::new()),
    }
}
