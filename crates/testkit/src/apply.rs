//! Manifests applied by the API server itself, as strictly as it can.

use http::Request;
use kube::client::Body;
use serde_json::Value;

use crate::cluster::Cluster;
use crate::fail::{OrFail, fail};

/// How the API server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The HTTP status.
    pub code: u16,
    /// The warnings, as people using kubectl see them.
    pub warnings: Vec<String>,
    /// The object as it is now, or the Status that says what is wrong with it.
    pub body: String,
}

impl Applied {
    /// Returns whether the object was taken without a word.
    pub fn is_clean(&self) -> bool {
        matches!(self.code, 200 | 201) && self.warnings.is_empty()
    }
}

impl Cluster {
    /// Applies an object on the server's side and takes fields over from others. A field that the API server doesn't know
    /// is an error. With `dry` nothing is stored.
    ///
    /// `text` is what is sent: YAML or JSON, so that Go's reader sees it as its writer wrote it. `object` is the same as a
    /// value; it tells where to send it.
    ///
    /// # Panics
    /// When the object has no kind, version or name, or the API server gives no answer. What it answers is returned.
    pub async fn apply(&self, object: &Value, text: &str, dry: bool) -> Applied {
        let doing = || format!("applying {}", label(object));
        let dry = if dry { "&dryRun=All" } else { "" };
        let request = Request::patch(format!(
            "{}?fieldManager=testkit&force=true&fieldValidation=Strict{dry}",
            path(object)
        ))
        .header("content-type", "application/apply-patch+yaml")
        .body(Body::from(text.as_bytes().to_vec()))
        .or_fail(doing);
        let answer = self.client.send(request).await.or_fail(doing);
        let warnings = answer.headers().get_all("warning");
        Applied {
            code: answer.status().as_u16(),
            warnings: warnings
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
            body: String::from_utf8_lossy(&answer.into_body().collect_bytes().await.or_fail(doing))
                .into_owned(),
        }
    }
}

/// Returns `Kind NAMESPACE/NAME`.
pub fn label(object: &Value) -> String {
    let namespace = object["metadata"]["namespace"].as_str();
    let within = namespace
        .map(|namespace| format!("{namespace}/"))
        .unwrap_or_default();
    format!(
        "{} {within}{}",
        field(object, "/kind"),
        field(object, "/metadata/name")
    )
}

fn path(object: &Value) -> String {
    let version = field(object, "/apiVersion");
    let root = if version.contains('/') { "apis" } else { "api" };
    let namespace = object["metadata"]["namespace"].as_str();
    let within = namespace
        .map(|namespace| format!("/namespaces/{namespace}"))
        .unwrap_or_default();
    let (plural, name) = (plural(field(object, "/kind")), field(object, "/metadata/name"));
    format!("/{root}/{version}{within}/{plural}/{name}")
}

fn field<'a>(object: &'a Value, pointer: &str) -> &'a str {
    match object.pointer(pointer).and_then(Value::as_str) {
        Some(text) => text,
        None => fail(&format!("a manifest has no `{pointer}`: {object}")),
    }
}

/// Returns the resource of a kind, as Kubernetes forms it for all its own kinds.
fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{lower}s"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_sent_to_the_path_of_its_kind() {
        let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "a", "namespace": "b"}});
        assert_eq!(
            path(&role),
            "/apis/rbac.authorization.k8s.io/v1/namespaces/b/roles/a"
        );
        let policy =
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"}});
        assert_eq!(path(&policy), "/apis/networking.k8s.io/v1/networkpolicies/a");
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}});
        assert_eq!(path(&namespace), "/api/v1/namespaces/a");
        assert_eq!(
            (label(&role), label(&namespace)),
            ("Role b/a".to_owned(), "Namespace a".to_owned())
        );
    }
}
