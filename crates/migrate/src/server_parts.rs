//! The parts of a server's address, as manifests give them.

use std::fmt;

use zeroize::Zeroizing;

/// The parts of the address of a server, put together to a URL. Each part may hold any character: it is
/// percent-encoded (RFC 3986, 2.1).
#[derive(Clone, Default)]
pub(crate) struct ServerParts {
    /// The host name, the address, or the folder of a Unix socket.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: Option<String>,
    /// The user.
    pub(crate) user: Option<String>,
    /// The password.
    pub(crate) password: Option<Zeroizing<String>>,
    /// The name of the database.
    pub(crate) database: Option<String>,
    /// Further parameters, by their names in the URL.
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// Leaves the password out.
impl fmt::Debug for ServerParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerParts")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl ServerParts {
    /// Returns the URL with that scheme.
    pub(crate) fn to_url(&self, scheme: &str) -> Zeroizing<String> {
        let mut url = Zeroizing::new(format!("{scheme}://"));
        if let Some(user) = &self.user {
            url.push_str(&percent_encoded(user));
        }
        if let Some(password) = &self.password {
            url.push(':');
            url.push_str(&Zeroizing::new(percent_encoded(password)));
        }
        if self.user.is_some() || self.password.is_some() {
            url.push('@');
        }
        let mut parameters = self.parameters.clone();
        if self.host.starts_with('/') {
            // A folder can't stand in the authority; libpq takes it as a parameter.
            parameters.push(("host", self.host.clone()));
        } else if self.host.contains(':') && !self.host.starts_with('[') {
            url.push('[');
            url.push_str(&self.host);
            url.push(']');
        } else if self.host.starts_with('[') {
            url.push_str(&self.host);
        } else {
            url.push_str(&percent_encoded(&self.host));
        }
        if let Some(port) = &self.port {
            url.push(':');
            url.push_str(&percent_encoded(port));
        }
        if let Some(database) = &self.database {
            url.push('/');
            url.push_str(&percent_encoded(database));
        }
        for (name, value) in &parameters {
            add_parameter(&mut url, name, value);
        }
        url
    }
}

/// Adds a parameter to a URL.
pub(crate) fn add_parameter(url: &mut Zeroizing<String>, name: &str, value: &str) {
    let separator = if url.contains('?') { '&' } else { '?' };
    url.push(separator);
    url.push_str(name);
    url.push('=');
    url.push_str(&percent_encoded(value));
}

fn percent_encoded(text: &str) -> String {
    use fmt::Write as _;
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_with_any_character_are_encoded() {
        let parts = ServerParts {
            host: "db".into(),
            port: Some("5432".into()),
            user: Some("a@b".into()),
            password: Some(Zeroizing::new("p:/?#[]@%é".into())),
            database: Some("my db".into()),
            parameters: vec![("sslmode", "disable".into())],
        };
        let url = parts.to_url("postgres");
        assert_eq!(
            url.as_str(),
            "postgres://a%40b:p%3A%2F%3F%23%5B%5D%40%25%C3%A9@db:5432/my%20db?sslmode=disable"
        );
    }

    #[test]
    fn addresses_and_sockets_are_hosts_too() {
        let host = |host: &str| {
            ServerParts {
                host: host.into(),
                ..ServerParts::default()
            }
            .to_url("postgres")
        };
        assert_eq!(host("::1").as_str(), "postgres://[::1]");
        assert_eq!(
            host("/run/postgresql").as_str(),
            "postgres://?host=%2Frun%2Fpostgresql"
        );
    }

    #[test]
    fn parts_do_not_show_the_password() {
        let parts = ServerParts {
            password: Some(Zeroizing::new("canary".into())),
            ..ServerParts::default()
        };
        assert!(!format!("{parts:?}").contains("canary"));
    }
}
