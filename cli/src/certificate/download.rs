//! A certificate from a web server.

use std::time::Duration;

use anyhow::Context as _;
use ureq::tls::{RootCerts, TlsConfig};
use url::Url;

use super::source::FetchError;
use crate::error::CommandError;

/// A chain of certificates is a few KiB.
const LIMIT: u64 = 1024 * 1024;

/// For the whole exchange, redirects included.
const DEADLINE: Duration = Duration::from_secs(30);

/// For a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// Fetches the body at a URL. Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY` …),
/// trusted authorities from the system. What began with https stays https: a redirect to plain http
/// would let anyone in between choose the key that secrets are sealed for.
///
/// # Errors
/// When the server does not answer 200 in time, or the body is larger than 1 MiB. The message names
/// the URL without user, password and query.
pub(super) fn download(text: &str) -> Result<Vec<u8>, FetchError> {
    let url = Url::parse(text)
        .context("the address of the certificate is no valid URL")
        .map_err(CommandError::failed)?;
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(DEADLINE))
        .timeout_connect(Some(CONNECT_DEADLINE))
        .http_status_as_error(false)
        .https_only(url.scheme() == "https")
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .build()
        .new_agent();
    let doing = || format!("cannot fetch the certificate from {}", shown(text));
    let failed = |error: ureq::Error| {
        let late = matches!(error, ureq::Error::Timeout(_));
        let unreachable = is_unreachable(&error);
        let error = CommandError::failed(error)
            .context(doing())
            .hint("check the URL; HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment are honoured");
        FetchError {
            error: if late { error.timed_out() } else { error },
            unreachable,
        }
    };
    let response = agent
        .get(url.as_str())
        .header("Accept", "application/x-pem-file, */*")
        .call();
    let mut response = response.map_err(failed)?;
    if response.status() != http::StatusCode::OK {
        return Err(FetchError {
            error: CommandError::message(format!("the server answered {}", response.status()))
                .context(doing())
                .hint("check the URL: only the answer 200 is a certificate"),
            unreachable: response.status().is_server_error(),
        });
    }
    response
        .body_mut()
        .with_config()
        .limit(LIMIT)
        .read_to_vec()
        .map_err(failed)
}

/// Whether nothing answered. A server that the system doesn't trust did: rustls says so as invalid data.
fn is_unreachable(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(error) => error.kind() != std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// The URL as messages show it: without user, password, query and fragment.
pub(super) fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!(
                "{}://{}{port}{}",
                url.scheme(),
                url.host_str().unwrap_or_default(),
                url.path()
            )
        }
        Err(_) => "an invalid URL".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_a_url_without_what_may_be_secret() {
        let text = "https://user:hunter2@example.org:8443/cert.pem?token=hunter2#hunter2";
        assert_eq!(shown(text), "https://example.org:8443/cert.pem");
    }
}
