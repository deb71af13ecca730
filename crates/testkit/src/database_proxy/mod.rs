//! A proxy before a database server that sees the SQL and ends connections where a test wants it.
//!
//! For crash tests: a first run through the proxy records every statement in order, and so every boundary;
//! then one run a boundary installs a [`rule`](DatabaseProxy::rule) that kills the client, or only its
//! connection, just before the statement is sent or just after the server has answered it.

mod connection;
mod mysql;
mod mysql_reply;
mod postgres;
mod protocol;
mod rules;
mod statement;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use self::rules::Rules;
use crate::fail::OrFail;

pub use self::rules::Moment;
pub use self::statement::{Statement, StatementKind};

/// A running proxy; it and all its connections end when this is dropped.
#[must_use = "the proxy ends when this is dropped"]
pub struct DatabaseProxy {
    address: SocketAddr,
    rules: Arc<Rules>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Starts a proxy on a free loopback port before the Postgres, MySQL or MariaDB server at `upstream`
/// (`HOST:PORT`).
///
/// It runs in a thread of its own, so that a test may block. A connection is understood as Postgres' when the
/// client speaks first, else as MySQL's. It is never encrypted: clients are told that the server has no TLS.
///
/// # Panics
/// When no port can be listened on.
pub async fn database_proxy(upstream: &str) -> DatabaseProxy {
    let doing = || format!("starting a proxy before the database server `{upstream}`");
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .and_then(TcpListener::into_std)
        .or_fail(doing);
    let address = listener.local_addr().or_fail(doing);
    let rules = Arc::new(Rules::default());
    let (stop, stopped) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_fail(doing);
    let (upstream, shared) = (upstream.to_owned(), Arc::clone(&rules));
    let thread = thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = serve(listener, &upstream, &shared) => {}
                _ = stopped => {}
            }
        });
    });
    DatabaseProxy {
        address,
        rules,
        stop: Some(stop),
        thread: Some(thread),
    }
}

impl DatabaseProxy {
    /// Returns where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns a database URL with the proxy's address in place of its host and port.
    ///
    /// # Panics
    /// When it has no host and port.
    #[track_caller]
    pub fn url(&self, url: &str) -> String {
        through(url, self.address)
            .ok_or_else(|| anyhow::anyhow!("it has no user and no path around a host and port"))
            .or_fail(|| "putting the proxy's address into a database URL".to_owned())
    }

    /// Returns all statements that clients have sent, in the order in which they came to the proxy; those that
    /// were not sent on too.
    pub fn statements(&self) -> Vec<Statement> {
        self.rules.statements()
    }

    /// Forgets the statements so far; the next one has the number 1.
    pub fn forget(&self) {
        self.rules.forget();
    }

    /// Installs the rule, in place of the one before: at the first statement for which `when` is true, at the
    /// given moment, `then` is called, and then the client's connection and the server's are dropped. A rule
    /// works once; [`has_fired`](Self::has_fired) tells whether it has.
    ///
    /// `when` is asked about every statement, whatever the moment; `then` may block, and what a client does
    /// meanwhile on other connections waits.
    pub fn rule<W, T>(&self, moment: Moment, when: W, then: T)
    where
        W: FnMut(&Statement) -> bool + Send + 'static,
        T: FnOnce(&Statement) + Send + 'static,
    {
        self.rules.install(moment, Box::new(when), Box::new(then));
    }

    /// Returns whether the rule installed last has called back.
    pub fn has_fired(&self) -> bool {
        self.rules.has_fired()
    }
}

impl Drop for DatabaseProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of a test's own closure has been printed.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, upstream: &str, rules: &Arc<Rules>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    // Dropped with its tasks.
    let mut connections = JoinSet::new();
    let mut number = 0;
    while let Ok((client, _)) = listener.accept().await {
        number += 1;
        let (upstream, rules) = (upstream.to_owned(), Arc::clone(rules));
        connections.spawn(async move {
            if let Ok(server) = TcpStream::connect(&upstream).await {
                // Its end, for whatever reason, is what both sides see.
                let _ = connection::run(client, server, number, &rules).await;
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

fn through(url: &str, address: SocketAddr) -> Option<String> {
    let (before, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let user = match authority.rsplit_once('@') {
        Some((user, _)) => format!("{user}@"),
        None => String::new(),
    };
    Some(format!("{before}://{user}{address}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_keeps_all_but_its_host_and_port() {
        let address: SocketAddr = "127.0.0.1:7".parse().unwrap();
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(through(url, address).as_deref(), expected);
        };
        check(
            "postgres://me:p@example:5432/db?sslmode=disable",
            Some("postgres://me:p@127.0.0.1:7/db?sslmode=disable"),
        );
        check("mysql://example/db", Some("mysql://127.0.0.1:7/db"));
        check("sqlite:file", None);
    }
}
