//! Custom resource definitions from files, as their authors ship them.

use std::fs;
use std::path::Path;

use http::Request;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;

use crate::cluster::Cluster;
use crate::eventually::eventually;
use crate::fail::OrFail;
use crate::servers::servers;

impl Cluster {
    /// Applies the CRD in a YAML file and waits until the API server serves it.
    ///
    /// A CRD belongs to the whole cluster, and tests of one program run at the same time: either all of
    /// them install the same one, or they take turns.
    ///
    /// # Panics
    /// When the file has no CRD, the API server refuses it, or it is not served after 30 seconds.
    pub async fn install_crd(&self, file: &Path) {
        let doing = || format!("installing the CRD of `{}`", file.display());
        let yaml = fs::read(file).or_fail(doing);
        let name = file_object_name(&String::from_utf8_lossy(&yaml)).or_fail(doing);
        // Server-side apply takes YAML as it is, so that nothing here has to understand the document.
        let request = Request::patch(format!(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}?fieldManager=testkit&force=true"
        ))
        .header("content-type", "application/apply-patch+yaml")
        .body(yaml)
        .or_fail(doing);
        let applied: CustomResourceDefinition = self.client.request(request).await.or_fail(doing);
        self.wait_until_served(&applied).await;
    }

    /// Applies the `SealedSecret` CRD that the real controller ships; see [`Cluster::install_crd`].
    pub async fn install_sealed_secrets_crd(&self) {
        self.install_crd(&servers().tools.sealed_secrets_crd).await;
    }

    async fn wait_until_served(&self, crd: &CustomResourceDefinition) {
        for version in crd.spec.versions.iter().filter(|version| version.served) {
            let path = format!(
                "/apis/{}/{}/{}?limit=1",
                crd.spec.group, version.name, crd.spec.names.plural
            );
            eventually(&format!("`{path}` is served"), async || {
                let request = Request::get(&path)
                    .body(Vec::new())
                    .map_err(|error| error.to_string())?;
                self.client
                    .request_text(request)
                    .await
                    .map_err(|error| error.to_string())
            })
            .await;
        }
    }
}

/// Returns `metadata.name` of the one document: the first `name` two spaces in, after `metadata`.
fn file_object_name(yaml: &str) -> anyhow::Result<String> {
    yaml.lines()
        .skip_while(|line| *line != "metadata:")
        .find_map(|line| line.strip_prefix("  name: "))
        .map(|name| name.trim().trim_matches('"').to_owned())
        .ok_or_else(|| anyhow::anyhow!("the document has no `metadata.name` in block style"))
}

#[cfg(test)]
mod tests {
    use super::file_object_name;

    #[test]
    fn the_name_is_the_objects_and_not_an_annotations() {
        let yaml = "kind: CustomResourceDefinition\nmetadata:\n  annotations:\n    name: no\n  name: a.b\nspec:\n  name: c\n";
        assert_eq!(file_object_name(yaml).unwrap(), "a.b");
        assert!(file_object_name("kind: List\n").is_err());
    }
}
