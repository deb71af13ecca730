//! What a controller does with an object's items, asked through the API server's service proxy.

use std::collections::BTreeMap;

use api::endpoints::{INSPECT, Inspected, RESEALED, ROTATE, Resealed, VERIFY};
use api::sealed_secret::SealedSecret;
use http::header::{ACCEPT, CONTENT_TYPE};
use k8s_openapi::api::core::v1::Service;
use kube::api::Api;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Cluster, ClusterArgs, ClusterError};

/// The way to a controller: the API server's proxy to the first port of its Service.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    namespace: String,
    name: String,
    port: String,
}

/// An object under the newest key.
pub(crate) enum Rotated {
    /// What Chancery's controller says, item by item.
    Items(Resealed),
    /// What upstream's controller says: the items of the object, all of them sealed again.
    Object(BTreeMap<String, String>),
}

/// The answer of upstream's controller: an object without a kind.
#[derive(Deserialize)]
struct Object {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    #[serde(default, rename = "encryptedData")]
    encrypted_data: BTreeMap<String, String>,
}

impl Proxy {
    /// The path of the API server that leads to a path of the controller.
    pub(super) fn path(&self, path: &str) -> String {
        let Self {
            namespace,
            name,
            port,
        } = self;
        format!("/api/v1/namespaces/{namespace}/services/http:{name}:{port}/proxy{path}")
    }
}

impl Cluster {
    /// Finds the Service of the controller, as kubeseal does, for the name of its first port.
    ///
    /// # Errors
    /// [`ClusterError`], for instance when there is none.
    pub(crate) fn proxy(&self, args: &ClusterArgs) -> Result<Proxy, ClusterError> {
        let (namespace, name) = (&args.controller_namespace, &args.controller_name);
        let doing = format!("reading Service `{namespace}/{name}`");
        let service = self.answer(&doing, async {
            let services = Api::<Service>::namespaced(self.client.clone(), namespace);
            services.get(name).await.map_err(|source| match source {
                kube::Error::Api(status) if status.code == 404 => ClusterError::NoController {
                    namespace: namespace.clone(),
                    name: name.clone(),
                },
                source => ClusterError::request(&doing, source),
            })
        })?;
        let ports = service.spec.and_then(|spec| spec.ports).unwrap_or_default();
        Ok(Proxy {
            namespace: namespace.clone(),
            name: name.clone(),
            // A port without a name is asked for by an empty one.
            port: ports
                .into_iter()
                .next()
                .and_then(|port| port.name)
                .unwrap_or_default(),
        })
    }

    /// Returns whether the controller tells which keys open items: ours takes only `POST` there, upstream's knows no
    /// such path.
    ///
    /// # Errors
    /// [`ClusterError`] when it can't be asked.
    pub(crate) fn inspects(&self, proxy: &Proxy) -> Result<bool, ClusterError> {
        let doing = proxy.doing("asking", "what it can do");
        self.answer(&doing, async {
            let request = http::Request::get(proxy.path(INSPECT)).body(Vec::new());
            let request =
                request.map_err(|error| ClusterError::request(&doing, kube::Error::HttpError(error)))?;
            match self.client.request_text(request).await {
                Ok(_) => Ok(false),
                Err(kube::Error::Api(status)) if status.code == 405 => Ok(true),
                Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
                Err(error) => Err(ClusterError::proxied(
                    &doing,
                    &proxy.namespace,
                    &proxy.name,
                    error,
                )),
            }
        })
    }

    /// Lets the controller seal an object's items to its newest key.
    ///
    /// # Errors
    /// [`ClusterError::Unopened`] when an item doesn't open, and the others by what the user can do about it.
    pub(crate) fn rotate(&self, proxy: &Proxy, sealed: &SealedSecret) -> Result<Rotated, ClusterError> {
        let doing = proxy.doing("sending an object to", "to be sealed again");
        let accept = format!("{RESEALED}, application/json;q=0.5, */*;q=0.1");
        let answer = self.post(proxy, ROTATE, &accept, sealed, &doing)?;
        let text = answer.map_err(|error| proxy.posted(&doing, error))?;
        let senseless = |error: serde_json::Error| ClusterError::senseless(&doing, error);
        let answer: Value = serde_json::from_str(&text).map_err(senseless)?;
        if answer.get("spec").is_some() {
            let Object { spec } = serde_json::from_value(answer).map_err(senseless)?;
            Ok(Rotated::Object(spec.encrypted_data))
        } else {
            serde_json::from_value(answer)
                .map(Rotated::Items)
                .map_err(senseless)
        }
    }

    /// Asks the controller which key opens each item of an object.
    ///
    /// # Errors
    /// [`ClusterError`], by what the user can do about it.
    pub(crate) fn inspect(&self, proxy: &Proxy, sealed: &SealedSecret) -> Result<Inspected, ClusterError> {
        let doing = proxy.doing("sending an object to", "to be inspected");
        let answer = self.post(proxy, INSPECT, "application/json", sealed, &doing)?;
        let text = answer.map_err(|error| proxy.posted(&doing, error))?;
        serde_json::from_str(&text).map_err(|error| ClusterError::senseless(&doing, error))
    }

    /// Asks the controller whether it opens an object, which is sent as it is.
    ///
    /// # Errors
    /// [`ClusterError::Unopened`] when it does not, [`ClusterError::Unfit`] when it can't make anything of it, and the
    /// others by what the user can do about it.
    pub(crate) fn verify(&self, proxy: &Proxy, object: &Value) -> Result<(), ClusterError> {
        let doing = proxy.doing("sending an object to", "to be validated");
        let answer = self.post(proxy, VERIFY, "*/*", object, &doing)?;
        let failed = |error| ClusterError::verified(&doing, &proxy.namespace, &proxy.name, error);
        answer.map(drop).map_err(failed)
    }

    /// What the controller answers, or the API server instead of it.
    fn post(
        &self,
        proxy: &Proxy,
        path: &str,
        accept: &str,
        object: &impl Serialize,
        doing: &str,
    ) -> Result<kube::Result<String>, ClusterError> {
        let body = serde_json::to_vec(object).map_err(|error| ClusterError::senseless(doing, error))?;
        self.answer(doing, async {
            let request = http::Request::post(proxy.path(path))
                .header(ACCEPT, accept)
                .header(CONTENT_TYPE, "application/json")
                .body(body)
                .map_err(|error| ClusterError::request(doing, kube::Error::HttpError(error)))?;
            // The client waits and asks again where the controller is busy (429, Retry-After).
            Ok(self.client.request_text(request).await)
        })
    }
}

impl Proxy {
    fn posted(&self, doing: &str, error: kube::Error) -> ClusterError {
        ClusterError::posted(doing, &self.namespace, &self.name, error)
    }

    fn doing(&self, before: &str, after: &str) -> String {
        format!(
            "{before} the controller of Service `{}/{}` {after}",
            self.namespace, self.name
        )
    }
}
