//! The API server's service proxy, in front of a server that a test runs on this machine.

use std::net::IpAddr;

use k8s_openapi::api::core::v1::{Endpoints, Pod, Service};
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::cluster::Cluster;
use crate::fail::{OrFail, fail};
use crate::servers::{PodAddress, servers};

/// A Service that leads to a port of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The path under which the API server answers for the Service's port `http`, with a slash at the end:
    /// `/api/v1/namespaces/NS/services/http:NAME:http/proxy/`.
    pub path: String,
    /// The address that the proxy connects to.
    pub address: IpAddr,
    /// The port that the proxy connects to.
    pub port: u16,
}

/// Returns the address that [`expose`] leads to; servers of tests bind it, or all addresses.
///
/// # Panics
/// When this run could not have one; the message says why.
#[track_caller]
pub fn pod_address() -> IpAddr {
    match &servers().pod_address {
        PodAddress::Address(address) => *address,
        PodAddress::Unavailable(reason) => fail(&format!(
            "the API server's proxies need an address that is not loopback, and this run has none: {reason}"
        )),
    }
}

/// Makes a Service with the port `http` (8080) lead to `local_port` of [`pod_address`].
///
/// The service proxy sends only to an address of the Service's Endpoints whose `targetRef` is a Pod with
/// that `status.podIP` (kube-apiserver, `ResourceLocation` of Service and Pod), so there is a Pod too: one
/// that no node runs. They go with their namespace.
///
/// # Panics
/// When this run has no such address, or the API server refuses an object.
pub async fn expose(cluster: &Cluster, namespace: &str, service_name: &str, local_port: u16) -> Exposed {
    let address = pod_address();
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": service_name, "namespace": namespace},
        "spec": {
            "automountServiceAccountToken": false,
            // No scheduler runs here, and no kubelet has this name.
            "nodeName": "testkit",
            "containers": [{
                "name": "server",
                "image": "none",
                "ports": [{"name": "http", "containerPort": local_port}],
            }],
        },
    });
    create::<Pod>(cluster, namespace, &pod).await;
    let status = json!({"status": {
        "phase": "Running",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "conditions": [{"type": "Ready", "status": "True"}],
    }});
    Api::<Pod>::namespaced(cluster.client.clone(), namespace)
        .patch_status(service_name, &PatchParams::default(), &Patch::Merge(&status))
        .await
        .or_fail(|| format!("setting the address of the Pod `{namespace}/{service_name}`"));
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service_name, "namespace": namespace},
        "spec": {"ports": [{"name": "http", "port": 8080, "targetPort": local_port}]},
    });
    create::<Service>(cluster, namespace, &service).await;
    let endpoints = json!({
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {"name": service_name, "namespace": namespace},
        "subsets": [{
            "addresses": [{
                "ip": address,
                "targetRef": {"kind": "Pod", "namespace": namespace, "name": service_name},
            }],
            "ports": [{"name": "http", "port": local_port}],
        }],
    });
    create::<Endpoints>(cluster, namespace, &endpoints).await;
    Exposed {
        path: format!("/api/v1/namespaces/{namespace}/services/http:{service_name}:http/proxy/"),
        address,
        port: local_port,
    }
}

async fn create<K>(cluster: &Cluster, namespace: &str, object: &serde_json::Value)
where
    K: kube::Resource<Scope = kube::core::NamespaceResourceScope> + Clone + DeserializeOwned + Serialize,
    K: std::fmt::Debug,
    K::DynamicType: Default,
{
    let kind = K::kind(&K::DynamicType::default()).into_owned();
    let doing = || {
        format!(
            "creating the {kind} `{}` in `{namespace}`",
            object["metadata"]["name"]
        )
    };
    let object: K = serde_json::from_value(object.clone()).or_fail(doing);
    Api::<K>::namespaced(cluster.client.clone(), namespace)
        .create(&PostParams::default(), &object)
        .await
        .or_fail(doing);
}
