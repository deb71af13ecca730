use http::Request;
use testkit::upstream::Controller;
use testkit::{eventually, proxy};

#[tokio::test]
async fn the_certificate_comes_through_the_service_proxy() {
    let cluster = testkit::cluster().await;
    cluster.install_sealed_secrets_crd().await;
    let namespace = cluster.namespace("proxy").await;
    let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
    let controller = Controller::start(&cluster, namespace.name(), &args).await;
    let exposed = proxy::expose(
        &cluster,
        namespace.name(),
        "sealed-secrets-controller",
        controller.address.port(),
    )
    .await;
    let through_the_proxy = eventually("the proxy answers", async || {
        let request = Request::get(format!("{}v1/cert.pem", exposed.path))
            .body(Vec::new())
            .unwrap();
        cluster.client.request_text(request).await
    })
    .await;
    assert_eq!(through_the_proxy, controller.certificate().await);
}

#[tokio::test]
async fn the_real_kubeseal_finds_the_certificate_by_the_services_name() {
    let cluster = testkit::cluster().await;
    cluster.install_sealed_secrets_crd().await;
    let namespace = cluster.namespace("proxy").await;
    let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
    let controller = Controller::start(&cluster, namespace.name(), &args).await;
    proxy::expose(
        &cluster,
        namespace.name(),
        "sealed-secrets-controller",
        controller.address.port(),
    )
    .await;
    let dir = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(testkit::kubeseal())
        .arg("--kubeconfig")
        .arg(cluster.kubeconfig(dir.path()))
        .args(["--controller-namespace", namespace.name(), "--fetch-cert"])
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        controller.certificate().await
    );
}
