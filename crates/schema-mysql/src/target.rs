//! Where a database is: connection settings from a URL, or from the DSN that SchemaHero hands to its Go driver.

mod dsn;
mod tls;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schema::address;
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};

/// How long a connection may take to come up when the URL doesn't say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The settings of a connection. Neither its `Debug` nor its `Display` shows the password.
#[derive(Clone)]
pub struct Target {
    pub(crate) options: MySqlConnectOptions,
    pub(crate) connect_timeout: Duration,
    /// Whether the text says how far TLS goes.
    names_ssl_mode: bool,
}

/// A text that names no MySQL database. It never repeats the text, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database URL can't be read: {problem}; write mysql://USER:PASSWORD@HOST:PORT/DATABASE or \
     USER:PASSWORD@tcp(HOST:PORT)/DATABASE"
)]
pub struct TargetError {
    /// What is wrong with it.
    pub problem: String,
}

impl Target {
    /// Returns the target that a URL names: `mysql://user:password@host:port/database?ssl-mode=…`, or `mariadb://…`.
    /// Without a scheme it is read as a DSN of go-sql-driver/mysql, which SchemaHero's manifests hold:
    /// `user:password@tcp(host:port)/database?tls=…`.
    ///
    /// In a URL every part may be percent-encoded, and in a password every character but `%` and `/` may also stand
    /// for itself. In a DSN the user and the password stand as they are, as the driver reads them (its README, "DSN").
    ///
    /// The parameters of a URL are those of MySQL's own programs, with `-` or `_`: `ssl-mode` (also `sslmode`:
    /// `disabled`, `preferred`, `required`, `verify_ca`, `verify_identity`), `ssl-ca`, `ssl-cert` and `ssl-key` (paths
    /// or PEM texts), `socket`, `host`, `connect-timeout` (seconds).
    ///
    /// # Errors
    /// [`TargetError`] for another scheme, a broken percent-encoding, a port that is none, no database, or a parameter
    /// that is not known: an unknown one in silence would be a setting that doesn't hold.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let mut target = Self {
            options: MySqlConnectOptions::new(),
            connect_timeout: CONNECT_TIMEOUT,
            names_ssl_mode: false,
        };
        match text
            .strip_prefix("mysql://")
            .or_else(|| text.strip_prefix("mariadb://"))
        {
            Some(rest) if dsn::is_dsn(rest) => dsn::read(&mut target, rest)?,
            Some(rest) => target.url(rest)?,
            None if text.contains("://") && !dsn::is_dsn(text) => {
                return Err(problem("it does not begin with mysql://"));
            }
            None => dsn::read(&mut target, text)?,
        }
        if target.options.get_database().is_none_or(str::is_empty) {
            return Err(problem("it names no database"));
        }
        Ok(target)
    }

    /// Returns the target with the certificates, in PEM, of the authorities that the server's is checked against.
    ///
    /// Where the text says nothing of TLS, the certificate and the host's name are checked, because that is what such a
    /// certificate is for. `required` then checks the certificate: one that is given and not used would mislead.
    #[must_use]
    pub fn with_ca(mut self, pem: &[u8]) -> Self {
        let mode = match self.options.get_ssl_mode() {
            _ if !self.names_ssl_mode => MySqlSslMode::VerifyIdentity,
            MySqlSslMode::Required => MySqlSslMode::VerifyCa,
            mode => mode,
        };
        self.change(|options| options.ssl_ca_from_pem(pem.to_vec()).ssl_mode(mode));
        self
    }

    /// Returns the target with a certificate that is shown to the server, and its private key, both in PEM.
    #[must_use]
    pub fn with_client_certificate(mut self, certificate: &[u8], key: &[u8]) -> Self {
        self.change(|options| {
            options
                .ssl_client_cert_from_pem(certificate)
                .ssl_client_key_from_pem(key)
        });
        self
    }

    /// Returns the target with the time that a connection may take to come up.
    #[must_use]
    pub fn with_connect_timeout(self, connect_timeout: Duration) -> Self {
        Self {
            connect_timeout,
            ..self
        }
    }

    fn url(&mut self, rest: &str) -> Result<(), TargetError> {
        let ((user, password), rest) = address::split_credentials(rest);
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (address, database) = place.split_once('/').unwrap_or((place, ""));
        self.user(&decoded("user", user)?);
        if let Some(password) = password {
            self.password(&decoded("password", password)?);
        }
        self.address(address)?;
        if !database.is_empty() {
            self.database(&decoded("database", database)?);
        }
        for parameter in address::parameters(query) {
            let (key, value) = parameter.map_err(|text| problem(&text))?;
            self.set(&key, &value)?;
        }
        Ok(())
    }

    fn user(&mut self, user: &str) {
        if !user.is_empty() {
            self.change(|options| options.username(user));
        }
    }

    /// An empty password is none: the protocol wants an empty answer then.
    fn password(&mut self, password: &str) {
        if !password.is_empty() {
            self.change(|options| options.password(password));
        }
    }

    fn database(&mut self, database: &str) {
        self.change(|options| options.database(database));
    }

    fn change(&mut self, change: impl FnOnce(MySqlConnectOptions) -> MySqlConnectOptions) {
        let options = std::mem::replace(&mut self.options, MySqlConnectOptions::new());
        self.options = change(options);
    }

    /// Reads `host:port`, `[address]:port` or either without the port.
    fn address(&mut self, address: &str) -> Result<(), TargetError> {
        let (host, port) = address::split_port(address).map_err(|text| problem(&text))?;
        if !host.is_empty() {
            self.set("host", &decoded("host", host)?)?;
        }
        port.map_or(Ok(()), |port| self.set("port", port))
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), TargetError> {
        match key.to_ascii_lowercase().replace('_', "-").as_str() {
            "host" | "socket" if value.starts_with('/') => self.change(|options| options.socket(value)),
            "host" if value.contains(',') => return Err(problem("it names several hosts; name one")),
            "host" => self.change(|options| options.host(value)),
            "port" => {
                let port = value
                    .parse()
                    .map_err(|_| problem("the port is no number from 1 to 65535"))?;
                self.change(|options| options.port(port));
            }
            "user" => self.user(value),
            "password" => self.password(value),
            "database" => self.database(value),
            "connect-timeout" | "connecttimeout" => {
                let seconds = value
                    .parse()
                    .map_err(|_| problem("connect-timeout is no number of seconds"))?;
                self.connect_timeout = if seconds == 0 {
                    Duration::MAX
                } else {
                    Duration::from_secs(seconds)
                };
            }
            // They are pinned: what is read of the catalog must not depend on them.
            "charset" | "collation" | "timezone" | "time-zone" => {}
            other if tls::set(self, other, value)? => {}
            _ => return Err(problem(&format!("the parameter `{key}` is not known"))),
        }
        Ok(())
    }

    /// Returns host and port, or the socket: what people call the server.
    pub(crate) fn server(&self) -> String {
        let (host, port) = (self.options.get_host(), self.options.get_port());
        match self.options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None if host.contains(':') => format!("[{host}]:{port}"),
            None => format!("{host}:{port}"),
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        Self::parse(text)
    }
}

/// Writes host, port and database, and nothing else.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.options.get_database().unwrap_or_default();
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

fn problem(text: &str) -> TargetError {
    TargetError {
        problem: text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
