//! `chancery install` without a cluster.

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

fn install(arguments: &[&str]) -> Run {
    let all = [
        &[
            "install",
            "--offline",
            "--image",
            "registry/chancery-controller:1",
        ],
        arguments,
    ]
    .concat();
    Sandbox::new().run(&all)
}

/// The objects, as kubectl would see them.
fn objects(arguments: &[&str]) -> Vec<Value> {
    let printed = install(arguments).succeeded().stdout;
    let documents = manifests::documents::read("printed", printed.as_bytes()).unwrap();
    documents.into_iter().map(|document| document.value).collect()
}

fn kinds(arguments: &[&str]) -> Vec<String> {
    let mut kinds: Vec<String> = objects(arguments)
        .iter()
        .map(|object| text(object, "/kind"))
        .collect();
    kinds.dedup();
    kinds
}

#[track_caller]
fn text(object: &Value, pointer: &str) -> String {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The objects of a kind.
fn of_kind(objects: &[Value], kind: &str) -> Vec<Value> {
    objects
        .iter()
        .filter(|object| object["kind"] == kind)
        .cloned()
        .collect()
}

#[test]
fn objects_come_after_what_they_refer_to() {
    let order: Vec<String> = objects(&["--controller-namespace", "ops"])
        .iter()
        .map(|object| text(object, "/kind"))
        .collect();
    let at = |kind: &str| order.iter().position(|each| each == kind).unwrap();
    let last = |kind: &str| order.iter().rposition(|each| each == kind).unwrap();
    assert_eq!(at("Namespace"), 0);
    assert!(last("CustomResourceDefinition") < at("ServiceAccount"));
    assert!(last("ServiceAccount") < at("Deployment"));
    assert!(at("ClusterRole") < at("ClusterRoleBinding"));
    assert!(last("MutatingAdmissionPolicyBinding") < at("Deployment"));
    assert_eq!(last("Deployment"), order.len() - 1);
}

#[test]
fn the_same_call_prints_the_same_bytes_whatever_the_order_of_names() {
    let first = install(&["--namespace", "b,a"]).succeeded().stdout;
    assert_eq!(first, install(&["--namespace", "a,b,a"]).succeeded().stdout);
}

#[test]
fn kubeseal_finds_the_service_without_a_flag() {
    let all = objects(&[]);
    let service = &of_kind(&all, "Service")[0];
    assert_eq!(text(service, "/metadata/namespace"), "kube-system");
    assert_eq!(text(service, "/metadata/name"), "sealed-secrets-controller");
    assert_eq!(service["spec"]["ports"][0]["port"], 8080);
    let selector = &service["spec"]["selector"];
    let deployments = of_kind(&all, "Deployment");
    let selected: Vec<String> = deployments
        .iter()
        .filter(|deployment| &deployment["spec"]["template"]["metadata"]["labels"] == selector)
        .map(|deployment| text(deployment, "/metadata/name"))
        .collect();
    assert_eq!(selected, ["chancery-secrets"]);
    assert!(of_kind(&all, "Namespace").is_empty());
}

#[test]
fn metrics_have_a_service_of_their_own_so_that_kubeseal_never_takes_it_for_the_other() {
    let all = objects(&["--only", "secrets"]);
    let services = of_kind(&all, "Service");
    let ports: Vec<(String, Value)> = services
        .iter()
        .map(|service| (text(service, "/metadata/name"), service["spec"]["ports"].clone()))
        .collect();
    let port = |name: &str, number: u16| serde_json::json!([{"name": name, "port": number, "targetPort": name, "protocol": "TCP"}]);
    let expected = [
        ("sealed-secrets-controller", port("http", 8080)),
        ("sealed-secrets-controller-metrics", port("metrics", 8081)),
    ];
    assert_eq!(ports, expected.map(|(name, port)| (name.to_owned(), port)));
    let named =
        of_kind(&all, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]["ports"].to_string();
    assert!(named.contains("8081"), "{named}");
    let let_in = of_kind(&all, "NetworkPolicy")[0]["spec"]["ingress"].to_string();
    assert!(let_in.contains("8080") && let_in.contains("8081"), "{let_in}");
}

#[test]
fn a_limited_installation_has_roles_in_its_namespaces_and_nothing_in_others() {
    let all = objects(&["--controller-namespace", "ops", "--namespace", "shop,bank"]);
    let places = |name: &str| -> Vec<String> {
        of_kind(&all, "Role")
            .iter()
            .filter(|role| text(role, "/metadata/name") == name)
            .map(|role| text(role, "/metadata/namespace"))
            .collect()
    };
    assert_eq!(places("chancery-secrets"), ["bank", "ops", "shop"]);
    assert_eq!(places("chancery-schema"), ["bank", "shop"]);
    let bound: Vec<String> = of_kind(&all, "ClusterRoleBinding")
        .iter()
        .map(|binding| text(binding, "/metadata/name"))
        .collect();
    assert_eq!(bound, ["chancery-schema-ops"]);
    let role = of_kind(&all, "ClusterRole")
        .into_iter()
        .find(|role| text(role, "/metadata/name") == "chancery-schema-ops")
        .unwrap();
    assert_eq!(role["rules"].as_array().unwrap().len(), 1);
    assert_eq!(role["rules"][0]["resourceNames"][0], "kube-system");
    let args: Vec<Value> = of_kind(&all, "Deployment")
        .iter()
        .map(|deployment| deployment["spec"]["template"]["spec"]["containers"][0]["args"].clone())
        .collect();
    assert_eq!(args[0][1], "--additional-namespaces=bank,shop");
    assert_eq!(args[1][1], "--namespaces=bank,shop");
    for binding in of_kind(&all, "ValidatingAdmissionPolicyBinding") {
        let selected = &binding["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"][0];
        assert_eq!(selected["values"], serde_json::json!(["bank", "shop"]));
    }
}

#[test]
fn everyone_may_read_the_certificate_and_nobody_may_post() {
    let all = objects(&[]);
    let verbs = |name: &str| {
        let roles = of_kind(&all, "Role");
        let role = roles
            .iter()
            .find(|role| text(role, "/metadata/name") == name)
            .unwrap();
        role["rules"][1]["verbs"].clone()
    };
    assert_eq!(
        verbs("sealed-secrets-service-proxier"),
        serde_json::json!(["get"])
    );
    assert_eq!(verbs("chancery-resealer"), serde_json::json!(["create", "get"]));
    let bound: Vec<String> = of_kind(&all, "RoleBinding")
        .iter()
        .map(|binding| text(binding, "/roleRef/name"))
        .collect();
    assert!(bound.contains(&"sealed-secrets-service-proxier".to_owned()));
    assert!(!bound.contains(&"chancery-resealer".to_owned()), "{bound:?}");
}

#[test]
fn both_installations_give_a_controller_the_same_rights_in_a_namespace() {
    let (whole, limited) = (objects(&[]), objects(&["--namespace", "shop"]));
    for controller in ["chancery-secrets", "chancery-schema"] {
        let rules = |objects: &[Value], kind: &str, namespace: &str| {
            let found = of_kind(objects, kind).into_iter().find(|role| {
                text(role, "/metadata/name") == controller && text(role, "/metadata/namespace") == namespace
            });
            found.unwrap()["rules"].as_array().unwrap().clone()
        };
        let role = rules(&limited, "Role", "shop");
        let cluster_role = rules(&whole, "ClusterRole", "");
        assert_eq!(cluster_role[..role.len()], role, "{controller}");
    }
}

#[test]
fn nobody_gets_the_right_to_approve_by_an_installation() {
    let all = objects(&[]);
    let with_approve: Vec<String> = all
        .iter()
        .filter(|object| object["rules"].to_string().contains("migrations/approve"))
        .map(|object| text(object, "/metadata/name"))
        .collect();
    assert_eq!(with_approve, ["chancery-migration-approver"]);
    for object in &all {
        assert_ne!(object["roleRef"]["name"], "chancery-migration-approver");
        assert!(!object["rules"].to_string().contains("\"*\""), "{object}");
    }
}

#[test]
fn parts_are_printed_by_themselves() {
    assert_eq!(kinds(&["--only", "crds"]), ["CustomResourceDefinition"]);
    assert_eq!(
        kinds(&["--only", "policies"]),
        [
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
        ]
    );
    let secrets = objects(&["--only", "secrets"]);
    assert_eq!(of_kind(&secrets, "Deployment").len(), 1);
    assert!(
        !secrets
            .iter()
            .any(|object| text(object, "/metadata/name").contains("schema"))
    );
}

#[test]
fn policies_that_a_version_of_kubernetes_does_not_know_are_left_out_with_a_word() {
    let older = install(&["--only", "policies", "--kubernetes-version", "1.30"]).succeeded();
    assert!(older.stdout.contains("kind: ValidatingAdmissionPolicy\n"));
    assert!(!older.stdout.contains("MutatingAdmissionPolicy"));
    assert!(
        older
            .stderr
            .contains("approve with `chancery migrations approve`"),
        "{}",
        older.stderr
    );
    let oldest = install(&["--only", "policies", "--kubernetes-version", "1.29"]).succeeded();
    assert_eq!(oldest.stdout, "");
    assert!(
        oldest
            .stderr
            .contains("whoever may change a Migration can approve it"),
        "{}",
        oldest.stderr
    );
}

#[test]
fn json_is_one_list_of_the_same_objects() {
    let list: Value = serde_json::from_str(&install(&["-o", "json"]).succeeded().stdout).unwrap();
    assert_eq!(
        (list["apiVersion"].as_str(), list["kind"].as_str()),
        (Some("v1"), Some("List"))
    );
    assert_eq!(list["items"].as_array().unwrap(), &objects(&[]));
}

#[test]
fn the_definitions_are_those_of_the_repository() {
    let printed = objects(&["--only", "crds"]);
    for (printed, crd) in printed.iter().zip(api::crds::all()) {
        assert_eq!(printed, &serde_json::to_value(crd).unwrap());
    }
    assert_eq!(printed.len(), api::crds::all().len());
}

#[test]
fn a_database_at_another_port_can_be_reached() {
    let all = objects(&["--only", "schema", "--database-port", "6432,13306"]);
    let egress = of_kind(&all, "NetworkPolicy")[0]["spec"]["egress"].to_string();
    assert!(
        egress.contains("6432") && egress.contains("13306") && !egress.contains("5432"),
        "{egress}"
    );
}

#[test]
fn an_image_that_is_not_named_is_mentioned() {
    let run = Sandbox::new().run(&["install", "--offline"]).succeeded();
    assert!(run.stderr.contains("without --image"), "{}", run.stderr);
    let run = Sandbox::new()
        .run(&["install", "--offline", "--only", "crds"])
        .succeeded();
    assert_eq!(run.stderr, "");
}

#[test]
fn values_that_no_cluster_takes_are_refused() {
    for arguments in [
        ["--namespace", "Shop"],
        ["--namespace", "a.b"],
        ["--namespace", ""],
        ["--controller-namespace", "a/b"],
        ["--image", "a b"],
        ["--database-port", "0"],
        ["--only", "everything"],
        ["--kubernetes-version", "latest"],
    ] {
        let run = Sandbox::new().run(&[["install", "--offline"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn without_a_cluster_the_way_to_print_is_named() {
    Sandbox::new()
        .run(&["install", "--kubeconfig", "none.yaml"])
        .failed(1, &["cannot read `none.yaml`", "--offline"]);
}
