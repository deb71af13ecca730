//! `--old-gc-behavior`: the Secret of a SealedSecret that was deleted is deleted here too.
//!
//! The garbage collector does that by the owner reference anyway. What it does not reach are Secrets that were asked to
//! have none.

use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, DeleteParams, Preconditions};

use super::claim::{Claim, claim};
use super::key;
use super::stored::Stored;
use crate::backoff;
use crate::context::{Shared, request};
use crate::error::Error;

/// How often a deletion is tried. Whoever still has the Secret then finds a line in the log.
const TRIES: u32 = 8;
/// Deletions under way at the same time.
const PARALLEL: usize = 8;

/// Deletes the Secrets of the SealedSecrets that come, until none can come any more.
pub(super) async fn collect(context: &Shared, deleted: UnboundedReceiver<ObjectMeta>) {
    let each = deleted.for_each_concurrent(PARALLEL, async |sealed| {
        let key = key(&sealed);
        let (namespace, name) = &key;
        for attempt in 1..=TRIES {
            match delete(context, &sealed).await {
                Ok(true) => return tracing::info!(namespace, name, "SealedSecret has gone, Secret deleted"),
                Ok(false) => return,
                Err(error) => tracing::warn!(namespace, name, reason = error.reason(), "{error}"),
            }
            let delay: Duration = backoff::delay(attempt, backoff::jitter(&key, attempt));
            tokio::time::sleep(delay).await;
        }
        tracing::error!(namespace, name, "the Secret was not deleted; delete it by hand");
    });
    each.await;
}

/// Deletes a Secret if its SealedSecret is gone, and only if it was made from that one. An object that merely lost a
/// label is there still: upstream deletes its Secret.
async fn delete(context: &Shared, sealed: &ObjectMeta) -> Result<bool, Error> {
    let (namespace, name) = key(sealed);
    let documents: Api<Stored> = Api::namespaced(context.client.clone(), &namespace);
    let document = format!("SealedSecret {namespace}/{name}");
    if request("read", &document, documents.get_opt(&name))
        .await?
        .is_some()
    {
        return Ok(false);
    }
    let secrets: Api<Secret> = Api::namespaced(context.client.clone(), &namespace);
    let object = format!("Secret {namespace}/{name}");
    let Some(secret) = request("read", &object, secrets.get_metadata_opt(&name)).await? else {
        return Ok(false);
    };
    if claim(sealed, &secret.metadata) != Claim::Owned {
        return Ok(false);
    }
    let params = DeleteParams {
        preconditions: Some(Preconditions {
            uid: secret.metadata.uid,
            resource_version: secret.metadata.resource_version,
        }),
        ..DeleteParams::default()
    };
    match request("delete", &object, secrets.delete(&name, &params)).await {
        Err(error) if error.is_not_found() => Ok(false),
        deleted => deleted.map(|_| true),
    }
}
