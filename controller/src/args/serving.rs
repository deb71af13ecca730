//! The flags of what is served, and of what is asked of the API server.

use std::net::SocketAddr;
use std::time::Duration;

use clap::ArgAction;

use super::go::{at_least_one, boolean, float, limit, listen_address, not_negative};

/// Where and how callers are served.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct HttpArgs {
    /// Where to serve the certificate and the probes; `:8080` means every address
    #[arg(long, env = "SEALED_SECRETS_LISTEN_ADDR", value_name = "ADDRESS", default_value = ":8080",
          value_parser = listen_address)]
    pub(crate) listen_addr: SocketAddr,

    /// Where to serve the metrics
    #[arg(long, env = "SEALED_SECRETS_LISTEN_METRICS_ADDR", value_name = "ADDRESS", default_value = ":8081",
          value_parser = listen_address)]
    pub(crate) listen_metrics_addr: SocketAddr,

    /// How long a request may take to arrive; 0 for no limit of its own
    #[arg(long, env = "SEALED_SECRETS_READ_TIMEOUT", value_name = "DURATION", default_value = "2m",
          value_parser = limit, allow_hyphen_values = true)]
    pub(crate) read_timeout: Duration,

    /// How long an answer may take; 0 for no limit of its own
    #[arg(long, env = "SEALED_SECRETS_WRITE_TIMEOUT", value_name = "DURATION", default_value = "2m",
          value_parser = limit, allow_hyphen_values = true)]
    pub(crate) write_timeout: Duration,

    /// Requests a second to verify and rotate
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT", value_name = "NUMBER", default_value = "2",
          value_parser = at_least_one, allow_hyphen_values = true)]
    pub(crate) rate_limit: i64,

    /// Requests above that which are answered at once
    #[arg(long, env = "SEALED_SECRETS_RATE_LIMIT_BURST", value_name = "NUMBER", default_value = "2",
          value_parser = not_negative, allow_hyphen_values = true)]
    pub(crate) rate_limit_burst: u32,

    /// Leave names and namespaces of SealedSecrets out of the metrics
    #[arg(long, env = "SEALED_SECRETS_METRICS_OMIT_SECRET_LABELS", value_name = "BOOL", default_value = "false",
          value_parser = boolean, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true",
          require_equals = true)]
    pub(crate) metrics_omit_secret_labels: bool,
}

/// How fast the API server is asked.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct PacedClientArgs {
    /// Requests a second to the API server; a negative number for no limit [default: no limit]
    #[arg(long, env = "SEALED_SECRETS_KUBECLIENT_QPS", value_name = "NUMBER", value_parser = float,
          allow_hyphen_values = true)]
    pub(crate) kubeclient_qps: Option<f32>,

    /// Requests above that which are sent at once [default: 10 with a limit]
    #[arg(long, env = "SEALED_SECRETS_KUBECLIENT_BURST", value_name = "NUMBER", value_parser = not_negative,
          allow_hyphen_values = true)]
    pub(crate) kubeclient_burst: Option<u32>,
}

/// A limit of requests to the API server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClientPace {
    /// Requests a second, above 0.
    pub(crate) rate: f32,
    /// Requests that may be sent at once, at least 1.
    pub(crate) burst: u32,
}

impl PacedClientArgs {
    /// Returns the limit, `None` for none: when neither flag is given, or the rate is negative. 0 is client-go's own
    /// default for either, as is what is not given while the other is.
    pub(crate) fn pace(self) -> Option<ClientPace> {
        if self.kubeclient_qps.is_none() && self.kubeclient_burst.is_none() {
            return None;
        }
        let rate = self.kubeclient_qps.filter(|rate| *rate != 0.0).unwrap_or(5.0);
        let burst = self.kubeclient_burst.filter(|burst| *burst != 0).unwrap_or(10);
        (rate > 0.0).then_some(ClientPace { rate, burst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(rate: Option<f32>, burst: Option<u32>) -> Option<(f32, u32)> {
        let args = PacedClientArgs {
            kubeclient_qps: rate,
            kubeclient_burst: burst,
        };
        args.pace().map(|pace| (pace.rate, pace.burst))
    }

    #[test]
    fn requests_are_limited_only_when_asked_for() {
        assert_eq!(pace(None, None), None);
        assert_eq!(pace(Some(-1.0), Some(3)), None);
        assert_eq!(pace(Some(50.0), None), Some((50.0, 10)));
        assert_eq!(pace(None, Some(20)), Some((5.0, 20)));
        assert_eq!(pace(Some(0.0), Some(0)), Some((5.0, 10)));
    }
}
