//! Why a cluster gave no answer, by what the user can do about it.

use std::error::Error;
use std::io;
use std::time::Duration;

use kube::config::KubeconfigError;
use kube::runtime::watcher;

use crate::error::CommandError;

/// What the API server said, or why it could not be asked.
type Answer = Box<dyn Error + Send + Sync>;

/// Why a cluster gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// No usable kubeconfig. Only kube's own words about what is wrong with *values* are passed on:
    /// its words about text that does not parse quote the lines around it, which hold tokens.
    #[error("no usable kubeconfig: {reason}")]
    Configuration {
        /// What is wrong with it.
        reason: String,
    },
    /// The client could not be made.
    #[error("cannot make a client for the cluster")]
    Client {
        /// Why.
        source: Box<kube::Error>,
    },
    /// No runtime for the client.
    #[error("cannot start the runtime for the cluster's client")]
    Runtime {
        /// Why.
        source: io::Error,
    },
    /// There is no Service of that name.
    #[error("the cluster has no Service `{namespace}/{name}`")]
    NoController {
        /// The namespace asked for.
        namespace: String,
        /// The name asked for.
        name: String,
    },
    /// The Service is there, nothing behind it answers, or not with a certificate.
    #[error("Service `{namespace}/{name}` gives no certificate")]
    ControllerDown {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// What the API server said.
        source: Answer,
    },
    /// Databases, Tables and Migrations are not installed.
    #[error("the cluster knows no Migrations")]
    NotInstalled,
    /// SealedSecrets are not installed.
    #[error("the cluster knows no SealedSecrets")]
    NoSealedSecrets,
    /// There is no Migration of that name.
    #[error("the cluster has no Migration `{namespace}/{name}`")]
    NoMigration {
        /// The namespace asked for.
        namespace: String,
        /// The name asked for.
        name: String,
    },
    /// The controller doesn't open an object that was sent to it. It never says why.
    #[error("the controller of Service `{namespace}/{name}` does not open it")]
    Unopened {
        /// Namespace of the Service.
        namespace: String,
        /// Name of the Service.
        name: String,
        /// Whether it said as much (409); upstream's says 500 and nothing else when it is to seal again.
        in_words: bool,
    },
    /// The controller takes no such object.
    #[error("the controller refuses: {doing}")]
    Unfit {
        /// What was being done.
        doing: String,
        /// What the controller said.
        source: Answer,
    },
    /// The controller's answer is none to what it was asked.
    #[error("no sense in the answer: {doing}")]
    Senseless {
        /// What was being done.
        doing: String,
        /// What is wrong with it.
        source: Answer,
    },
    /// A rule of the cluster is against it, whoever asks.
    #[error("the cluster refuses: {doing}")]
    Refused {
        /// What was being done.
        doing: String,
        /// What the API server said.
        source: Answer,
    },
    /// The user may not do that.
    #[error("not allowed: {doing}")]
    Denied {
        /// What was being done.
        doing: String,
        /// What the API server said.
        source: Answer,
    },
    /// No answer in time.
    #[error("no answer within {} s: {doing}", limit.as_secs_f64())]
    TimedOut {
        /// What was being done.
        doing: String,
        /// How long was waited.
        limit: Duration,
    },
    /// Anything else.
    #[error("failed: {doing}")]
    Request {
        /// What was being done.
        doing: String,
        /// Why.
        source: Answer,
    },
}

impl ClusterError {
    /// A failed request, sorted by its status.
    pub(super) fn request(doing: &str, error: kube::Error) -> Self {
        let doing = doing.to_owned();
        let denied = matches!(&error, kube::Error::Api(status) if matches!(status.code, 401 | 403));
        let source = answer(error);
        if denied {
            Self::Denied { doing, source }
        } else {
            Self::Request { doing, source }
        }
    }

    /// A failed request about Migrations. The API server answers 404 without the name of an object when it does not know
    /// the kind.
    pub(super) fn migrations(doing: &str, error: kube::Error) -> Self {
        let unknown = |details: &kube::core::response::StatusDetails| details.name.is_empty();
        match &error {
            kube::Error::Api(status) if status.code == 404 && status.details.as_ref().is_none_or(unknown) => {
                Self::NotInstalled
            }
            _ => Self::request(doing, error),
        }
    }

    /// A failed list of SealedSecrets, sorted likewise.
    pub(super) fn sealed_secrets(doing: &str, error: kube::Error) -> Self {
        match &error {
            kube::Error::Api(status) if status.code == 404 => Self::NoSealedSecrets,
            _ => Self::request(doing, error),
        }
    }

    /// A failed change. Admission policies answer 422, or 403 as missing rights do; only their words tell these apart:
    /// `ValidatingAdmissionPolicy … denied request`, `admission webhook … denied the request`.
    pub(super) fn write(doing: &str, error: kube::Error) -> Self {
        let by_rule = |text: &str| text.contains("denied request") || text.contains("denied the request");
        match error {
            kube::Error::Api(status)
                if status.code == 422 || (status.code == 403 && by_rule(&status.message)) =>
            {
                Self::Refused {
                    doing: doing.to_owned(),
                    source: answer(kube::Error::Api(status)),
                }
            }
            error => Self::migrations(doing, error),
        }
    }

    /// A failed write of a key Secret. A webhook or policy may quote what was sent, a private key, so of its words only
    /// its name is kept; what the API server says itself is about names and rights.
    pub(super) fn key_secret(doing: &str, error: kube::Error) -> Self {
        let kube::Error::Api(status) = error else {
            return Self::write(doing, error);
        };
        let by_itself = status.message.contains(" is forbidden: User ") || status.code == 409;
        if !by_itself {
            let quoted = status.message.split(['"', '\'']).nth(1).unwrap_or_default();
            let named = ["webhook", "Policy"]
                .iter()
                .any(|word| status.message.contains(word));
            let by = if named && !quoted.contains(char::is_whitespace) {
                quoted
            } else {
                ""
            };
            return Self::Refused {
                doing: doing.to_owned(),
                source: format!("{} ({}) {by}", status.reason, status.code)
                    .trim_end()
                    .into(),
            };
        }
        Self::request(doing, kube::Error::Api(status))
    }

    /// A watch that broke.
    pub(super) fn watch(doing: &str, error: watcher::Error) -> Self {
        match error {
            watcher::Error::InitialListFailed(source)
            | watcher::Error::WatchStartFailed(source)
            | watcher::Error::WatchFailed(source) => Self::migrations(doing, source),
            watcher::Error::WatchError(status) => Self::migrations(doing, kube::Error::Api(status)),
            error @ watcher::Error::NoResourceVersion => Self::Request {
                doing: doing.to_owned(),
                source: error.into(),
            },
        }
    }

    /// Whether no waiting helps.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Self::Denied { .. } | Self::NotInstalled)
    }

    /// Whether nothing was there to answer, or not in time.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::ControllerDown { .. } => true,
            // What the API server said is kept as its words alone.
            Self::Request { source, .. } => source.is::<kube::Error>(),
            _ => false,
        }
    }

    /// A failed request through the proxy to a Service that exists. The API server answers 404 when the
    /// Service has no Endpoints at all, and so does a server that is no controller; 502 to 504 mean that
    /// nothing listens behind it.
    pub(super) fn proxied(doing: &str, namespace: &str, name: &str, error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if matches!(status.code, 404 | 502..=504) => Self::ControllerDown {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                source: answer(kube::Error::Api(status)),
            },
            error => Self::request(doing, error),
        }
    }

    /// An object that a controller refuses: with 409 the items don't open (upstream says 500 and nothing else), with the
    /// others what was sent isn't to its liking.
    pub(super) fn posted(doing: &str, namespace: &str, name: &str, error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status)
                if status.code == 409 || (status.code == 500 && status.message.is_empty()) =>
            {
                Self::Unopened {
                    namespace: namespace.to_owned(),
                    name: name.to_owned(),
                    in_words: status.code == 409,
                }
            }
            kube::Error::Api(status) if matches!(status.code, 400 | 411 | 413 | 422) => Self::Unfit {
                doing: doing.to_owned(),
                source: answer(kube::Error::Api(status)),
            },
            error => Self::proxied(doing, namespace, name, error),
        }
    }

    /// An object that a controller doesn't validate: with 409 its items don't open, with 500 upstream's can't read it.
    pub(super) fn verified(doing: &str, namespace: &str, name: &str, error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if status.code == 409 => Self::Unopened {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                in_words: true,
            },
            kube::Error::Api(status) if matches!(status.code, 400 | 411 | 413 | 422 | 500) => Self::Unfit {
                doing: doing.to_owned(),
                source: answer(kube::Error::Api(status)),
            },
            error => Self::request(doing, error),
        }
    }

    /// An answer that can't be read.
    pub(super) fn senseless(doing: &str, source: impl Into<Answer>) -> Self {
        Self::Senseless {
            doing: doing.to_owned(),
            source: source.into(),
        }
    }

    /// A kubeconfig that cannot be used.
    pub(super) fn kubeconfig(error: KubeconfigError) -> Self {
        let reason = match error {
            KubeconfigError::Parse(_) => "a kubeconfig file is no valid YAML".to_owned(),
            KubeconfigError::ReadConfig(source, path) => {
                format!("cannot read `{}`: {source}", path.display())
            }
            KubeconfigError::LoadContext(context) => format!("it has no context `{context}`"),
            other => other.to_string(),
        };
        Self::Configuration { reason }
    }

    /// A client that cannot be made.
    pub(super) fn client(source: kube::Error) -> Self {
        Self::Client {
            source: Box::new(source),
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Configuration { .. } | Self::Client { .. } => "name one with --kubeconfig and --context",
            Self::NoController { .. } => {
                "where is the controller? --controller-namespace and --controller-name say so (its Helm chart calls \
                 the Service `sealed-secrets`)"
            }
            Self::NotInstalled => {
                "is this the right cluster (--context)? `chancery install` prints what Migrations need"
            }
            Self::NoSealedSecrets => {
                "is this the right cluster (--context)? what was there is gone with its kind, until it is applied again"
            }
            Self::NoMigration { .. } => {
                "`chancery migrations list -A` shows those that there are; -n NAMESPACE chooses one"
            }
            Self::Refused { .. } => "the rule that is named decides; those who run the cluster can change it",
            Self::Unopened { .. } => {
                "name, namespace or scope are not those it was sealed for, or its key is not among the controller's \
                 (`chancery keys list`)"
            }
            Self::Unfit { .. } | Self::Senseless { .. } => {
                "with the private keys no controller is needed: --key FILE or --local DIR"
            }
            Self::ControllerDown { .. } => "does the controller's Pod run?",
            Self::Denied { .. } => "ask those who run the cluster for that right",
            Self::TimedOut { .. } | Self::Request { .. } | Self::Runtime { .. } => {
                "is this the right cluster (--context), and can it be reached from here?"
            }
        }
    }
}

/// The words of the API server alone: kube would add the whole status in its `Debug` form.
fn answer(error: kube::Error) -> Answer {
    match error {
        kube::Error::Api(status) if !status.message.is_empty() => status.message.clone().into(),
        kube::Error::Api(status) => format!("the API server answered {}", status.code).into(),
        error => error.into(),
    }
}

impl From<ClusterError> for CommandError {
    fn from(error: ClusterError) -> Self {
        let hint = error.hint();
        let timed_out = matches!(error, ClusterError::TimedOut { .. });
        let error = Self::failed(error).hint(hint);
        if timed_out { error.timed_out() } else { error }
    }
}

#[cfg(test)]
mod tests;
