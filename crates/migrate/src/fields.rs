//! From the fields of a declared connection to an address.

use std::collections::BTreeMap;
use std::time::Duration;

use schema::EngineKind;
use zeroize::Zeroizing;

use crate::database_url::{DatabaseUrl, DatabaseUrlError};
use crate::engines::{self, Security, Target};
use crate::server_parts::{ServerParts, add_parameter};

/// The values of the fields by their names in the manifest; what is absent or empty is left out.
type Fields = BTreeMap<&'static str, Zeroizing<String>>;

/// Why fields give no address. No variant holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldsError {
    /// The engine is not served.
    #[error("the engine `{engine}` is not served by this version")]
    UnsupportedEngine {
        /// Its key in the manifest.
        engine: String,
    },
    /// A field, or what is missing beside it.
    #[error("{}{problem}", .field.map(|field| format!("{field}: ")).unwrap_or_default())]
    Field {
        /// The name of the field; `None` for the whole.
        field: Option<&'static str>,
        /// What is wrong.
        problem: String,
    },
}

impl FieldsError {
    fn at(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field {
            field: Some(field),
            problem: problem.into(),
        }
    }
}

impl DatabaseUrl {
    /// Returns the address that the fields of `spec.connection.<engine>` give. An empty value counts as an absent one.
    ///
    /// | engine | fields |
    /// |---|---|
    /// | `postgres` | `uri`, or `host`, `port`, `user`, `password`, `dbname`, `sslmode`; and `schema` |
    /// | `mysql` | `uri`, or `host`, `port`, `user`, `password`, `dbname`, `sslmode`, `disableTLS` |
    /// | `sqlite` | `dsn` |
    /// | all servers | `ca`, `clientCertificate`, `clientKey` (PEM), `connectTimeout` (seconds) |
    ///
    /// # Errors
    /// [`FieldsError`], which names the field and never contains a value.
    pub fn from_fields(engine: &str, fields: &Fields) -> Result<Self, FieldsError> {
        let Some(kind) = engines::by_name(engine) else {
            return Err(FieldsError::UnsupportedEngine {
                engine: engine.to_owned(),
            });
        };
        if engines::is_a_file(kind) {
            let dsn = given(fields, "dsn").map_or("", |dsn| dsn.as_str());
            return Self::from_sqlite_dsn(dsn).map_err(|error| FieldsError::at("dsn", error.to_string()));
        }
        let address = match given(fields, "uri") {
            Some(uri) => from_uri(kind, uri, fields)?,
            None => from_parts(kind, fields)?,
        };
        let has_password = address.has_password() || given(fields, "password").is_some();
        let security = security(fields)?;
        let target = address.into_target().secured(&security);
        Ok(Self::new(target, has_password))
    }
}

fn given<'a>(fields: &'a Fields, name: &str) -> Option<&'a Zeroizing<String>> {
    fields.get(name).filter(|value| !value.is_empty())
}

fn from_uri(kind: EngineKind, uri: &Zeroizing<String>, fields: &Fields) -> Result<DatabaseUrl, FieldsError> {
    let mut text = uri.clone();
    if let Some(schema) = given(fields, "schema") {
        add_parameter(&mut text, "schema", schema);
    }
    let url = match DatabaseUrl::parse(&text) {
        Ok(url) if url.engine() == kind => Ok(url),
        Ok(url) => Err(format!(
            "a `{kind}` connection can't have the URL of a `{}` database",
            url.engine()
        )),
        Err(DatabaseUrlError::NoScheme) if engines::has_bare_form(kind) => {
            Target::parse(kind, &text).map(|target| DatabaseUrl::new(target, true))
        }
        Err(error) => Err(error.to_string()),
    };
    url.map_err(|problem| FieldsError::at("uri", problem))
}

fn from_parts(kind: EngineKind, fields: &Fields) -> Result<DatabaseUrl, FieldsError> {
    let text = |name: &str| given(fields, name).map(|value| value.to_string());
    let whole = |problem: String| FieldsError::Field { field: None, problem };
    let Some(host) = text("host") else {
        return Err(whole("neither `uri` nor `host` is given".to_owned()));
    };
    let mut parameters: Vec<(&'static str, String)> = Vec::new();
    parameters.extend(text("sslmode").map(|mode| ("sslmode", mode)));
    parameters.extend(text("schema").map(|schema| ("schema", schema)));
    if text("disableTLS").is_some_and(|plain| plain == "true") {
        if parameters.iter().any(|(name, _)| *name == "sslmode") {
            return Err(FieldsError::at(
                "disableTLS",
                "it contradicts `sslmode`; leave one of them",
            ));
        }
        parameters.push(("sslmode", "disable".to_owned()));
    }
    let parts = ServerParts {
        host,
        port: text("port"),
        user: text("user"),
        password: given(fields, "password").cloned(),
        database: text("dbname"),
        parameters,
    };
    let url = parts.to_url(kind.as_str());
    let target = Target::parse(kind, &url).map_err(whole)?;
    Ok(DatabaseUrl::new(target, false))
}

fn security(fields: &Fields) -> Result<Security, FieldsError> {
    let pem = |name: &'static str, what: &str| match given(fields, name) {
        Some(text) if text.contains(what) => Ok(Some(Zeroizing::new(text.as_bytes().to_vec()))),
        Some(_) => Err(FieldsError::at(
            name,
            format!("it has no `{what}` in it; give it in PEM"),
        )),
        None => Ok(None),
    };
    let ca = pem("ca", "BEGIN CERTIFICATE-----")?;
    let certificate = pem("clientCertificate", "BEGIN CERTIFICATE-----")?;
    let key = pem("clientKey", "PRIVATE KEY-----")?;
    let client = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => {
            return Err(FieldsError::at(
                "clientKey",
                "it is missing, and `clientCertificate` needs it",
            ));
        }
        (None, Some(_)) => {
            let problem = "it is missing, and `clientKey` needs it";
            return Err(FieldsError::at("clientCertificate", problem));
        }
    };
    let connect_timeout = match given(fields, "connectTimeout").map(|seconds| seconds.parse::<u32>()) {
        None => None,
        Some(Ok(seconds)) if seconds > 0 => Some(Duration::from_secs(seconds.into())),
        Some(_) => {
            let problem = "it is no whole number of seconds from 1 on";
            return Err(FieldsError::at("connectTimeout", problem));
        }
    };
    Ok(Security {
        ca,
        client,
        connect_timeout,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&'static str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(name, value)| (*name, Zeroizing::new((*value).to_owned())))
            .collect()
    }

    fn error(engine: &str, pairs: &[(&'static str, &str)]) -> String {
        let error = DatabaseUrl::from_fields(engine, &fields(pairs)).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary"), "{text}");
        error.to_string()
    }

    #[test]
    fn parts_and_a_uri_give_the_same_address() {
        let parts = [
            ("host", "db"),
            ("port", "5433"),
            ("user", "u"),
            ("password", "p/@:"),
            ("dbname", "app"),
        ];
        let url = DatabaseUrl::from_fields("postgres", &fields(&parts)).unwrap();
        assert_eq!(url.to_string(), "postgres db:5433/app");
        assert!(url.has_password());
        let uri = [
            ("uri", "postgres://u:p%2F%40%3A@db:5433/app"),
            ("host", "elsewhere"),
        ];
        let url = DatabaseUrl::from_fields("postgres", &fields(&uri)).unwrap();
        assert_eq!(url.to_string(), "postgres db:5433/app");
    }

    #[test]
    fn what_is_empty_counts_as_absent() {
        let parts = [
            ("uri", ""),
            ("host", "db"),
            ("password", ""),
            ("dbname", "app"),
            ("ca", ""),
        ];
        let url = DatabaseUrl::from_fields("postgres", &fields(&parts)).unwrap();
        assert!(!url.has_password());
        assert_eq!(
            error("postgres", &[("uri", "")]),
            "neither `uri` nor `host` is given"
        );
    }

    #[test]
    fn each_problem_names_its_field_and_no_value() {
        let uri = ("uri", "postgres://u:canary@db/app");
        for (engine, pairs, expected) in [
            (
                "cassandra",
                &[("uri", "canary")][..],
                "the engine `cassandra` is not served",
            ),
            (
                "postgres",
                &[("uri", "sqlite:canary")],
                "uri: a `postgres` connection can't have the URL",
            ),
            (
                "postgres",
                &[("uri", "canary")],
                "uri: the database URL begins with no scheme",
            ),
            (
                "postgres",
                &[uri, ("ca", "canary")],
                "ca: it has no `BEGIN CERTIFICATE-----`",
            ),
            (
                "postgres",
                &[uri, ("clientKey", "-----BEGIN PRIVATE KEY-----canary")],
                "clientCertificate: it is missing",
            ),
            (
                "postgres",
                &[uri, ("clientCertificate", "-----BEGIN CERTIFICATE-----canary")],
                "clientKey: it is missing",
            ),
            (
                "postgres",
                &[uri, ("connectTimeout", "0")],
                "connectTimeout: it is no whole number",
            ),
            (
                "postgres",
                &[("host", "db"), ("sslmode", "canary")],
                "sslmode is none of",
            ),
            ("sqlite", &[], "dsn: the database URL is empty"),
        ] {
            let message = error(engine, pairs);
            assert!(message.contains(expected), "{message}");
        }
    }
}
