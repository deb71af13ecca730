//! Taking URLs apart.

use super::address::is_ipv6;
use super::escape::{Part, escape, unescape};
use super::{Url, User};

impl Url {
    /// Reads a URL or a relative reference; none when it is neither.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (url, fragment) = cut(text, b'#').unwrap_or((text, b""));
        let mut url = Self::without_fragment(url)?;
        url.fragment = unescape(fragment, Part::Fragment)?;
        if escape(&url.fragment, Part::Fragment) != fragment {
            url.raw_fragment = fragment.to_vec();
        }
        Some(url)
    }

    fn without_fragment(text: &[u8]) -> Option<Self> {
        let mut url = Self::default();
        if text.iter().any(|&byte| byte < b' ' || byte == 0x7f) {
            return None;
        }
        if text == b"*" {
            url.path = text.to_vec();
            return Some(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        match cut(rest, b'?') {
            Some((before, b"")) => {
                url.force_query = true;
                rest = before;
            }
            Some((before, query)) => {
                url.query = query.to_vec();
                rest = before;
            }
            None => {}
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Some(url);
            }
            let segment = cut(rest, b'/').map_or(rest, |(segment, _)| segment);
            if segment.contains(&b':') {
                return None;
            }
        }
        let authority = rest
            .strip_prefix(b"//")
            .filter(|after| !url.scheme.is_empty() || !after.starts_with(b"/"));
        if let Some(authority) = authority {
            let end = authority
                .iter()
                .position(|&byte| byte == b'/')
                .unwrap_or(authority.len());
            rest = &authority[end..];
            (url.user, url.host) = self::authority(&url.scheme, &authority[..end])?;
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omit_host = true;
        }
        url.path = unescape(rest, Part::Path)?;
        if escape(&url.path, Part::Path) != rest {
            url.raw_path = rest.to_vec();
        }
        Some(url)
    }

    /// Returns the host without brackets and port.
    pub(super) fn hostname(&self) -> &[u8] {
        let host = match self.host.iter().rposition(|&byte| byte == b':') {
            Some(colon) if is_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix(b"[")
            .and_then(|host| host.strip_suffix(b"]"))
            .unwrap_or(host)
    }
}

fn cut(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Returns the scheme, which may be empty, and what follows its colon; none for a colon without one.
fn scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    for (index, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return None,
            b':' => return Some((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Some((b"", text))
}

fn authority(scheme: &[u8], text: &[u8]) -> Option<(Option<User>, Vec<u8>)> {
    let Some(at) = text.iter().rposition(|&byte| byte == b'@') else {
        return Some((None, host(scheme, text)?));
    };
    let host = host(scheme, &text[at + 1..])?;
    let user = &text[..at];
    if !user
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte))
    {
        return None;
    }
    let (name, password) = match cut(user, b':') {
        Some((name, password)) => (name, Some(unescape(password, Part::User)?)),
        None => (user, None),
    };
    Some((
        Some(User {
            name: unescape(name, Part::User)?,
            password,
        }),
        host,
    ))
}

fn host(scheme: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    match text.iter().rposition(|&byte| byte == b'[') {
        Some(0) => return bracketed(text),
        Some(_) => return None,
        None => {}
    }
    if let Some(mut colon) = text.iter().position(|&byte| byte == b':') {
        // Some databases have several hosts with ports in one URL; Go lets them, but for http.
        if scheme != b"http" && scheme != b"https" {
            colon = text.iter().rposition(|&byte| byte == b':')?;
        }
        if !is_port(&text[colon..]) {
            return None;
        }
    }
    unescape(text, Part::Host)
}

fn bracketed(text: &[u8]) -> Option<Vec<u8>> {
    let close = text.iter().rposition(|&byte| byte == b']')?;
    let (name, port) = (text.get(1..close)?, &text[close + 1..]);
    if !is_port(port) {
        return None;
    }
    let zone = name
        .windows(3)
        .position(|window| window == b"%25")
        .unwrap_or(name.len());
    let mut address = unescape(&name[..zone], Part::Host)?;
    address.extend_from_slice(&unescape(&name[zone..], Part::Zone)?);
    if !is_ipv6(&address) {
        return None;
    }
    Some([b"[", &*address, b"]", &*unescape(port, Part::Host)?].concat())
}

/// Returns whether it is nothing, or a colon and digits if any.
fn is_port(text: &[u8]) -> bool {
    text.split_first()
        .is_none_or(|(&first, digits)| first == b':' && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_printed_as_they_were_read() {
        for text in [
            "http://user:p%40ss@host:80/p%20a?q=1#f%20r",
            "mailto:a@b",
            "//host/p",
            "http://[::1%25eth0]:8080/",
            "postgres://u:p@h1:1,h2:2/db",
            "http://h/a%2Fb",
            "http://h?",
            "file:///a",
            "*",
            "",
        ] {
            let url = Url::parse(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(url.print()).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in [
            ":foo",
            "http://h:80:80/",
            "http://h:x/",
            "http://a b/",
            "http://h/%zz",
            "1a:b",
            "http://[::1",
            "http://h%41/",
        ] {
            assert!(Url::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_host_has_its_name_without_brackets_and_port() {
        for (text, want) in [
            ("http://[::1]:80/", "::1"),
            ("http://h:80/", "h"),
            ("http://h:/", "h"),
            ("x:", ""),
        ] {
            assert_eq!(
                Url::parse(text.as_bytes()).unwrap().hostname(),
                want.as_bytes(),
                "{text}"
            );
        }
    }
}
