//! One Secret on its way: what its rule says, and sealing it.

use std::path::PathBuf;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use manifests::documents::Document;
use manifests::scope;
use manifests::seal::SealOptions;
use sealing::{Certificate, Scope};

use super::SealArgs;
use crate::certificate::{Recipient, Recipients};
use crate::cluster::context_namespace;
use crate::config::{Config, Contradiction, OutputPattern, Rule};
use crate::context::Context;
use crate::error::CommandError;
use crate::input::Origin;
use crate::output;

/// A Secret that is to be sealed.
pub(super) struct Job<'a> {
    pub(super) origin: Origin,
    pub(super) document: Document,
    pub(super) secret: Secret,
    /// What the configuration says about its file.
    pub(super) rule: Option<Rule<'a>>,
    /// For whom it is sealed.
    pub(super) recipients: Vec<&'a Recipient<'a>>,
    /// The scope that is asked for: by the flag, else by the rule where the Secret says none.
    scope: Option<Scope>,
    /// The namespace, if the Secret names none.
    namespace: Option<String>,
}

impl<'a> Job<'a> {
    /// Decides what is sealed for whom.
    ///
    /// # Errors
    /// When the document is no Secret or contradicts its rule, and when nothing says for which cluster it is.
    pub(super) fn new(
        args: &SealArgs,
        origin: Origin,
        document: Document,
        config: Option<&'a Config>,
        recipients: &'a Recipients<'a>,
        context: &Context,
    ) -> Result<Self, CommandError> {
        let secret = super::secret_of(&document)?;
        let refused = |error: CommandError| error.context(format!("cannot seal {}", document.place()));
        let rule = config.map(|config| match subject(args, &origin, &secret, config) {
            Some(path) => config.rule_for(&path),
            None => config.rule_for_none(),
        });
        let metadata = &secret.metadata;
        let own_scope = scope::of_sealed_secret(metadata);
        let by_rule = rule.as_ref().and_then(Rule::scope);
        let asked = args
            .scope
            .or_else(|| by_rule.filter(|_| own_scope == Scope::Strict));
        let own = metadata.namespace.as_deref().filter(|own| !own.is_empty());
        if let Some(rule) = &rule {
            contradiction(args, rule, own, scope::of_secret(metadata, asked)).map_err(refused)?;
        }
        let recipients_of_it = recipients.chosen(rule.as_ref(), &document.place().to_string())?;
        let mut namespace = args.namespace.clone();
        if namespace.is_none() && own.is_none() {
            namespace = rule.as_ref().and_then(Rule::namespace).map(str::to_owned);
        }
        if namespace.is_none() && own.is_none() && scope::of_secret(metadata, asked) != Scope::ClusterWide {
            let name = metadata.name.as_deref().unwrap_or_default();
            // Whose kubeconfig's context it happens to be must not decide what a repository holds.
            if recipients.are_configured() {
                return Err(refused(
                    CommandError::message(format!("Secret `{name}` names no namespace")).hint(
                        "name it in the Secret, with -n, or by a rule or `defaults` of `.chancery.yaml`",
                    ),
                ));
            }
            namespace = Some(assumed_namespace(args, name, context));
        }
        Ok(Self {
            rule,
            recipients: recipients_of_it,
            scope: asked,
            namespace,
            origin,
            secret,
            document,
        })
    }

    /// Seals it for one cluster.
    ///
    /// # Errors
    /// When it can't be sealed; the message names the document.
    pub(super) fn seal(
        &self,
        args: &SealArgs,
        certificate: &Certificate,
        context: &Context,
    ) -> Result<SealedSecret, CommandError> {
        let options = SealOptions {
            scope: self.scope,
            hint: !args.no_hint,
            allow_empty_data: args.allow_empty_data,
            namespace: self.namespace.as_deref(),
            keep_metadata: args.keep.patterns()?,
        };
        manifests::seal::seal(&self.secret, certificate, &options, &context.rng).map_err(|error| {
            CommandError::from(error).context(format!("cannot seal {}", self.document.place()))
        })
    }
}

/// The path whose rule counts: that of the Secret's file; for standard input and files elsewhere that of the file that
/// is written.
fn subject(args: &SealArgs, origin: &Origin, secret: &Secret, config: &Config) -> Option<PathBuf> {
    let relative = match origin {
        Origin::File { path, .. } if config.below(path).is_some() => return Some(path.clone()),
        Origin::File { relative, .. } => relative.clone(),
        Origin::Stdin => format!("{}.yaml", secret.metadata.name.as_deref()?).into(),
    };
    let target = args.output.file()?;
    if target.to_str().is_some_and(OutputPattern::is_one) {
        None
    } else if output::is_folder(target) {
        Some(target.join(relative))
    } else {
        Some(target.to_owned())
    }
}

/// A rule that a flag overrides says nothing.
///
/// # Errors
/// When an object isn't as its rule wants it.
pub(super) fn contradiction(
    args: &SealArgs,
    rule: &Rule<'_>,
    namespace: Option<&str>,
    scope: Scope,
) -> Result<(), CommandError> {
    let of_namespace = || {
        let asked = args.namespace.is_none();
        asked.then(|| rule.namespace_contradiction(namespace)).flatten()
    };
    let of_scope = || {
        args.scope
            .is_none()
            .then(|| rule.scope_contradiction(scope))
            .flatten()
    };
    match of_namespace().or_else(of_scope) {
        Some(contradiction) => Err(CommandError::failed(contradiction).hint(Contradiction::hint())),
        None => Ok(()),
    }
}

/// As kubeseal: the namespace of the kubeconfig's context, else `default`. It decides where the
/// Secret will open, so it is said.
fn assumed_namespace(args: &SealArgs, name: &str, context: &Context) -> String {
    let from_context = match args.certificate.local {
        Some(_) => None,
        None => context_namespace(&args.certificate.cluster),
    };
    let (namespace, why) = match from_context {
        Some(namespace) => (namespace, "the namespace of the kubeconfig's context"),
        None => ("default".to_owned(), "for want of another"),
    };
    context.printer.note(&format!(
        "Secret `{name}` names no namespace: sealed for `{namespace}`, {why}"
    ));
    namespace
}
