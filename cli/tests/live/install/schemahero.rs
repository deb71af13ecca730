//! SchemaHero's own client decides by replacing the object with another status; it knows none of our fields.

use kube::Api;
use kube::api::{DynamicObject, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::json;

use super::users::{Installed, Who};

/// What `kubectl schemahero approve|reject migration` sends: the object as its Go types hold it.
async fn replaced(installed: &Installed, name: &str, phase: &str) -> DynamicObject {
    let kind = GroupVersionKind::gvk("schemas.schemahero.io", "v1alpha4", "Migration");
    let resource = ApiResource::from_gvk_with_plural(&kind, "migrations");
    let namespace = installed.watched.name();
    let mut object = Api::<DynamicObject>::namespaced_with(installed.admin(), namespace, &resource)
        .get(name)
        .await
        .unwrap();
    let spec = object.data["spec"].as_object_mut().unwrap();
    spec.retain(|field, _| field != "plan" && field != "tables");
    object.data["status"] = json!({"phase": phase, "approvedAt": 1_795_000_000});
    object
}

async fn decide(installed: &Installed, who: Who, name: &str, phase: &str) -> Result<(), String> {
    let object = replaced(installed, name, phase).await;
    let migration = serde_json::from_value(serde_json::to_value(object).unwrap()).unwrap();
    let answer = installed
        .migrations(who)
        .replace(name, &PostParams::default(), &migration)
        .await;
    answer.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn schemaheros_own_client_approves_and_rejects() {
    let installed = Installed::new().await;
    for (name, phase, word) in [("yes", "APPROVED", "approved"), ("no", "REJECTED", "rejected")] {
        installed.make(name).await;
        let before = installed.migrations(Who::Approver).get(name).await.unwrap();
        decide(&installed, Who::Approver, name, phase).await.unwrap();
        let after = installed.migrations(Who::Approver).get(name).await.unwrap();
        assert_eq!(after.spec, before.spec);
        let annotations = after.metadata.annotations.unwrap_or_default();
        assert_eq!(annotations[&format!("chancery.dev/{word}-plan")], "abc");
        assert_eq!(
            annotations[&format!("chancery.dev/{word}-by")],
            installed.user(Who::Approver)
        );
        assert_eq!(after.status, before.status);
    }
}

#[tokio::test]
async fn schemaheros_own_client_needs_the_right_too() {
    let installed = Installed::new().await;
    installed.make("m").await;
    let said = decide(&installed, Who::Writer, "m", "APPROVED")
        .await
        .unwrap_err();
    assert!(
        said.contains("need the right to update migrations/approve"),
        "{said}"
    );
    installed.phase("m", "INVALID").await;
    let said = decide(&installed, Who::Approver, "m", "APPROVED")
        .await
        .unwrap_err();
    assert!(said.contains("is INVALID and takes no approval"), "{said}");
}
