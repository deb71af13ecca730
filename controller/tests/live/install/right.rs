//! A right as RBAC sees it: what a request needs, and what a role gives.

use std::collections::BTreeSet;
use std::fmt;

use axum::http::{Method, Uri};
use serde_json::Value;

/// A verb on a resource, or on one object of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Right {
    group: String,
    resource: String,
    verb: String,
    /// The object, where the role that gives the right names it.
    name: Option<String>,
}

impl fmt::Display for Right {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            group,
            resource,
            verb,
            name,
        } = self;
        write!(to, "{verb} {resource}.{group}")?;
        name.iter().try_for_each(|name| write!(to, " {name}"))
    }
}

impl Right {
    /// Returns what the API server would ask its authorizer about a request; `None` for what is no resource, such as
    /// discovery.
    pub(super) fn of_request(method: &Method, uri: &Uri) -> Option<Self> {
        let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        let (group, parts) = match parts.as_slice() {
            ["api", _, rest @ ..] => ("", rest),
            ["apis", group, _, rest @ ..] => (*group, rest),
            _ => return None,
        };
        let parts = match parts {
            ["namespaces", _, rest @ ..] if !rest.is_empty() => rest,
            // The path of a namespace itself.
            parts => parts,
        };
        let name = parts.get(1).map(ToString::to_string);
        let resource = match parts {
            [resource, _, subresource] => format!("{resource}/{subresource}"),
            [resource, ..] => (*resource).to_owned(),
            [] => return None,
        };
        let is_watch = uri.query().is_some_and(|query| query.contains("watch="));
        let verb = match (method.as_str(), name.is_some()) {
            ("GET", false) if is_watch => "watch",
            ("GET", false) => "list",
            ("GET", true) => "get",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", true) => "delete",
            _ => "deletecollection",
        };
        Some(Self {
            group: group.to_owned(),
            resource,
            verb: verb.to_owned(),
            name,
        })
    }

    /// Returns the rights that a role's rules give.
    pub(super) fn granted(rules: &Value) -> BTreeSet<Self> {
        let texts = |value: &Value| -> Vec<String> {
            let list = value.as_array().cloned().unwrap_or_default();
            list.iter()
                .map(|text| text.as_str().unwrap().to_owned())
                .collect()
        };
        let mut all = BTreeSet::new();
        for rule in rules.as_array().unwrap() {
            let names = match texts(&rule["resourceNames"]) {
                names if names.is_empty() => vec![None],
                names => names.into_iter().map(Some).collect(),
            };
            for group in texts(&rule["apiGroups"]) {
                for resource in texts(&rule["resources"]) {
                    for verb in texts(&rule["verbs"]) {
                        for name in &names {
                            all.insert(Self {
                                group: group.clone(),
                                resource: resource.clone(),
                                verb: verb.clone(),
                                name: name.clone(),
                            });
                        }
                    }
                }
            }
        }
        all
    }

    /// Returns whether it is the right to delete.
    pub(super) fn is_of_deletion(&self) -> bool {
        self.verb == "delete"
    }

    /// Returns whether a right that was granted is enough for what a request needs.
    pub(super) fn covers(&self, needed: &Self) -> bool {
        (&self.group, &self.resource, &self.verb) == (&needed.group, &needed.resource, &needed.verb)
            && (self.name.is_none() || self.name == needed.name)
    }
}

#[test]
fn requests_need_the_rights_that_the_authorizer_is_asked_for() {
    let needed = |method: &str, uri: &str| {
        let right = Right::of_request(&method.parse().unwrap(), &uri.parse().unwrap());
        right.map(|right| right.to_string())
    };
    let check = |method: &str, uri: &str, right: &str| {
        assert_eq!(needed(method, uri).as_deref(), Some(right), "{uri}");
    };
    check("GET", "/api/v1/namespaces/shop/secrets/db", "get secrets. db");
    check("GET", "/api/v1/secrets?limit=500", "list secrets.");
    check(
        "GET",
        "/api/v1/namespaces/shop/secrets?watch=true&limit=5",
        "watch secrets.",
    );
    check(
        "GET",
        "/api/v1/namespaces/kube-system",
        "get namespaces. kube-system",
    );
    let group = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets";
    check("POST", group, "create sealedsecrets.bitnami.com");
    check(
        "PATCH",
        &format!("{group}/db/status?x=y"),
        "patch sealedsecrets/status.bitnami.com db",
    );
    check(
        "DELETE",
        &format!("{group}/db"),
        "delete sealedsecrets.bitnami.com db",
    );
    assert_eq!(needed("GET", "/version"), None);
    assert_eq!(needed("GET", "/apis/bitnami.com/v1alpha1"), None);
}
