//! Whether the proxy of the environment is on the way to the API server.

use kube::Config;

/// Takes away the proxy that kube took from `HTTPS_PROXY` where `NO_PROXY` names the API server. kube compares that
/// with the proxy's own name; and like everyone else we don't ask a proxy for this machine, nor that of https for http.
pub(super) fn spare(config: &mut Config) {
    let Some(environment) = ureq::Proxy::try_from_env() else {
        return;
    };
    let proxy = config.proxy_url.as_ref().and_then(http::Uri::host);
    if proxy != Some(environment.host()) {
        return;
    }
    let host = config.cluster_url.host().unwrap_or_default();
    let is_here = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    let is_plain = config.cluster_url.scheme_str() == Some("http");
    if is_here || is_plain || environment.is_no_proxy(&config.cluster_url) {
        config.proxy_url = None;
    }
}
