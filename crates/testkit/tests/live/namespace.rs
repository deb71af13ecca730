use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Api;
use kube::api::{DeleteParams, ObjectMeta, PostParams};
use testkit::eventually;

fn config_map(name: &str) -> ConfigMap {
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            ..ObjectMeta::default()
        },
        data: Some(BTreeMap::from([("key".to_owned(), "value".to_owned())])),
        ..ConfigMap::default()
    }
}

#[tokio::test]
async fn two_namespaces_of_one_prefix_share_nothing() {
    let cluster = testkit::cluster().await;
    let (one, two) = (cluster.namespace("live").await, cluster.namespace("live").await);
    one.api::<ConfigMap>()
        .create(&PostParams::default(), &config_map("settings"))
        .await
        .unwrap();
    assert_ne!(one.name(), two.name());
    assert!(
        two.api::<ConfigMap>()
            .get_opt("settings")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_deleted_namespace_is_gone_with_its_objects() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("live").await;
    let name = namespace.name().to_owned();
    namespace
        .api::<ConfigMap>()
        .create(&PostParams::default(), &config_map("settings"))
        .await
        .unwrap();
    namespace.delete().await;
    assert!(
        Api::<Namespace>::all(cluster.client.clone())
            .get_opt(&name)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_dropped_namespace_ends() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("live").await;
    let name = namespace.name().to_owned();
    drop(namespace);
    let namespaces = Api::<Namespace>::all(cluster.client.clone());
    eventually("the dropped namespace is gone", async || {
        matches!(namespaces.get_opt(&name).await, Ok(None))
    })
    .await;
}

#[tokio::test]
async fn what_a_deleted_object_owned_is_collected() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("live").await;
    let maps: Api<ConfigMap> = namespace.api();
    let owner = maps
        .create(&PostParams::default(), &config_map("owner"))
        .await
        .unwrap();
    let mut dependent = config_map("owned");
    dependent.metadata.owner_references = Some(vec![OwnerReference {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        name: "owner".to_owned(),
        uid: owner.metadata.uid.unwrap(),
        ..OwnerReference::default()
    }]);
    maps.create(&PostParams::default(), &dependent).await.unwrap();
    maps.delete("owner", &DeleteParams::background()).await.unwrap();
    eventually("the owned object is collected", async || {
        matches!(maps.get_opt("owned").await, Ok(None))
    })
    .await;
}
