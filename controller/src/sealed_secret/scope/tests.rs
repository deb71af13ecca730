use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use futures::stream;
use kube::Client;
use serde_json::json;
use testkit::eventually;
use tokio::sync::watch;

use super::*;
use crate::context::{Context, Work};
use crate::cpu::CpuPool;
use crate::events::Announcer;
use crate::keys::Keys;
use crate::metrics::{Failed, Format, Metrics, Seen};

/// An API server with two objects, of which it loses one while its watch is broken; it breaks when told.
fn api_server(broken: watch::Receiver<bool>) -> Client {
    let lists = Arc::new(AtomicUsize::new(0));
    let answer = move |request: Request| {
        let (lists, mut broken) = (Arc::clone(&lists), broken.clone());
        async move {
            let query = request.uri().query().unwrap_or_default();
            if query.contains("watch=true") {
                let expired = json!({"type": "ERROR", "object": {
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410,
                    "message": "too old resource version"}});
                let first = lists.load(Ordering::SeqCst) == 1;
                return Body::from_stream(stream::once(async move {
                    if !first || broken.wait_for(|broken| *broken).await.is_err() {
                        std::future::pending::<()>().await;
                    }
                    Ok::<_, Infallible>(format!("{expired}\n"))
                }));
            }
            let is_first = lists.fetch_add(1, Ordering::SeqCst) == 0;
            let object = |namespace: &str| {
                json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                    "metadata": {"name": "app", "namespace": namespace, "uid": namespace, "resourceVersion": "1"},
                    "spec": {"encryptedData": {}}})
            };
            let names: &[&str] = if is_first { &["gone", "there"] } else { &["there"] };
            let items: Vec<_> = names.iter().map(|name| object(name)).collect();
            let list = json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecretList",
                "metadata": {"resourceVersion": "1"}, "items": items});
            Body::from(list.to_string())
        }
    };
    Client::new(Router::new().fallback(answer), "default")
}

fn context(client: Client) -> Shared {
    Arc::new(Context {
        announcer: Announcer::new(client.clone(), "replica"),
        client,
        keys: watch::channel(Keys::default()).1,
        clock: || jiff::Timestamp::UNIX_EPOCH,
        cpu: CpuPool::new(),
        work: Work::default(),
        metrics: Arc::new(Metrics::new("v1", false)),
    })
}

#[tokio::test]
async fn an_object_that_was_deleted_while_the_watch_was_broken_is_forgotten() {
    let (broken, breaks) = watch::channel(false);
    let context = context(api_server(breaks));
    // Without the watch of Secrets: this is about the other one.
    let behaviour = Behaviour {
        recreates: false,
        ..Behaviour::default()
    };
    let readiness = Arc::new(Readiness::new(None, Scope::CACHES));
    let (scope, watches) = Scope::new(
        Arc::clone(&context),
        None,
        Arc::new(behaviour),
        Arc::clone(&readiness),
    );
    let watching = tokio::spawn(watches);
    let holds = async |count: usize| match scope.objects().len() {
        there if there == count => Ok(()),
        there => Err(format!("{there} objects")),
    };
    eventually("both objects are known", async || holds(2).await).await;
    eventually("it is ready without the Secrets", async || {
        readiness
            .awaited()
            .map_or(Ok(()), |awaited| Err(awaited.to_owned()))
    })
    .await;
    let of = |namespace: &str| (namespace.to_owned(), "app".to_owned());
    for namespace in ["gone", "there"] {
        scope
            .memory
            .set_hopeless(&of(namespace), Some((String::new(), 1)));
        context.metrics.failed(Failed::Unseal, namespace);
        context.metrics.waits(&of(namespace));
    }
    broken.send_replace(true);
    eventually("one of them is forgotten", async || holds(1).await).await;
    eventually("what was remembered of it too", async || {
        let left = scope.memory.hopeless();
        if left == [of("there")] {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        }
    })
    .await;
    let seen = Seen {
        leads: true,
        keys: &Keys::default(),
        objects: &scope.objects(),
        work: &context.work,
    };
    let page = context.metrics.page(Format::Prometheus, &seen);
    assert!(!page.contains("gone"), "{page}");
    assert!(
        page.contains("unseal_errors_total{reason=\"unseal\",namespace=\"there\"} 1\n"),
        "{page}"
    );
    for line in ["chancery_secrets_objects 1\n", "chancery_secrets_queue_depth 1\n"] {
        assert!(page.contains(line), "{page}");
    }
    watching.abort();
}
