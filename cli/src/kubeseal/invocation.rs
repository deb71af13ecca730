//! One call: what was asked, what there is to read, and the way to the cluster.

use std::ffi::OsStr;
use std::path::Path;

use sealing::Certificate;

use super::args::KubesealArgs;
use super::input::Input;
use super::sealing_certificate;
use crate::cluster::{Cluster, ClusterArgs, ClusterError, Namespace, object_name, request_timeout};
use crate::context::Context;
use crate::error::CommandError;
use crate::output::DocumentFormat;

/// One call.
pub(super) struct Invocation<'a> {
    /// What the flags say.
    pub(super) args: &'a KubesealArgs,
    /// What there is to read.
    pub(super) input: Input,
    /// The outside world.
    pub(super) context: &'a Context,
}

impl<'a> Invocation<'a> {
    /// A call.
    pub(super) fn new(args: &'a KubesealArgs, input: Input, context: &'a Context) -> Self {
        Self { args, input, context }
    }

    /// The file that the output goes to: that of `-w`; that of `-f` where a mode works in place (kubeseal's #405).
    pub(super) fn file(&self) -> Option<&Path> {
        let in_place = self.input.path().filter(|_| self.is_in_place());
        self.args.sealed_secret_file.as_deref().or(in_place)
    }

    /// Whether `-f` alone names what is written too.
    fn is_in_place(&self) -> bool {
        let other_mode = self.args.recovery_unseal || self.args.validate;
        self.args.re_encrypt && !other_mode
    }

    /// The format of documents: as the ending of the file says, else as `-o` does.
    ///
    /// # Errors
    /// When `-o` names another one than `json` and `yaml`.
    pub(super) fn format(&self) -> Result<DocumentFormat, CommandError> {
        let ending = self.file().and_then(Path::extension).and_then(OsStr::to_str);
        if matches!(ending, Some("yaml" | "yml")) {
            return Ok(DocumentFormat::Yaml);
        }
        match self.args.format.to_ascii_lowercase().as_str() {
            "json" | "" => Ok(DocumentFormat::Json),
            "yaml" => Ok(DocumentFormat::Yaml),
            _ => Err(
                CommandError::message(format!("unsupported output format: {}", self.args.format))
                    .hint("`json` and `yaml` are supported"),
            ),
        }
    }

    /// The certificate to seal with; it has not ended.
    ///
    /// # Errors
    /// When it can't be had, holds no RSA key, or has ended.
    pub(super) fn certificate(&self) -> Result<Certificate, CommandError> {
        sealing_certificate::load(self)
    }

    /// Where the cluster and its controller are, by kubeconfig and flags.
    ///
    /// # Errors
    /// When a name can't be one, or `--request-timeout` is no time.
    pub(super) fn cluster_args(&self) -> Result<ClusterArgs, CommandError> {
        let args = self.args;
        let name = |flag: &str, text: &str| {
            object_name(text)
                .map_err(|reason| CommandError::message(format!("{text:?} can't be --{flag}: {reason}")))
        };
        let mut overrides = args.overrides.clone();
        overrides.request_timeout = request_timeout(&args.request_timeout).map_err(CommandError::message)?;
        Ok(ClusterArgs {
            controller_namespace: name("controller-namespace", &args.controller_namespace)?,
            controller_name: name("controller-name", &args.controller_name)?,
            kubeconfig: args.kubeconfig.clone(),
            context: args.context.clone(),
            overrides,
        })
    }

    /// A connection to the cluster. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Self::cluster_args`], and when there is no usable kubeconfig.
    pub(super) fn cluster(&self) -> Result<Cluster, CommandError> {
        Cluster::connect(&self.cluster_args()?).map_err(unusable)
    }

    /// The namespace of what names none: that of `-n`, else that of the kubeconfig's context, else the Pod's own, else
    /// `default`.
    ///
    /// # Errors
    /// When `-n` says nothing and there is no usable kubeconfig and no Pod's account.
    pub(super) fn namespace(&self) -> Result<Namespace, CommandError> {
        match &self.args.namespace {
            Some(namespace) => Ok(Namespace {
                name: namespace.clone(),
                is_asked: true,
            }),
            None => Namespace::of_context(&self.cluster_args()?.kubeconfig()).map_err(unusable),
        }
    }
}

fn unusable(error: ClusterError) -> CommandError {
    match error {
        error @ ClusterError::Configuration { .. } => {
            CommandError::from(error).context("invalid configuration")
        }
        error => error.into(),
    }
}
