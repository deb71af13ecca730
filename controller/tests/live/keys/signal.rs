//! SIGUSR1 asks for a key, as it does upstream's controller.

use testkit::eventually;

use super::fixture::{all_serve, certificate_of, labelled};
use super::renewal::keys;
use super::{pair, store};
use crate::cluster::cluster;
use crate::process::Controller;

#[tokio::test]
async fn a_signal_to_any_replica_brings_one_key() {
    let (cluster, namespace) = cluster("signal").await;
    store(&namespace, "old", &pair(2048, 0)).await;
    let leader = Controller::ready_with(&cluster, &namespace, &["--generate-keys=false"]).await;
    eventually("the first one leads", async || leader.line("lease acquired")).await;
    let follower = Controller::ready(&cluster, &namespace).await;
    let replicas = [&leader, &follower];
    for (count, signalled) in [(2, &leader), (3, &follower), (4, &leader)] {
        signalled.ask_for_key().await;
        let newest = keys(&namespace, count).await.pop().unwrap();
        all_serve(&replicas, &certificate_of(&newest)).await;
    }
    assert_eq!(labelled(&namespace, "requested").await.len(), 0);
    assert_eq!(labelled(&namespace, "active").await.len(), 4);
}
