//! Which workloads are taken for controllers of others.

use serde_json::{Value, json};

use super::*;

fn workload(name: &str, labels: &Value, replicas: Option<i32>, image: &str) -> Value {
    json!({
        "metadata": {"name": name, "namespace": "ops", "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {},
            "serviceName": name,
            "template": {"spec": {"containers": [{"name": "it", "image": image}]}},
        },
    })
}

fn sealed(name: &str, labels: &Value, replicas: Option<i32>, image: &str) -> usize {
    let deployment = serde_json::from_value(workload(name, labels, replicas, image)).unwrap();
    sealed_secrets(&[deployment]).len()
}

fn hero(name: &str, replicas: Option<i32>, image: &str) -> usize {
    let set = serde_json::from_value(workload(name, &json!({}), replicas, image)).unwrap();
    schemahero(&[set]).len()
}

#[test]
fn a_sealed_secrets_controller_is_known_by_its_name_its_chart_or_its_image() {
    let image = "docker.io/bitnami/sealed-secrets-controller:0.36.6";
    assert_eq!(sealed("sealed-secrets-controller", &json!({}), Some(1), "x"), 1);
    assert_eq!(
        sealed(
            "mine",
            &json!({"app.kubernetes.io/name": "sealed-secrets"}),
            None,
            "x"
        ),
        1
    );
    assert_eq!(sealed("mine", &json!({}), Some(2), image), 1);
    assert_eq!(
        sealed(
            "mine",
            &json!({}),
            Some(2),
            "registry:5000/a/sealed-secrets-controller@sha256:0"
        ),
        1
    );
}

#[test]
fn what_has_no_pods_is_ours_or_is_something_else_is_no_neighbour() {
    let image = "bitnami/sealed-secrets-controller";
    assert_eq!(sealed("sealed-secrets-controller", &json!({}), Some(0), image), 0);
    assert_eq!(
        sealed(
            "chancery-secrets",
            &json!({"app.kubernetes.io/name": "chancery"}),
            Some(1),
            image
        ),
        0
    );
    assert_eq!(
        sealed(
            "web",
            &json!({"app.kubernetes.io/name": "sealed-secrets-web"}),
            Some(1),
            "sealed-secrets-web"
        ),
        0
    );
}

#[test]
fn schemahero_is_known_by_its_manager_and_by_the_image_of_a_databases_manager() {
    assert_eq!(hero("schemahero", Some(1), "x"), 1);
    assert_eq!(
        hero("airlinedb-controller", None, "schemahero/schemahero:0.25.0"),
        1
    );
    assert_eq!(
        hero("airlinedb-controller", Some(0), "schemahero/schemahero:0.25.0"),
        0
    );
    assert_eq!(hero("ingress-controller", Some(1), "ingress"), 0);
}

#[test]
fn a_neighbour_is_named_with_the_command_that_stops_it() {
    let set = serde_json::from_value(workload("schemahero", &json!({}), None, "x")).unwrap();
    let found = schemahero(&[set]);
    assert_eq!(
        found[0].sentence(),
        "SchemaHero runs: StatefulSet `ops/schemahero`"
    );
    assert_eq!(
        found[0].stop(),
        "kubectl -n ops scale statefulset schemahero --replicas=0"
    );
}

#[test]
fn a_service_with_any_label_of_others_in_its_selector_is_not_ours() {
    let service = |selector: Value| serde_json::from_value(json!({"spec": {"selector": selector}})).unwrap();
    let ours = json!({"app.kubernetes.io/name": "chancery", "app.kubernetes.io/component": "secrets"});
    assert!(!selects_others(&service(ours)));
    assert!(!selects_others(&service(Value::Null)));
    assert!(selects_others(&service(
        json!({"name": "sealed-secrets-controller"})
    )));
    assert!(selects_others(&service(
        json!({"app.kubernetes.io/name": "sealed-secrets"})
    )));
}
