//! Putting URLs together.

use super::escape::{Part, escape, is_escaped, unescape};
use super::{Url, User};

impl Url {
    /// Returns the URL as a text: at most three times as long as its parts, and some characters between them.
    pub(super) fn print(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.print_authority(&mut out);
            self.print_path(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend_from_slice(&encoded(&self.fragment, &self.raw_fragment, Part::Fragment));
        }
        out
    }

    fn print_authority(&self, out: &mut Vec<u8>) {
        let authority = !self.host.is_empty() || self.user.is_some();
        if !authority && (self.scheme.is_empty() || self.omit_host) {
            return;
        }
        if authority || !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend_from_slice(&user.print());
            out.push(b'@');
        }
        out.extend_from_slice(&escape(&self.host, Part::Host));
    }

    fn print_path(&self, out: &mut Vec<u8>) {
        let path = encoded(&self.path, &self.raw_path, Part::Path);
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            out.push(b'/');
        }
        // RFC 3986, 4.2: a colon in the first segment of a relative reference would make it a scheme.
        if out.is_empty()
            && path
                .split(|&byte| byte == b'/')
                .next()
                .is_some_and(|first| first.contains(&b':'))
        {
            out.extend_from_slice(b"./");
        }
        out.extend_from_slice(&path);
    }
}

impl User {
    /// Returns `name` or `name:password`, escaped.
    pub(super) fn print(&self) -> Vec<u8> {
        let name = escape(&self.name, Part::User);
        match &self.password {
            Some(password) => [&*name, b":", &escape(password, Part::User)].concat(),
            None => name,
        }
    }
}

/// Returns what was written if it still means the text, else the text escaped.
fn encoded(text: &[u8], raw: &[u8], part: Part) -> Vec<u8> {
    if !raw.is_empty() && is_escaped(raw, part) && unescape(raw, part).as_deref() == Some(text) {
        return raw.to_vec();
    }
    if part == Part::Path && text == b"*" {
        return text.to_vec();
    }
    escape(text, part)
}
