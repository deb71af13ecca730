//! The admission policies: who may decide on a plan, and what the record of it says.
//!
//! Their rules are the files in `policies/`; what depends on the installation is added here. Bindings carry the name of
//! their policy.

use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::Controller;
use super::plan::Installation;
use crate::error::CommandError;

const MIGRATION_APPROVAL: &str = include_str!("policies/migration-approval.yaml");
const DATABASE_APPROVAL: &str = include_str!("policies/database-approval.yaml");
const APPROVED_BY: &str = include_str!("policies/approved-by.yaml");
const SCHEMAHERO_APPROVE: &str = include_str!("policies/schemahero-approve.yaml");

/// The policies that the API server knows, each with its binding.
///
/// # Errors
/// When one of the files isn't YAML, which a test excludes.
pub(super) fn of(installation: &Installation) -> Result<Vec<Manifest>, CommandError> {
    let mut all = Vec::new();
    if installation.served.validating {
        let mut policy = read(MIGRATION_APPROVAL)?;
        let user = format!("'{}'", installation.user(Controller::Schema));
        if let Some(variables) = policy["spec"]["variables"].as_array_mut() {
            variables.insert(0, json!({ "name": "controller", "expression": user }));
        }
        all.extend(with_binding(installation, policy,
            "Approving, rejecting and retrying a migration is a right of its own (update migrations/approve); the plan is the\n\
             controller's, the approval is for its hash, and whoever approves is who is named.",
        ));
        all.extend(with_binding(
            installation,
            read(DATABASE_APPROVAL)?,
            "The same right for a Database that approves a plan, or all plans to come by `immediateDeploy`.",
        ));
    }
    if let Some(version) = installation.served.mutating {
        for (text, comment) in [
            (APPROVED_BY, "Writes who approved or rejected: the requester."),
            (
                SCHEMAHERO_APPROVE,
                "Turns `kubectl schemahero approve|reject migration` into the annotations that count.",
            ),
        ] {
            let mut policy = read(text)?;
            policy["apiVersion"] = format!("admissionregistration.k8s.io/{version}").into();
            all.extend(with_binding(installation, policy, comment));
        }
    }
    Ok(all)
}

fn read(text: &'static str) -> Result<Value, CommandError> {
    let mut documents = manifests::documents::read("policy", text.as_bytes())?;
    let document = documents.pop();
    Ok(document.map(|document| document.value).unwrap_or_default())
}

/// The policy under its name in this installation, and the binding that puts it in force in the watched namespaces.
fn with_binding(installation: &Installation, mut policy: Value, comment: &str) -> [Manifest; 2] {
    let name = installation.cluster_name(policy["metadata"]["name"].as_str().unwrap_or_default());
    let metadata = json!({ "name": name, "labels": labels(Some(Controller::Schema)) });
    policy["metadata"] = metadata.clone();
    let kind = policy["kind"].as_str().unwrap_or_default();
    let mut spec = json!({ "policyName": name });
    if kind == "ValidatingAdmissionPolicy" {
        spec["validationActions"] = json!(["Deny"]);
    }
    if !installation.watched.is_empty() {
        spec["matchResources"] = json!({ "namespaceSelector": { "matchExpressions": [{
            // The API server itself puts this label on every namespace.
            "key": "kubernetes.io/metadata.name",
            "operator": "In",
            "values": installation.watched,
        }] } });
    }
    let binding = json!({
        "apiVersion": policy["apiVersion"],
        "kind": format!("{kind}Binding"),
        "metadata": metadata,
        "spec": spec,
    });
    [Manifest::new(policy).comment(comment), Manifest::new(binding)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_one_document_with_a_name_and_refuses_when_it_fails() {
        for text in [
            MIGRATION_APPROVAL,
            DATABASE_APPROVAL,
            APPROVED_BY,
            SCHEMAHERO_APPROVE,
        ] {
            let policy = read(text).unwrap();
            assert!(
                policy["metadata"]["name"]
                    .as_str()
                    .unwrap()
                    .starts_with("chancery-")
            );
            assert_eq!(policy["spec"]["failurePolicy"], "Fail");
        }
    }

    #[test]
    fn the_policies_speak_of_the_annotations_that_the_controller_reads() {
        use api::names::{
            APPROVED_BY as BY, APPROVED_PLAN, REJECTED_BY, REJECTED_PLAN, REJECTED_REASON, RETRY_RUN,
        };
        for name in [
            APPROVED_PLAN,
            BY,
            REJECTED_PLAN,
            REJECTED_BY,
            REJECTED_REASON,
            RETRY_RUN,
        ] {
            assert!(MIGRATION_APPROVAL.contains(&format!("'{name}'")), "{name}");
        }
        for name in [APPROVED_PLAN, BY] {
            assert!(DATABASE_APPROVAL.contains(&format!("'{name}'")), "{name}");
        }
    }

    #[test]
    fn the_role_that_the_messages_name_is_the_one_that_is_installed() {
        for text in [MIGRATION_APPROVAL, DATABASE_APPROVAL] {
            assert!(text.contains(super::super::names::APPROVER));
        }
    }
}
