//! Secrets that Databases refer to: of a local store, or of a cluster.

use api::database::SecretKeyRef;
use zeroize::Zeroizing;

use super::DatabaseArgs;
use crate::cluster::{Cluster, KubeconfigArgs};
use crate::error::CommandError;
use crate::local::LocalStore;

/// Opened when the first Secret is asked for.
pub(super) struct Secrets<'a> {
    args: &'a DatabaseArgs,
    source: Option<Source>,
}

enum Source {
    Local(LocalStore),
    Cluster(Box<Cluster>),
}

impl<'a> Secrets<'a> {
    /// Secrets from where these arguments say.
    pub(super) fn new(args: &'a DatabaseArgs) -> Self {
        Self { args, source: None }
    }

    /// The value of a key of a Secret.
    ///
    /// # Errors
    /// When the store or the cluster cannot be had, and when there is no such Secret, no such key, or no text in it.
    pub(super) fn value(
        &mut self,
        namespace: &str,
        reference: &SecretKeyRef,
    ) -> Result<Zeroizing<String>, CommandError> {
        let SecretKeyRef { name, key } = reference;
        let (secret, place) = match self.source()? {
            Source::Local(store) => (
                store.secret(namespace, name)?,
                format!("the local store `{}`", store.root().display()),
            ),
            Source::Cluster(cluster) => (cluster.secret(namespace, name)?, "the cluster".to_owned()),
        };
        let Some(secret) = secret else {
            let error = CommandError::message(format!("there is no Secret `{namespace}/{name}` in {place}"));
            return Err(match &self.args.local {
                Some(folder) => error.hint(format!(
                    "`chancery unseal -f FILE --local {} --save` puts it there from its SealedSecret",
                    folder.display()
                )),
                None => error.hint("`--local DIR` reads Secrets from a folder that stands in for a cluster"),
            });
        };
        manifests::secret_text(secret, key).map_err(|problem| {
            CommandError::message(format!("the Secret `{namespace}/{name}` in {place} {problem}"))
        })
    }

    fn source(&mut self) -> Result<&Source, CommandError> {
        let source = match self.source.take() {
            Some(source) => source,
            None => match &self.args.local {
                Some(folder) => Source::Local(LocalStore::open(folder)?),
                // No controller is asked for anything here.
                None => Source::Cluster(Box::new(Cluster::open(&KubeconfigArgs {
                    kubeconfig: self.args.kubeconfig.clone(),
                    context: self.args.context.clone(),
                    ..KubeconfigArgs::default()
                })?)),
            },
        };
        Ok(self.source.insert(source))
    }
}
