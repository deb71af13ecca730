//! What `secrets` serves: the certificate and what is done with callers' objects on one port, numbers on another.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::args::HttpArgs;
use crate::context::Shared;
use crate::http::{self, Front, Intake, Limit, Times};
use crate::metrics::{Format, Seen};
use crate::ready::Readiness;
use crate::sealed_secret::Scope;

/// What is served, and of what it tells.
pub(crate) struct Served {
    pub(crate) args: HttpArgs,
    pub(crate) context: Shared,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) leads: watch::Receiver<bool>,
    pub(crate) scopes: Vec<Arc<Scope>>,
    /// Whether the format before 2019 is opened.
    pub(crate) accepts_deprecated: bool,
}

impl Served {
    /// Serves on both listeners until `stop` is true. Returns the way in of callers' objects.
    pub(crate) fn start(
        self,
        listener: TcpListener,
        numbers: Option<TcpListener>,
        tasks: &mut JoinSet<()>,
        stop: &watch::Receiver<bool>,
    ) -> Arc<Intake> {
        let Self {
            args,
            context,
            readiness,
            leads,
            scopes,
            accepts_deprecated,
        } = self;
        let times = Times::new(args.read_timeout, args.write_timeout);
        let intake = {
            let keys = context.keys.clone();
            let keys = move || keys.borrow().clone();
            Arc::new(Intake::new(keys, context.cpu.clone(), times, accepts_deprecated))
        };
        let certificate = {
            let keys = context.keys.clone();
            move || keys.borrow().certificate.clone()
        };
        // What is above a number of requests that no machine answers is as good as that.
        let rate = u32::try_from(args.rate_limit).unwrap_or(u32::MAX);
        let limit = Limit::new(rate, args.rate_limit_burst);
        let front = Front::new(limit, Arc::clone(&context.metrics.requests), times);
        let router = http::router(
            certificate,
            move || readiness.awaited(),
            &intake,
            &Arc::new(front),
        );
        tasks.spawn(http::serve(listener, router, times, stop.clone()));
        if let Some(numbers) = numbers {
            let page = move |format| page(&context, &leads, &scopes, format);
            tasks.spawn(http::serve(numbers, http::numbers(page), times, stop.clone()));
        }
        intake
    }
}

fn page(context: &Shared, leads: &watch::Receiver<bool>, scopes: &[Arc<Scope>], format: Format) -> String {
    let objects: Vec<_> = scopes.iter().flat_map(|scope| scope.objects()).collect();
    let keys = context.keys.borrow().clone();
    let seen = Seen {
        leads: *leads.borrow(),
        keys: &keys,
        objects: &objects,
        work: &context.work,
    };
    context.metrics.page(format, &seen)
}

/// Returns the listener of the numbers. Without one the controller works, as upstream's does.
pub(crate) async fn listen_for_numbers(args: &HttpArgs) -> Option<TcpListener> {
    let address = args.listen_metrics_addr;
    match http::bind(address).await {
        Ok(listener) => {
            if let Ok(address) = listener.local_addr() {
                tracing::info!(%address, "serving metrics");
            }
            Some(listener)
        }
        Err(error) => {
            tracing::error!(%address, "no metrics are served: cannot listen: {error}; choose another --listen-metrics-addr");
            None
        }
    }
}
