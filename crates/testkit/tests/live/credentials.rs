use std::os::unix::fs::PermissionsExt;

use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{ListParams, PostParams};
use kube::config::KubeConfigOptions;

#[tokio::test]
async fn a_service_account_token_is_accepted_and_has_no_rights_of_its_own() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("live").await;
    let token = cluster.service_account_token(namespace.name(), "default").await;
    let client = cluster.client_with_token(&token);
    let review = Api::<SelfSubjectReview>::all(client.clone())
        .create(&PostParams::default(), &SelfSubjectReview::default())
        .await
        .unwrap();
    let user = review.status.unwrap().user_info.unwrap().username.unwrap();
    assert_eq!(
        user,
        format!("system:serviceaccount:{}:default", namespace.name())
    );
    let refusal = Api::<Secret>::namespaced(client, namespace.name())
        .list(&ListParams::default())
        .await
        .unwrap_err();
    assert!(matches!(refusal, kube::Error::Api(status) if status.code == 403));
}

#[tokio::test]
async fn a_kubeconfig_file_is_the_owners_alone_and_leads_to_the_server() {
    let cluster = testkit::cluster().await;
    let dir = tempfile::tempdir().unwrap();
    let path = cluster.kubeconfig(dir.path());
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let file = kube::config::Kubeconfig::read_from(&path).unwrap();
    let config = kube::Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
        .await
        .unwrap();
    let version = kube::Client::try_from(config)
        .unwrap()
        .apiserver_version()
        .await
        .unwrap();
    assert_eq!(version.git_version, "v1.36.3");
}

#[tokio::test]
async fn a_service_account_folder_has_what_a_pod_finds() {
    let cluster = testkit::cluster().await;
    let dir = tempfile::tempdir().unwrap();
    cluster.service_account_dir(dir.path(), "team", "some-token");
    let read = |file: &str| std::fs::read_to_string(dir.path().join(file)).unwrap();
    assert_eq!(
        (read("token").as_str(), read("namespace").as_str()),
        ("some-token", "team")
    );
    assert!(read("ca.crt").starts_with("-----BEGIN CERTIFICATE-----"));
}
