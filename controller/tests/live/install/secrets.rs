//! The controller that unseals, with exactly its rights.

use api::sealed_secret::SealedSecret;
use futures::StreamExt as _;
use futures::stream;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{DeleteParams, ListParams};
use testkit::eventually;

use super::installed::Installed;
use super::running::{AT_A_TIME, Running};
use crate::cluster::{apply, edit, has, item, sealed, secret, synced};

pub(super) const NAME: &str = "chancery-secrets";

/// Small keys: their generation is most of the time of a test.
const ARGS: [&str; 1] = ["--key-size=2048"];

/// Waits for the certificate: it is in the key Secret as the controller serves it.
pub(super) async fn certificate(installed: &Installed) -> String {
    let keys = installed.own.api::<Secret>();
    let labelled = ListParams::default().labels(api::names::SEALING_KEY_LABEL);
    eventually("there is a sealing key", async || {
        let found = keys.list(&labelled).await.unwrap().items;
        let data = found.into_iter().next()?.data?;
        String::from_utf8(data.get("tls.crt")?.0.clone()).ok()
    })
    .await
}

/// The main job: a Secret is made, changed with its document, healed after an edit and after its deletion.
async fn work(installed: &Installed) {
    let watched = &installed.watched;
    let certificate = certificate(installed).await;
    for value in ["1", "2", "3"] {
        apply(
            watched,
            &sealed(&secret(watched, "app", &[("a", value)]), &certificate),
        )
        .await;
        has(watched, "app", &[("a", value)]).await;
        synced(watched, "app", "True").await;
    }
    edit(watched, "app", item("a", "ZWRpdGVk")).await;
    has(watched, "app", &[("a", "3")]).await;
    watched
        .api::<Secret>()
        .delete("app", &DeleteParams::default())
        .await
        .unwrap();
    has(watched, "app", &[("a", "3")]).await;
}

#[tokio::test]
async fn the_controller_that_unseals_uses_every_right_it_has_and_no_other() {
    let installed = Installed::new("crds,secrets").await;
    served(&installed).await;
    let controller = Running::start(&installed, NAME, None, &ARGS).await;
    work(&installed).await;
    controller.uses_exactly(&installed.granted(NAME)).await;
}

#[tokio::test]
async fn the_controller_that_unseals_says_so_when_a_right_is_missing() {
    let granted = Installed::new("crds,secrets").await.granted(NAME);
    let each = stream::iter(granted).for_each_concurrent(AT_A_TIME, async |taken| {
        let installed = Installed::new("crds,secrets").await;
        served(&installed).await;
        let controller = Running::start(&installed, NAME, Some(taken.clone()), &ARGS).await;
        tokio::select! {
            () = controller.complains(&taken) => {}
            () = async { work(&installed).await; std::future::pending().await } => {}
        }
    });
    each.await;
}

/// A definition takes a moment until it is served.
async fn served(installed: &Installed) {
    let documents = installed.watched.api::<SealedSecret>();
    eventually("SealedSecrets are served", async || {
        documents.list(&ListParams::default()).await
    })
    .await;
}
