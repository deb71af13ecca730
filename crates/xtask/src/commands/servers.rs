//! `cargo xtask servers`: the private servers in the foreground.

use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::runtime;

use super::answer;
use super::test::interrupted;
use crate::repository;
use crate::servers::cache::CacheArgs;
use crate::servers::reaper::Reaper;
use crate::servers::{Running, provide, start};

/// What the command takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Install and build what is needed, and start nothing.
    #[arg(long)]
    build_only: bool,
    #[command(flatten)]
    cache: CacheArgs,
}

/// Provides the servers and, unless asked not to, starts them, prints the environment to export and waits for
/// Ctrl-C.
///
/// # Errors
/// When something is missing, or a server does not come up or ends by itself.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let cache = arguments.cache.folder()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting Tokio")?;
    // Dropped last, on every way out: it stops what was started.
    let reaper = Reaper::start()?;
    runtime.block_on(async {
        let work = async {
            let tools = provide(repository::root(), &cache, &reaper).await?;
            if arguments.build_only {
                crate::progress("everything that the servers need is there");
                return Ok(());
            }
            let mut running = start(repository::root(), tools, &reaper).await?;
            tell(&running);
            Err(anyhow::anyhow!(running.first_end().await))
        };
        tokio::select! {
            result = work => result.map(|()| ExitCode::SUCCESS),
            signal = interrupted() => signal.map(|_| ExitCode::SUCCESS),
        }
    })
}

fn tell(running: &Running) {
    let quoted = |path: &std::path::Path| format!("'{}'", path.display().to_string().replace('\'', "'\\''"));
    answer(format_args!(
        "export {}={}",
        testkit::HANDOVER,
        quoted(&running.handover)
    ));
    answer(format_args!("export KUBECONFIG={}", quoted(&running.kubeconfig)));
    let postgres = &running.servers.postgres;
    answer(format_args!(
        "export PGHOST={} PGPORT={} PGUSER={}",
        quoted(&postgres.socket),
        postgres.port,
        postgres.superuser
    ));
    crate::progress(&format!(
        "the servers run, with logs in `{}`; export the lines above in another terminal, Ctrl-C stops them",
        running.servers.logs.display()
    ));
}
