//! A controller without a right to Leases, as upstream's installation has it.

use testkit::eventually;

use super::fixture::opens;
use super::{pair, serves, store};
use crate::cluster::cluster;
use crate::process::Controller;
use crate::proxy::Proxy;

const WARNING: &str = "this one works alone";

#[tokio::test]
async fn without_a_right_to_leases_it_warns_and_works_and_with_one_it_is_elected() {
    let (cluster, namespace) = cluster("alone").await;
    let key = pair(2048, 0);
    store(&namespace, "key", &key).await;
    let proxy = Proxy::start(&cluster, |_, _, _| None).await;
    proxy.forbid_leases(true);
    let controller = Controller::ready_behind(&namespace, &proxy).await;
    serves(&controller, &key).await;
    opens(&namespace, "alone", &key.certificate).await;
    let text = controller.text();
    assert_eq!(text.matches(WARNING).count(), 1, "{text}");
    proxy.forbid_leases(false);
    let leases: kube::Api<k8s_openapi::api::coordination::v1::Lease> = namespace.api();
    eventually("it holds the Lease", async || {
        let lease = leases.get_opt("chancery-secrets").await.unwrap()?;
        lease.spec?.holder_identity
    })
    .await;
    opens(&namespace, "elected", &key.certificate).await;
    // Alone again, that is said again.
    proxy.forbid_leases(true);
    eventually("it warns again", async || {
        controller.text().matches(WARNING).count() == 2
    })
    .await;
    opens(&namespace, "again", &key.certificate).await;
}
