//! The CustomResourceDefinitions, all in one list.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{CustomResourceDefinition, JSON};
use kube::CustomResourceExt as _;
use serde_json::json;

/// Returns every CustomResourceDefinition, in the order in which `crds/` lists them.
///
/// `cargo xtask crds` writes them, a test compares them, and the installer applies them.
pub fn all() -> Vec<CustomResourceDefinition> {
    vec![
        crate::sealed_secret::crd(),
        unseen_until_observed(crate::database::Database::crd()),
        unseen_until_observed(crate::table::Table::crd()),
        unseen_until_observed(crate::migration::Migration::crd()),
    ]
}

/// Returns the file name of a definition in `crds/`, `<group>_<plural>.yaml`, as controller-gen names them.
pub fn file_name(crd: &CustomResourceDefinition) -> String {
    format!("{}_{}.yaml", crd.spec.group, crd.spec.names.plural)
}

/// Lets the API server give a new object the status `observedGeneration: -1`: tools such as kstatus, Argo CD and
/// Helm then don't take it for ready before a controller has seen it.
fn unseen_until_observed(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let status = version
            .schema
            .as_mut()
            .and_then(|schema| schema.open_api_v3_schema.as_mut())
            .and_then(|schema| schema.properties.as_mut())
            .and_then(|properties| properties.get_mut("status"));
        if let Some(status) = status {
            status.default = Some(JSON(json!({ "observedGeneration": -1 })));
        }
    }
    crd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_status_subresource_and_a_status_from_the_start() {
        for crd in all() {
            for version in &crd.spec.versions {
                let name = file_name(&crd);
                assert!(
                    version
                        .subresources
                        .as_ref()
                        .is_some_and(|sub| sub.status.is_some()),
                    "{name}"
                );
                let schema = serde_json::to_value(&version.schema).unwrap();
                let default = &schema["openAPIV3Schema"]["properties"]["status"]["default"];
                assert_eq!(default["observedGeneration"], -1, "{name}: {default}");
            }
        }
    }

    #[test]
    fn tables_keep_every_engine_of_schemahero() {
        let table = serde_json::to_value(crate::table::Table::crd()).unwrap();
        let spec = &table["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
        let engines = spec["properties"]["schema"]["properties"].as_object().unwrap();
        let mut names: Vec<&str> = engines.keys().map(String::as_str).collect();
        names.sort_unstable();
        let known = [
            "cassandra",
            "cockroachdb",
            "mysql",
            "postgres",
            "rqlite",
            "sqlite",
            "timescaledb",
        ];
        assert_eq!(names, known);
    }
}
