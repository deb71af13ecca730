//! The DSN of go-sql-driver/mysql: `[user[:password]@][network[(address)]]/database[?parameter=value&…]`.

use std::time::Duration;

use super::{Target, TargetError, decoded, problem, tls};

/// Parameters of the driver that say how it talks to its own caller, and nothing about the connection's meaning.
const OF_THE_DRIVER: [&str; 24] = [
    "allowallfiles",
    "allowcleartextpasswords",
    "allowfallbacktoplaintext",
    "allownativepasswords",
    "allowoldpasswords",
    "charset",
    "checkconnliveness",
    "clientfoundrows",
    "collation",
    "columnswithalias",
    "compress",
    "connectionattributes",
    "interpolateparams",
    "loc",
    "maxallowedpacket",
    "multistatements",
    "parsetime",
    "readtimeout",
    "rejectreadonly",
    "serverpubkey",
    "timetruncate",
    "time_zone",
    "writetimeout",
    "sql_mode",
];

/// Returns whether a text without scheme is a DSN that names its network, such as `u:p@tcp(host)/db`.
pub(super) fn is_dsn(text: &str) -> bool {
    let place = split(text).map_or(text, |(place, _)| place);
    let address = place.rsplit_once('@').map_or(place, |(_, address)| address);
    ["tcp(", "tcp6(", "unix("]
        .iter()
        .any(|network| address.starts_with(network))
        && address.ends_with(')')
}

/// Splits at the slash before the database, which is the last one: a password may hold others.
fn split(text: &str) -> Option<(&str, &str)> {
    // A parameter's value holds no slash that is not encoded, but for that of a socket or file.
    let end = text.rfind(")/").map(|at| at + 1);
    let at = end.or_else(|| text.split('?').next().and_then(|text| text.rfind('/')))?;
    Some((&text[..at], &text[at + 1..]))
}

/// Reads a DSN.
pub(super) fn read(target: &mut Target, text: &str) -> Result<(), TargetError> {
    let (place, rest) =
        split(text).ok_or_else(|| problem("there is no `/` before the name of the database"))?;
    let (credentials, address) = match place.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, place),
    };
    if let Some(credentials) = credentials {
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        target.user(user);
        target.password(password);
    }
    let (network, address) = match address.split_once('(') {
        Some((network, address)) => {
            let address = address
                .strip_suffix(')')
                .ok_or_else(|| problem("the address has a `(` without `)`"))?;
            (network, address)
        }
        None => (address, ""),
    };
    match network {
        "" | "tcp" | "tcp4" | "tcp6" => target.address(address)?,
        "unix" => target.set("socket", address)?,
        _ => return Err(problem("the network is neither tcp nor unix")),
    }
    let (database, query) = rest.split_once('?').unwrap_or((rest, ""));
    target.database(&decoded("database", database)?);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        parameter(target, key, &decoded("value of a parameter", value)?)?;
    }
    Ok(())
}

fn parameter(target: &mut Target, key: &str, value: &str) -> Result<(), TargetError> {
    match key {
        "tls" => tls::set_go(target, value),
        "timeout" => {
            target.connect_timeout =
                duration(value).ok_or_else(|| problem("timeout is no duration such as 10s or 500ms"))?;
            Ok(())
        }
        key if OF_THE_DRIVER.contains(&key.to_ascii_lowercase().as_str()) => Ok(()),
        key => target.set(key, value),
    }
}

/// Reads a duration of Go that has one unit.
fn duration(text: &str) -> Option<Duration> {
    let at = text.find(|character: char| character.is_ascii_alphabetic())?;
    let number: u64 = text[..at].parse().ok()?;
    match &text[at..] {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}
