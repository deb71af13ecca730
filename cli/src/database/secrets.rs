//! Secrets that Databases refer to: of a local store, or of a cluster.

use api::database::SecretKeyRef;
use k8s_openapi::api::core::v1::Secret;
use zeroize::Zeroizing;

use super::DatabaseArgs;
use crate::cluster::{Cluster, ClusterArgs};
use crate::error::CommandError;
use crate::local::LocalStore;

/// Opened when the first Secret is asked for.
pub(super) struct Secrets<'a> {
    args: &'a DatabaseArgs,
    source: Option<Source>,
}

enum Source {
    Local(LocalStore),
    Cluster(Cluster),
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
        of_key(secret, key).map_err(|problem| {
            CommandError::message(format!("the Secret `{namespace}/{name}` in {place} {problem}"))
        })
    }

    fn source(&mut self) -> Result<&Source, CommandError> {
        let source = match self.source.take() {
            Some(source) => source,
            None => match &self.args.local {
                Some(folder) => Source::Local(LocalStore::open(folder)?),
                None => Source::Cluster(Cluster::connect(&ClusterArgs {
                    // No controller is asked for anything here.
                    controller_namespace: String::new(),
                    controller_name: String::new(),
                    kubeconfig: self.args.kubeconfig.clone(),
                    context: self.args.context.clone(),
                })?),
            },
        };
        Ok(self.source.insert(source))
    }
}

fn of_key(secret: Secret, key: &str) -> Result<Zeroizing<String>, String> {
    if let Some(text) = secret.string_data.and_then(|mut data| data.remove(key)) {
        return Ok(Zeroizing::new(text));
    }
    let mut data = secret.data.unwrap_or_default();
    let Some(value) = data.remove(key) else {
        let keys: Vec<String> = data.into_keys().map(|key| format!("`{key}`")).collect();
        let has = if keys.is_empty() {
            "it is empty".to_owned()
        } else {
            format!("it has {}", keys.join(", "))
        };
        return Err(format!("has no key `{key}`; {has}"));
    };
    match String::from_utf8(value.0) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(format!("has no text under the key `{key}`: it is not UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;

    use super::*;

    fn secret(key: &str, value: &[u8]) -> Secret {
        Secret {
            data: Some([(key.to_owned(), ByteString(value.to_vec()))].into()),
            ..Secret::default()
        }
    }

    #[test]
    fn a_missing_key_is_told_with_those_that_are_there_and_no_value() {
        let error = of_key(secret("uri", b"canary"), "url").unwrap_err();
        assert_eq!(error, "has no key `url`; it has `uri`");
    }

    #[test]
    fn a_value_is_taken_as_it_is() {
        assert_eq!(of_key(secret("p", b" a\n"), "p").unwrap().as_str(), " a\n");
        assert!(of_key(secret("p", b"\xff"), "p").is_err());
    }
}
