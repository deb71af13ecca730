//! Where a database is: connection settings from a URL as libpq reads it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schema::address;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// How long a connection may take to come up when the URL doesn't say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The settings of a connection. Neither its `Debug` nor its `Display` shows the password.
#[derive(Clone)]
pub struct Target {
    pub(crate) options: PgConnectOptions,
    pub(crate) search_path: Vec<String>,
    pub(crate) connect_timeout: Duration,
    /// Whether the URL says how far TLS goes.
    names_ssl_mode: bool,
}

/// A URL that names no Postgres database. It never repeats the URL, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the database URL can't be read: {problem}; write postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
pub struct TargetError {
    /// What is wrong with it.
    pub problem: String,
}

impl Target {
    /// Returns the target that a URL names, in the form of libpq:
    /// `postgres://user:password@host:port/database?sslmode=…`.
    ///
    /// Every part may be percent-encoded; `host` in the query may be the folder of a Unix socket. What is absent is
    /// taken from libpq's environment variables and its password file. `schema` and `search_path` give the schemas
    /// in which unqualified names are looked up, the first of them the one in which tables are made.
    /// In a password every character but `%` and `/` may also stand for itself.
    ///
    /// # Errors
    /// [`TargetError`] for another scheme, a broken percent-encoding, a port that is none, several hosts, or a
    /// parameter that is not known: an unknown one in silence would be a setting that doesn't hold.
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or_else(|| problem("it does not begin with postgres://"))?;
        let ((user, password), rest) = address::split_credentials(rest);
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (address, database) = place.split_once('/').unwrap_or((place, ""));
        let mut target = Self {
            options: PgConnectOptions::new_without_pgpass(),
            search_path: Vec::new(),
            connect_timeout: CONNECT_TIMEOUT,
            names_ssl_mode: false,
        };
        if !user.is_empty() {
            target.set("user", &decoded("user", user)?)?;
        }
        if let Some(password) = password {
            target.set("password", &decoded("password", password)?)?;
        }
        target.address(address)?;
        if !database.is_empty() {
            target.set("dbname", &decoded("database", database)?)?;
        }
        for parameter in address::parameters(query) {
            let (key, value) = parameter.map_err(|text| problem(&text))?;
            target.set(&key, &value)?;
        }
        Ok(target)
    }

    /// Returns the target with the certificates, in PEM, of the authorities that the server's is checked against.
    ///
    /// Where the URL has no `sslmode`, the certificate and the host's name are checked, because that is what such a
    /// certificate is for. `require` then checks the certificate, as it does for libpq ("SSL Support", table of modes).
    #[must_use]
    pub fn with_ca(self, pem: &[u8]) -> Self {
        let mode = match self.options.get_ssl_mode() {
            _ if !self.names_ssl_mode => PgSslMode::VerifyFull,
            PgSslMode::Require => PgSslMode::VerifyCa,
            mode => mode,
        };
        let options = self.options.ssl_root_cert_from_pem(pem.to_vec()).ssl_mode(mode);
        Self { options, ..self }
    }

    /// Returns the target with a certificate that is shown to the server, and its private key, both in PEM.
    #[must_use]
    pub fn with_client_certificate(self, certificate: &[u8], key: &[u8]) -> Self {
        let options = self.options.ssl_client_cert_from_pem(certificate);
        Self {
            options: options.ssl_client_key_from_pem(key),
            ..self
        }
    }

    /// Returns the target with the time that a connection may take to come up.
    #[must_use]
    pub fn with_connect_timeout(self, connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            ..self
        }
    }

    fn address(&mut self, address: &str) -> Result<(), TargetError> {
        let (host, port) = address::split_port(address).map_err(|text| problem(&text))?;
        if !host.is_empty() {
            self.set("host", &decoded("host", host)?)?;
        }
        port.map_or(Ok(()), |port| self.set("port", port))
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), TargetError> {
        let options = std::mem::take(&mut self.options);
        self.options = match key {
            "host" | "hostaddr" if value.contains(',') => {
                return Err(problem("it names several hosts; name one"));
            }
            "host" | "hostaddr" if value.starts_with('/') => options.socket(value),
            "host" | "hostaddr" => options.host(value),
            "port" => options.port(
                value
                    .parse()
                    .map_err(|_| problem("the port is no number from 1 to 65535"))?,
            ),
            "user" => options.username(value),
            "password" => options.password(value),
            "dbname" => options.database(value),
            "sslmode" => {
                self.names_ssl_mode = true;
                options.ssl_mode(ssl_mode(value)?)
            }
            "sslrootcert" => options.ssl_root_cert(value),
            "sslcert" => options.ssl_client_cert(value),
            "sslkey" => options.ssl_client_key(value),
            "options" => pass_on(options, value)?,
            "connect_timeout" => {
                let seconds = value
                    .parse()
                    .map_err(|_| problem("connect_timeout is no number of seconds"))?;
                self.connect_timeout = if seconds == 0 {
                    Duration::MAX
                } else {
                    Duration::from_secs(seconds)
                };
                options
            }
            // libpq, JDBC and SchemaHero each have a name for it.
            "schema" => {
                self.search_path = vec![value.to_owned()];
                options
            }
            "search_path" | "currentSchema" => {
                self.search_path = path_entries(value)?;
                options
            }
            // They are pinned, or mean nothing for one connection.
            "application_name" | "fallback_application_name" | "target_session_attrs" | "keepalives" => {
                options
            }
            unknown => return Err(problem(&format!("the parameter `{unknown}` is not known"))),
        };
        Ok(())
    }

    /// Returns host and port, or the socket's folder and port: what people call the server.
    pub(crate) fn server(&self) -> String {
        let port = self.options.get_port();
        match self.options.get_socket() {
            Some(folder) => format!("{}:{port}", folder.display()),
            None if self.options.get_host().contains(':') => format!("[{}]:{port}", self.options.get_host()),
            None => format!("{}:{port}", self.options.get_host()),
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(url: &str) -> Result<Self, TargetError> {
        Self::parse(url)
    }
}

/// Writes host, port and database, and nothing else.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self
            .options
            .get_database()
            .unwrap_or_else(|| self.options.get_username());
        write!(f, "{}/{database}", self.server())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}

fn decoded(what: &str, text: &str) -> Result<String, TargetError> {
    address::decoded(what, text).map_err(|text| problem(&text))
}

fn ssl_mode(value: &str) -> Result<PgSslMode, TargetError> {
    value
        .parse()
        .map_err(|_| problem("sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"))
}

/// Reads the entries of a search path: identifiers with or without quotes, folded as the server folds them.
fn path_entries(value: &str) -> Result<Vec<String>, TargetError> {
    let mut entries = Vec::new();
    let mut characters = value.chars().peekable();
    let (mut entry, mut quoted, mut was_quoted) = (String::new(), false, false);
    loop {
        match characters.next() {
            Some('"') if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                entry.push('"');
            }
            Some('"') => {
                quoted = !quoted;
                was_quoted = true;
            }
            Some(character) if quoted => entry.push(character),
            None if quoted => return Err(problem("the search_path has an open quote")),
            None | Some(',') => {
                if !entry.is_empty() {
                    entries.push(std::mem::take(&mut entry));
                }
                was_quoted = false;
                if characters.peek().is_none() {
                    return Ok(entries);
                }
            }
            Some(character) if character.is_whitespace() => {}
            Some(_) if was_quoted => return Err(problem("the search_path is no list of names")),
            Some(character) => entry.push(character.to_ascii_lowercase()),
        }
    }
}

/// Passes `-c name=value` options on to the server.
fn pass_on(options: PgConnectOptions, value: &str) -> Result<PgConnectOptions, TargetError> {
    let mut settings = Vec::new();
    let mut words = value.split_whitespace();
    while let Some(word) = words.next() {
        let setting = match word {
            "-c" => words.next(),
            other => other.strip_prefix("-c").or_else(|| other.strip_prefix("--")),
        };
        let pair = setting.and_then(|setting| setting.split_once('='));
        settings.push(pair.ok_or_else(|| problem("options is no list of -c NAME=VALUE"))?);
    }
    Ok(options.options(settings))
}

fn problem(text: &str) -> TargetError {
    TargetError {
        problem: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Target {
        Target::parse(url).unwrap()
    }

    #[test]
    fn every_part_is_percent_decoded() {
        let target = parse("postgres://us%40er:p%2Fw%25@db.example:5433/my%20db?sslmode=require");
        assert_eq!(target.options.get_username(), "us@er");
        assert_eq!(target.options.get_database(), Some("my db"));
        assert_eq!(target.to_string(), "db.example:5433/my db");
    }

    #[test]
    fn a_password_may_hold_an_at_sign_a_colon_and_a_question_mark_as_they_are() {
        let target = parse("postgresql://u:p@s:s#?&w@h/d");
        assert_eq!(
            (target.options.get_username(), target.to_string().as_str()),
            ("u", "h:5432/d")
        );
    }

    #[test]
    fn a_socket_folder_comes_from_the_query_or_from_an_encoded_host() {
        assert_eq!(
            parse("postgres:///d?host=/run/pg&port=5433").to_string(),
            "/run/pg:5433/d"
        );
        assert_eq!(parse("postgres://u@%2Frun%2Fpg/d").to_string(), "/run/pg:5432/d");
        assert_eq!(parse("postgres://u@[::1]:5440/d").to_string(), "[::1]:5440/d");
    }

    #[test]
    fn the_search_path_is_folded_and_unquoted_as_the_server_does() {
        assert_eq!(
            parse("postgres://h/d?search_path=App,%22My%20%22%22x%22%2C%20public").search_path,
            ["app", "My \"x", "public"]
        );
        assert_eq!(parse("postgres://h/d?schema=App").search_path, ["App"]);
    }

    #[test]
    fn no_text_of_a_target_or_of_an_error_holds_the_password() {
        let target = parse("postgres://u:canary@h:1/d");
        assert!(!format!("{target:?} {target}").contains("canary"));
        let urls = [
            "mysql://u:canary@h/d",
            "postgres://u:canary%zz@h/d",
            "postgres://u:canary@h:port/d",
            "postgres://u:canary@h/d?sslmode=maybe",
            "postgres://u:canary@h/d?unknown=1",
            "postgres://u:canary@h,i/d",
            "postgres://u:canary@h/d?search_path=%22a",
        ];
        for url in urls {
            let error = Target::parse(url).unwrap_err();
            assert!(!format!("{error:?} {error}").contains("canary"), "{error}");
        }
    }
}
