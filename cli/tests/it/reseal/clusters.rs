//! A repository for several clusters.

use super::objects::{Keys, document, item, sandbox};

const CONFIG: &str = "\
apiVersion: chancery.dev/v1alpha1
kind: Config
clusters:
- {name: production, controller: {context: production}}
- {name: staging, controller: {context: staging}}
rules:
- {path: tree/production/, clusters: [production]}
- {path: tree/staging/, clusters: [staging]}
";

#[test]
fn the_files_of_another_cluster_are_left_out_and_those_of_none_are_not() {
    let (sandbox, Keys { old, .. }) = sandbox();
    sandbox.write(".chancery.yaml", CONFIG);
    let text = document(Some("shop"), "a", &[("x", &item(&old, "shop", "a"))]);
    for file in ["tree/production/a.yaml", "tree/staging/a.yaml", "tree/a.yaml"] {
        sandbox.write(file, &text);
    }
    let reseal = [
        "reseal",
        "tree",
        "--key",
        "old.pem,new.pem",
        "--cluster",
        "production",
    ];
    let run = sandbox.run(&reseal).succeeded();
    assert!(
        run.stderr.contains("1 of 3 files are for other clusters"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("re-sealed 2 items in 2 files"),
        "{}",
        run.stdout
    );
    assert_eq!(sandbox.read("tree/staging/a.yaml"), text);
}

#[test]
fn a_cluster_that_is_not_configured_is_refused() {
    let (sandbox, _) = sandbox();
    sandbox.write("tree/a.yaml", "a: b\n");
    let reseal = [
        "reseal",
        "tree",
        "--key",
        "old.pem,new.pem",
        "--cluster",
        "staging",
    ];
    sandbox
        .run(&reseal)
        .failed(2, &["names a cluster of `.chancery.yaml`"]);
    sandbox.write(".chancery.yaml", &CONFIG.replace("staging", "other"));
    sandbox.run(&reseal).failed(2, &["there is no cluster `staging`"]);
}
