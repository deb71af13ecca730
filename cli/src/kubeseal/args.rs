//! What was asked, after the command line and the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use sealing::Scope;

use super::words::Csv;
use crate::cluster::Overrides;

/// Everything that the flags say. An empty text is as good as none, as it is for kubeseal.
// Without `Debug`: a URL, a token or a password may be in it.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the grammar")]
pub(super) struct KubesealArgs {
    /// `--cert`.
    pub(super) cert: Option<String>,
    /// `--fetch-cert`.
    pub(super) fetch_cert: bool,
    /// `--format` as it was written: it is looked at only where documents are written.
    pub(super) format: String,
    /// `--secret-file`.
    pub(super) secret_file: Option<PathBuf>,
    /// `--sealed-secret-file`.
    pub(super) sealed_secret_file: Option<PathBuf>,
    /// `--scope`; strict is what nobody says too.
    pub(super) scope: Scope,
    /// `--name`.
    pub(super) name: Option<String>,
    /// `--allow-empty-data`.
    pub(super) allow_empty_data: bool,
    /// `--raw`.
    pub(super) raw: bool,
    /// `--from-file`, with `KEY=` still before it.
    pub(super) from_file: Vec<PathBuf>,
    /// `--merge-into`.
    pub(super) merge_into: Option<PathBuf>,
    /// `--re-encrypt`, or `--rotate`.
    pub(super) re_encrypt: bool,
    /// `--validate`.
    pub(super) validate: bool,
    /// `--recovery-unseal`.
    pub(super) recovery_unseal: bool,
    /// `--recovery-private-key`.
    pub(super) recovery_private_key: Vec<PathBuf>,
    /// `--controller-namespace`.
    pub(super) controller_namespace: String,
    /// `--controller-name`.
    pub(super) controller_name: String,
    /// `--namespace`.
    pub(super) namespace: Option<String>,
    /// `--kubeconfig`.
    pub(super) kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub(super) context: Option<String>,
    /// `--request-timeout` as it was written: it is looked at only where a cluster is asked.
    pub(super) request_timeout: String,
    /// What counts instead of the kubeconfig.
    pub(super) overrides: Box<Overrides>,
}

impl KubesealArgs {
    /// What clap read.
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let default = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
        let text = |name: &str| Some(default(name)).filter(|text| !text.is_empty());
        let path = |name: &str| {
            let path = matches.get_one::<OsString>(name)?;
            (!path.is_empty()).then(|| PathBuf::from(path))
        };
        let paths = |name: &str| {
            let lists = matches.get_many::<Csv>(name).into_iter().flatten();
            lists.flat_map(|Csv(paths)| paths.clone()).collect()
        };
        let switch = |name: &str| matches.get_flag(name);
        // A default has a place too.
        let said = |name: &str| {
            let is_said = matches.value_source(name) == Some(ValueSource::CommandLine);
            matches.index_of(name).filter(|_| is_said)
        };
        let groups = matches.get_many::<String>("as-group").into_iter().flatten();
        Self {
            cert: text("cert"),
            fetch_cert: switch("fetch-cert"),
            format: default("format"),
            secret_file: path("secret-file"),
            sealed_secret_file: path("sealed-secret-file"),
            scope: matches.get_one("scope").copied().unwrap_or_default(),
            name: text("name"),
            allow_empty_data: switch("allow-empty-data"),
            raw: switch("raw"),
            from_file: paths("from-file"),
            merge_into: path("merge-into"),
            // One variable behind two flags: what was said last counts.
            re_encrypt: match (said("re-encrypt"), said("rotate")) {
                (new, Some(old)) if Some(old) > new => switch("rotate"),
                _ => switch("re-encrypt"),
            },
            validate: switch("validate"),
            recovery_unseal: switch("recovery-unseal"),
            recovery_private_key: paths("recovery-private-key"),
            controller_namespace: default("controller-namespace"),
            controller_name: default("controller-name"),
            namespace: text("namespace").map(|namespace| without_kind(&namespace).to_owned()),
            kubeconfig: path("kubeconfig"),
            context: text("context"),
            request_timeout: default("request-timeout"),
            overrides: Box::new(Overrides {
                cluster: text("cluster"),
                user: text("user"),
                server: text("server"),
                certificate_authority: path("certificate-authority"),
                insecure_skip_tls_verify: switch("insecure-skip-tls-verify"),
                tls_server_name: text("tls-server-name"),
                client_certificate: path("client-certificate"),
                client_key: path("client-key"),
                token: text("token").map(Into::into),
                username: text("username"),
                password: text("password").map(Into::into),
                impersonate: text("as"),
                impersonate_uid: text("as-uid"),
                impersonate_groups: groups.cloned().collect(),
                proxy_url: text("proxy-url"),
                disable_compression: switch("disable-compression"),
                request_timeout: None,
            }),
        }
    }
}

/// `-n ns/shop` is `-n shop`, as in kubectl (`RemoveNamespacesPrefix`).
fn without_kind(namespace: &str) -> &str {
    let prefixes = ["namespaces/", "namespace/", "ns/"];
    let bare = prefixes.iter().find_map(|prefix| {
        let start = namespace.get(..prefix.len())?;
        let rest = namespace.get(prefix.len()..)?;
        (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
    });
    bare.unwrap_or(namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_may_be_written_with_its_kind() {
        for (written, meant) in [
            ("ns/shop", "shop"),
            ("Namespaces/shop", "shop"),
            ("ns/", "ns/"),
            ("shop", "shop"),
        ] {
            assert_eq!(without_kind(written), meant);
        }
    }
}
