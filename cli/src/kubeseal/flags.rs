//! All flags: kubeseal's own, client-go's, klog's. Names, defaults and meanings are theirs.

use super::flag::{Flag, Kind};

const OWN: &str = "What to do";
const CLUSTER: &str = "Cluster";
const LOGS: &str = "Logs (accepted without effect)";

const fn flag(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag {
        name,
        short: None,
        kind,
        default: match kind {
            Kind::Switch => "false",
            Kind::Scope => "strict",
            _ => "",
        },
        help,
        in_environment: true,
        heading: OWN,
        hidden: false,
    }
}

const fn cluster(name: &'static str, kind: Kind, help: &'static str) -> Flag {
    Flag {
        heading: CLUSTER,
        ..flag(name, kind, help)
    }
}

const fn log(name: &'static str, kind: Kind) -> Flag {
    Flag {
        heading: LOGS,
        in_environment: false,
        ..flag(name, kind, "")
    }
}

/// Every flag.
pub(super) const FLAGS: &[Flag] = &[
    flag(
        "cert",
        Kind::Text,
        "The certificate to seal with: a PEM file or a URL; without it, the controller is asked for its own",
    ),
    flag(
        "fetch-cert",
        Kind::Switch,
        "Print the certificate, for use with --cert",
    ),
    Flag {
        short: Some('o'),
        default: "json",
        ..flag(
            "format",
            Kind::Text,
            "How SealedSecrets are written: json or yaml",
        )
    },
    Flag {
        short: Some('f'),
        ..flag(
            "secret-file",
            Kind::Path,
            "Read this file instead of standard input",
        )
    },
    Flag {
        short: Some('w'),
        ..flag(
            "sealed-secret-file",
            Kind::Path,
            "Write this file instead of standard output; as YAML if it ends with .yaml or .yml",
        )
    },
    flag(
        "scope",
        Kind::Scope,
        "Where the items open: strict, namespace-wide or cluster-wide; annotations of the Secret say it too",
    ),
    flag(
        "name",
        Kind::Text,
        "The name of the Secret, instead of its own; needed with --raw, unless the scope is wider",
    ),
    flag(
        "allow-empty-data",
        Kind::Switch,
        "Seal a Secret that has no items",
    ),
    flag(
        "raw",
        Kind::Switch,
        "Seal one value, of standard input or --from-file, and print the item alone",
    ),
    flag(
        "from-file",
        Kind::Paths,
        "With --raw: the file that holds the value; `KEY=FILE` is good too",
    ),
    flag(
        "merge-into",
        Kind::Path,
        "Add the items of the Secret to this file of a SealedSecret",
    ),
    flag(
        "re-encrypt",
        Kind::Switch,
        "Let the controller seal a SealedSecret to its newest key; with -f alone, in the file",
    ),
    Flag {
        hidden: true,
        ..flag("rotate", Kind::Switch, "The old name of --re-encrypt")
    },
    flag(
        "validate",
        Kind::Switch,
        "Ask the controller whether it can open a SealedSecret",
    ),
    flag(
        "recovery-unseal",
        Kind::Switch,
        "Open a SealedSecret with the keys of --recovery-private-key",
    ),
    flag(
        "recovery-private-key",
        Kind::Paths,
        "Private keys: PEM files, or key Secrets and Lists of them, as YAML or JSON",
    ),
    flag("help", Kind::Switch, "Print this"),
    flag("version", Kind::Switch, "Print the version"),
    Flag {
        default: "kube-system",
        ..cluster("controller-namespace", Kind::Text, "Namespace of the controller")
    },
    Flag {
        default: "sealed-secrets-controller",
        ..cluster("controller-name", Kind::Text, "Name of the controller's Service")
    },
    Flag {
        short: Some('n'),
        ..cluster(
            "namespace",
            Kind::Text,
            "The namespace of Secrets that name none; those that name another one are refused",
        )
    },
    cluster(
        "kubeconfig",
        Kind::Path,
        "The kubeconfig file; by default KUBECONFIG, then ~/.kube/config, then the Pod's own account",
    ),
    cluster("context", Kind::Text, "The context in the kubeconfig"),
    cluster("cluster", Kind::Text, "The cluster in the kubeconfig"),
    cluster("user", Kind::Text, "The user in the kubeconfig"),
    cluster("server", Kind::Text, "The address of the API server"),
    cluster(
        "certificate-authority",
        Kind::Path,
        "The certificates to trust the API server by",
    ),
    cluster(
        "insecure-skip-tls-verify",
        Kind::Switch,
        "Trust whoever answers for the API server",
    ),
    cluster(
        "tls-server-name",
        Kind::Text,
        "The name that the API server's certificate has to be of",
    ),
    cluster(
        "client-certificate",
        Kind::Path,
        "The certificate to show to the API server",
    ),
    cluster("client-key", Kind::Path, "The key of that certificate"),
    cluster("token", Kind::Text, "The bearer token to show to the API server"),
    cluster("username", Kind::Text, "The user name to show to the API server"),
    cluster("password", Kind::Text, "The password to show to the API server"),
    cluster("as", Kind::Text, "The user to act as"),
    cluster("as-uid", Kind::Text, "The UID to act as"),
    cluster("as-group", Kind::Repeated, "A group to act as, repeatable"),
    cluster("proxy-url", Kind::Text, "The proxy on the way to the API server"),
    Flag {
        default: "0",
        ..cluster(
            "request-timeout",
            Kind::Text,
            "How long a request may take: seconds, or with a unit as in 1m30s; 0 is as long as needed",
        )
    },
    cluster(
        "disable-compression",
        Kind::Switch,
        "Ask the API server for answers without compression",
    ),
    log("add_dir_header", Kind::Switch),
    log("alsologtostderr", Kind::Switch),
    log("alsologtostderrthreshold", Kind::Text),
    log("legacy_stderr_threshold_behavior", Kind::Switch),
    log("log_backtrace_at", Kind::Text),
    log("log_dir", Kind::Text),
    log("log_file", Kind::Text),
    log("log_file_max_size", Kind::Number),
    log("logtostderr", Kind::Switch),
    log("one_output", Kind::Switch),
    log("skip_headers", Kind::Switch),
    log("skip_log_headers", Kind::Switch),
    log("stderrthreshold", Kind::Text),
    log("vmodule", Kind::Text),
    Flag {
        short: Some('v'),
        ..log("v", Kind::Number)
    },
];
