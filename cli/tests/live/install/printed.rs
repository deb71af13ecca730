//! What was printed, and how it is applied.

use serde_json::Value;
use testkit::Cluster;
use testkit::apply::{Applied, label};

use crate::program::{Run, chancery};

/// Runs `chancery install` without looking at the cluster, where tests of others run controllers.
pub(super) fn install(arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        &["install", "--offline", "--image", "chancery-controller:test"],
        arguments,
    ]
    .concat();
    chancery(folder.path(), &all, "").succeeded()
}

/// One printed document.
pub(super) struct Document {
    pub(super) value: Value,
    yaml: String,
}

/// Takes what was printed apart, each document as it stands.
pub(super) fn documents(printed: &str) -> Vec<Document> {
    let read = manifests::documents::read("printed", printed.as_bytes()).unwrap();
    let texts: Vec<&str> = printed.split("---\n").skip(1).collect();
    assert_eq!(read.len(), texts.len());
    read.into_iter()
        .zip(texts)
        .map(|(read, yaml)| Document {
            value: read.value,
            yaml: yaml.to_owned(),
        })
        .collect()
}

impl Document {
    /// Applies the document as it was printed.
    pub(super) async fn apply(&self, cluster: &Cluster, dry: bool) -> Applied {
        cluster.apply(&self.value, &self.yaml, dry).await
    }

    /// Asks what the API server says to the document with a part of its text replaced.
    pub(super) async fn try_changed(&self, cluster: &Cluster, from: &str, to: &str) -> Applied {
        assert!(self.yaml.contains(from), "{from:?} is not in {}", self.yaml);
        cluster
            .apply(&self.value, &self.yaml.replace(from, to), true)
            .await
    }
}

/// Applies everything that was printed, in its order, and fails at the first complaint.
pub(super) async fn apply_all(cluster: &Cluster, printed: &str, dry: bool) {
    for document in documents(printed) {
        let answer = document.apply(cluster, dry).await;
        assert!(answer.is_clean(), "{}: {answer:?}", label(&document.value));
    }
}
