//! `--generate-keys=false`: no key is made unasked, and it is said why nothing works.

use testkit::eventually;

use super::fixture::{all_serve, certificate_of, filled, labelled, request};
use super::{pair, serves, store};
use crate::cluster::{apply, cluster, has, sealed, secret, synced};
use crate::process::Controller;

const ARGS: [&str; 2] = ["--generate-keys=false", "--key-renew-period=1s"];

#[tokio::test]
async fn no_first_key_is_made_and_readiness_log_and_status_say_why() {
    let (cluster, namespace) = cluster("unasked").await;
    let controller = Controller::started_with(&cluster, &namespace, &ARGS).await;
    eventually("readiness says why", async || {
        let answer = controller.get("/readyz").await;
        if answer.0 == 503 && answer.1.contains("--generate-keys=false") {
            Ok(())
        } else {
            Err(answer)
        }
    })
    .await;
    eventually("it leads", async || controller.line("lease acquired")).await;
    let said = "there is no sealing key, and --generate-keys=false";
    eventually("the log says why", async || controller.text().contains(said)).await;
    let late = pair(2048, 0);
    let document = sealed(
        &secret(&namespace, "app", &[("a", "1")]),
        &late.certificate.to_pem(),
    );
    apply(&namespace, &document).await;
    let condition = synced(&namespace, "app", "False").await;
    assert!(
        format!("{condition:?}").contains("--generate-keys=false"),
        "{condition:?}"
    );
    assert_eq!(labelled(&namespace, "active").await.len(), 0);
    // A key from elsewhere does.
    store(&namespace, "late", &late).await;
    has(&namespace, "app", &[("a", "1")]).await;
    serves(&controller, &late).await;
}

#[tokio::test]
async fn an_old_key_is_not_renewed_unasked_and_is_on_request() {
    let (cluster, namespace) = cluster("asked").await;
    let old = pair(2048, 0);
    store(&namespace, "old", &old).await;
    let controller = Controller::ready_with(&cluster, &namespace, &ARGS).await;
    eventually("it leads", async || controller.line("lease acquired")).await;
    serves(&controller, &old).await;
    let made = filled(&namespace, &request(&namespace).await).await;
    all_serve(&[&controller], &certificate_of(&made)).await;
    assert_eq!(labelled(&namespace, "active").await.len(), 2);
}
