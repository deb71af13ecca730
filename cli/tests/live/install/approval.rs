//! Who may decide on a plan, and what is recorded of it.

use k8s_openapi::api::admissionregistration::v1::ValidatingAdmissionPolicy;
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use testkit::eventually;

use super::users::{Installed, Who, annotations, database, migration};

#[track_caller]
fn refused(answer: &Result<Value, String>, words: &str) {
    assert!(
        answer.as_ref().is_err_and(|said| said.contains(words)),
        "expected a refusal with {words:?}: {answer:?}"
    );
}

#[tokio::test]
async fn deciding_on_a_plan_is_a_right_of_its_own() {
    let installed = Installed::new().await;
    installed.make("m").await;
    let missing = "need the right to update migrations/approve";
    for change in [
        json!({"chancery.dev/approved-plan": "abc"}),
        json!({"chancery.dev/rejected-plan": "abc"}),
        json!({"chancery.dev/retry-run": "1"}),
    ] {
        refused(
            &installed.annotate(Who::Writer, "m", change.clone()).await,
            missing,
        );
        installed.annotate(Who::Approver, "m", change).await.unwrap();
    }
    let withdrawn = json!({"chancery.dev/approved-plan": null, "chancery.dev/approved-by": null});
    refused(
        &installed.annotate(Who::Writer, "m", withdrawn.clone()).await,
        missing,
    );
    installed.annotate(Who::Approver, "m", withdrawn).await.unwrap();
    // What decides nothing needs no more than before.
    installed
        .annotate(Who::Writer, "m", json!({"team": "shop"}))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_approval_names_the_requester_whatever_it_says_of_itself() {
    let installed = Installed::new().await;
    installed.make("m").await;
    let forged = json!({"chancery.dev/approved-plan": "abc", "chancery.dev/approved-by": "the-boss"});
    let after = installed.annotate(Who::Approver, "m", forged).await.unwrap();
    assert_eq!(after["chancery.dev/approved-by"], installed.user(Who::Approver));
    let forged = json!({"chancery.dev/approved-by": "the-boss"});
    refused(
        &installed.annotate(Who::Approver, "m", forged).await,
        "must be who approves",
    );
    let rejected = json!({"chancery.dev/rejected-plan": "abc", "chancery.dev/rejected-by": "the-boss"});
    let after = installed.annotate(Who::Approver, "m", rejected).await.unwrap();
    assert_eq!(after["chancery.dev/rejected-by"], installed.user(Who::Approver));
}

#[tokio::test]
async fn without_the_mutating_policies_an_approval_must_name_the_requester_itself() {
    let installed = Installed::without_mutation().await;
    installed.make("m").await;
    for by in [None, Some("the-boss")] {
        let change = json!({"chancery.dev/approved-plan": "abc", "chancery.dev/approved-by": by});
        refused(
            &installed.annotate(Who::Approver, "m", change).await,
            "must be who approves",
        );
        let change = json!({"chancery.dev/rejected-plan": "abc", "chancery.dev/rejected-by": by});
        refused(
            &installed.annotate(Who::Approver, "m", change).await,
            "must be who rejects",
        );
    }
    let me = installed.user(Who::Approver);
    let change = json!({"chancery.dev/approved-plan": "abc", "chancery.dev/approved-by": me});
    installed.annotate(Who::Approver, "m", change).await.unwrap();
}

#[tokio::test]
async fn an_approval_is_for_the_plan_that_is_there_and_comes_before_its_end() {
    let installed = Installed::new().await;
    installed.make("m").await;
    for name in ["chancery.dev/approved-plan", "chancery.dev/rejected-plan"] {
        let other = installed.annotate(Who::Approver, "m", json!({name: "abd"})).await;
        refused(&other, "is not the hash of this Migration's plan");
    }
    for phase in ["EXECUTED", "INVALID"] {
        installed.phase("m", phase).await;
        let late = installed
            .annotate(Who::Approver, "m", json!({"chancery.dev/approved-plan": "abc"}))
            .await;
        refused(&late, &format!("is {phase} and takes no approval"));
    }
}

#[tokio::test]
async fn a_plan_is_made_by_the_controller_alone() {
    let installed = Installed::new().await;
    let forged = installed
        .migrations(Who::Approver)
        .create(&PostParams::default(), &migration("m"))
        .await;
    let said = forged.unwrap_err().to_string();
    assert!(
        said.contains("only the schema controller makes a Migration with a plan"),
        "{said}"
    );
    // One of SchemaHero's, which has none, gets none later either.
    let mut without = migration("hero");
    without.spec.plan = None;
    installed
        .migrations(Who::Writer)
        .create(&PostParams::default(), &without)
        .await
        .unwrap();
    let plan = Patch::Merge(json!({"spec": {"plan": migration("m").spec.plan}}));
    let added = installed
        .migrations(Who::Approver)
        .patch("hero", &PatchParams::default(), &plan)
        .await;
    let said = added.unwrap_err().to_string();
    assert!(said.contains("only the schema controller"), "{said}");
}

#[tokio::test]
async fn a_database_that_approves_needs_the_same_right() {
    let installed = Installed::new().await;
    let create = PostParams::default();
    installed
        .databases(Who::Writer)
        .create(&create, &database("plain", false))
        .await
        .unwrap();
    let change = async |who: Who, patch: Value| {
        let databases = installed.databases(who);
        let answer = databases
            .patch("plain", &PatchParams::default(), &Patch::Merge(patch))
            .await;
        answer
            .map(|database| json!(database.metadata.annotations.unwrap_or_default()))
            .map_err(|error| error.to_string())
    };
    let missing = "need the right to update migrations/approve";
    let standing = json!({"spec": {"immediateDeploy": true}});
    let plan = annotations(&json!({"chancery.dev/approved-plan": "abc"}));
    refused(&change(Who::Writer, standing.clone()).await, missing);
    refused(&change(Who::Writer, plan.clone()).await, missing);
    let approved = change(Who::Approver, plan).await.unwrap();
    assert_eq!(
        approved["chancery.dev/approved-by"],
        installed.user(Who::Approver)
    );
    let forged = annotations(&json!({"chancery.dev/approved-by": "the-boss"}));
    refused(&change(Who::Approver, forged).await, "must be who approves");
    change(Who::Approver, standing).await.unwrap();
    // What is approved already stays so when others change something else.
    change(Who::Writer, annotations(&json!({"team": "shop"})))
        .await
        .unwrap();
}

#[tokio::test]
async fn who_approved_from_git_stays_recorded_when_the_same_is_applied_again() {
    let installed = Installed::new().await;
    let git = PatchParams::apply("flux").force();
    let mut declared = database("airlinedb", false);
    let plan = |hash: &str| [("chancery.dev/approved-plan".to_owned(), hash.to_owned())].into();
    for (round, hash) in ["first", "first", "second"].into_iter().enumerate() {
        declared.metadata.annotations = Some(plan(hash));
        let databases = installed.databases(Who::Approver);
        let applied = databases
            .patch("airlinedb", &git, &Patch::Apply(&declared))
            .await
            .unwrap();
        let annotations = applied.metadata.annotations.unwrap_or_default();
        assert_eq!(annotations["chancery.dev/approved-plan"], hash);
        let by = annotations.get("chancery.dev/approved-by");
        assert_eq!(by, Some(&installed.user(Who::Approver)), "round {round}");
    }
}

#[tokio::test]
async fn the_rules_of_the_policies_fit_the_kinds_that_they_are_for() {
    let installed = Installed::new().await;
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(installed.admin());
    for name in ["chancery-migration-approval", "chancery-database-approval"] {
        let name = installed.cluster_name(name);
        let checked = eventually("the types of a policy are checked", async || {
            policies
                .get(&name)
                .await
                .unwrap()
                .status
                .and_then(|status| status.type_checking)
        })
        .await;
        assert_eq!(checked.expression_warnings, None, "{name}");
    }
}
