//! How a connection is encrypted.

use sqlx::mysql::MySqlSslMode;

use super::{Target, TargetError, problem};

/// What a text begins with that is a certificate or key itself and no path (RFC 7468).
const PEM: &str = "-----BEGIN";

/// Sets a parameter of the connection's encryption; `false` if it is none.
pub(super) fn set(target: &mut Target, key: &str, value: &str) -> Result<bool, TargetError> {
    match key {
        "ssl-mode" | "sslmode" => {
            let mode = mode(value)?;
            target.names_ssl_mode = true;
            target.change(|options| options.ssl_mode(mode));
        }
        "ssl-ca" | "sslca" => target.change(|options| {
            if value.trim_start().starts_with(PEM) {
                options.ssl_ca_from_pem(value.as_bytes().to_vec())
            } else {
                options.ssl_ca(value)
            }
        }),
        "ssl-cert" | "sslcert" => target.change(|options| {
            if value.trim_start().starts_with(PEM) {
                options.ssl_client_cert_from_pem(value)
            } else {
                options.ssl_client_cert(value)
            }
        }),
        "ssl-key" | "sslkey" => target.change(|options| {
            if value.trim_start().starts_with(PEM) {
                options.ssl_client_key_from_pem(value)
            } else {
                options.ssl_client_key(value)
            }
        }),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Reads a mode in the words of MySQL's programs, with `-` or `_`, or in those of libpq, which people carry over.
fn mode(value: &str) -> Result<MySqlSslMode, TargetError> {
    let mode = match value.to_ascii_lowercase().replace('-', "_").as_str() {
        "disabled" | "disable" => MySqlSslMode::Disabled,
        "preferred" | "prefer" => MySqlSslMode::Preferred,
        "required" | "require" => MySqlSslMode::Required,
        "verify_ca" => MySqlSslMode::VerifyCa,
        "verify_identity" | "verify_full" => MySqlSslMode::VerifyIdentity,
        _ => {
            return Err(problem(
                "ssl-mode is none of disabled, preferred, required, verify_ca, verify_identity",
            ));
        }
    };
    Ok(mode)
}

/// Reads the `tls` parameter of go-sql-driver/mysql (its README, "tls").
pub(super) fn set_go(target: &mut Target, value: &str) -> Result<(), TargetError> {
    let mode = match value.to_ascii_lowercase().as_str() {
        "true" | "1" => MySqlSslMode::VerifyIdentity,
        "false" | "0" => MySqlSslMode::Disabled,
        "skip-verify" => MySqlSslMode::Required,
        "preferred" => MySqlSslMode::Preferred,
        _ => {
            return Err(problem(
                "tls is none of true, false, skip-verify, preferred; a configuration that a program registers under \
                 a name is not known here: give ssl-mode, ssl-ca, ssl-cert and ssl-key",
            ));
        }
    };
    target.names_ssl_mode = true;
    target.change(|options| options.ssl_mode(mode));
    Ok(())
}
