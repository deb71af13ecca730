//! The parts of a database URL that every engine with a server reads alike (RFC 3986): who connects, to which host, and
//! with which parameters.
//!
//! An error is a sentence without its end. It names the part and never repeats it, for it may be a password.

/// Returns the user and the password, as they stand, and what follows them in what a URL has after its scheme. Without
/// an `@` the user is empty and there is no password.
///
/// A slash ends the authority (RFC 3986, 3.2), and its last `@` ends the credentials; so every character of a password
/// but `/` may stand for itself, a question mark before the `@` too.
pub fn split_credentials(rest: &str) -> ((&str, Option<&str>), &str) {
    let authority = rest.split('/').next().unwrap_or_default();
    let Some(at) = authority.rfind('@') else {
        return (("", None), rest);
    };
    let credentials = match rest[..at].split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (&rest[..at], None),
    };
    (credentials, &rest[at + 1..])
}

/// Returns the host, as it stands, and the port of `host:port`, `[address]:port` or either without the port. An empty
/// port is none.
///
/// # Errors
/// A `[` without its `]`.
pub fn split_port(address: &str) -> Result<(&str, Option<&str>), String> {
    let (host, port) = if let Some(rest) = address.strip_prefix('[') {
        let (host, rest) = rest
            .split_once(']')
            .ok_or_else(|| "the address has a `[` without `]`".to_owned())?;
        (host, rest.strip_prefix(':'))
    } else {
        match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        }
    };
    Ok((host, port.filter(|port| !port.is_empty())))
}

/// Returns the names and values of a query such as `sslmode=require&port=1`, decoded, in their order. What has no `=`
/// has an empty value.
///
/// The errors are those of [`decoded`], each in the place of its parameter.
pub fn parameters(query: &str) -> impl Iterator<Item = Result<(String, String), String>> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decoded("name of a parameter", name)?;
        let value = decoded(&name, value)?;
        Ok((name, value))
    })
}

/// Returns a part of a URL with every `%XX` as the byte that it stands for. `what` is what people call the part.
///
/// # Errors
/// A `%` without two hexadecimal digits after it, a NUL character, bytes that are no UTF-8.
pub fn decoded(what: &str, text: &str) -> Result<String, String> {
    let bytes = percent_decoded(text)
        .ok_or_else(|| format!("a `%` in the {what} begins no percent-encoding; write %25 for it"))?;
    if bytes.contains(&0) {
        return Err(format!("the {what} holds a NUL character"));
    }
    String::from_utf8(bytes).map_err(|_| format!("the {what} is no UTF-8"))
}

/// Returns the bytes of a text with every `%XX` as the one that it stands for (RFC 3986, 2.1); `None` where a `%` has
/// no two hexadecimal digits after it.
pub fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = char::from(rest.next()?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        let (high, low) = (digit()?, digit()?);
        bytes.push(high * 16 + low);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_end_at_the_last_at_sign_before_a_slash() {
        for (text, expected) in [
            ("h/d", (("", None), "h/d")),
            ("h/d?a=x@y", (("", None), "h/d?a=x@y")),
            ("u@h/d", (("u", None), "h/d")),
            ("u:@h", (("u", Some("")), "h")),
            ("u:p@s:s#?&w@h/d@e", (("u", Some("p@s:s#?&w")), "h/d@e")),
        ] {
            assert_eq!(split_credentials(text), expected, "{text}");
        }
    }

    #[test]
    fn an_address_in_brackets_keeps_its_colons() {
        for (text, expected) in [
            ("", ("", None)),
            ("h", ("h", None)),
            ("h:", ("h", None)),
            ("h:1", ("h", Some("1"))),
            ("[::1]:1", ("::1", Some("1"))),
            ("[::1]", ("::1", None)),
        ] {
            assert_eq!(split_port(text), Ok(expected), "{text}");
        }
        assert!(split_port("[::1:1").is_err());
    }

    #[test]
    fn every_part_is_percent_decoded() {
        assert_eq!(decoded("user", "us%40er%25 %C3%a9"), Ok("us@er% é".to_owned()));
        let pairs: Result<Vec<_>, _> = parameters("&a%20b=1%262&&c").collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs, Ok(vec![pair("a b", "1&2"), pair("c", "")]));
    }

    #[test]
    fn what_is_no_percent_encoding_is_refused_with_the_name_of_the_part_only() {
        for text in [
            "canary%",
            "canary%4",
            "canary%zz",
            "canary%é",
            "canary%00",
            "canary%ff",
        ] {
            let problem = decoded("password", text).unwrap_err();
            assert!(
                problem.contains("the password") && !problem.contains("canary"),
                "{text}: {problem}"
            );
        }
        assert!(parameters("a=%").any(|pair| pair.is_err()));
    }
}
