//! Addresses in brackets.

use std::net::Ipv6Addr;

/// Returns whether it is an IPv6 address, with a zone or not.
pub(super) fn is_ipv6(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        // Only a zone can be something else than ASCII.
        let Some(at) = text.iter().position(|&byte| byte == b'%') else {
            return false;
        };
        return is_ipv6(&text[..at]);
    };
    let (address, zone) = text
        .split_once('%')
        .map_or((text, None), |(address, zone)| (address, Some(zone)));
    zone != Some("") && address.parse::<Ipv6Addr>().is_ok()
}
