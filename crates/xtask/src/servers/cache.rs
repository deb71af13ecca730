//! The folder outside the repository where built servers are kept.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

/// Where the cache is; on the command line, or from the environment as the XDG base directory
/// specification says.
#[derive(Debug, Clone, clap::Args)]
pub struct CacheArgs {
    /// Folder of user-specific cached data.
    #[arg(long, env = "XDG_CACHE_HOME", value_name = "DIR", hide_env_values = true)]
    cache_home: Option<PathBuf>,
    /// Folder with `.cache`, used when there is no cache folder.
    #[arg(long, env = "HOME", value_name = "DIR", hide = true)]
    home: Option<PathBuf>,
}

impl CacheArgs {
    /// Returns the folder `chancery` in the user's cache folder, which it creates.
    ///
    /// # Errors
    /// When neither `XDG_CACHE_HOME` nor `HOME` is an absolute path (a relative one is to be ignored by the
    /// XDG specification), or the folder cannot be made.
    pub fn folder(&self) -> Result<PathBuf> {
        let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
        let home = absolute(&self.cache_home)
            .or_else(|| absolute(&self.home).map(|home| home.join(".cache")))
            .context("finding the cache folder: neither XDG_CACHE_HOME nor HOME is an absolute path")?;
        let folder = home.join("chancery");
        fs::create_dir_all(&folder)
            .with_context(|| format!("making the cache folder `{}`", folder.display()))?;
        Ok(folder)
    }
}

/// Returns the lock on a file, waiting for another process that has it; it goes when the value is dropped
/// and when the process ends in any way.
///
/// # Errors
/// When the file cannot be made.
async fn lock(path: &Path, what: &str) -> Result<File> {
    let file = File::create(path).with_context(|| format!("making the lock file `{}`", path.display()))?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    crate::progress(&format!("waiting for another process that builds {what}"));
                    told = true;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking `{}`", path.display()));
            }
        }
    }
}

/// Returns the folder `name` of the cache's tools, which `fill` fills unless it is there.
///
/// The name has to be another one for other contents. The folder appears whole by one rename: a killed fill
/// leaves nothing that looks finished, and two processes do not fill it at once.
///
/// # Errors
/// When the cache cannot be written, or `fill` fails.
pub(super) async fn folder<F>(cache: &Path, name: &str, what: &str, fill: F) -> Result<PathBuf>
where
    F: AsyncFnOnce(&Path) -> Result<()>,
{
    let tools = cache.join("tools");
    fs::create_dir_all(&tools).with_context(|| format!("making the cache folder `{}`", tools.display()))?;
    let done = tools.join(name);
    if done.is_dir() {
        return Ok(done);
    }
    let _lock = lock(&tools.join(format!("{name}.lock")), what).await?;
    if done.is_dir() {
        return Ok(done);
    }
    let partial = tools.join(format!("{name}.partial"));
    if partial.exists() {
        fs::remove_dir_all(&partial).with_context(|| {
            format!(
                "removing `{}`, left by a build that was stopped",
                partial.display()
            )
        })?;
    }
    fs::create_dir(&partial).with_context(|| format!("making `{}`", partial.display()))?;
    fill(&partial).await?;
    fs::rename(&partial, &done)
        .with_context(|| format!("renaming `{}` to `{}`", partial.display(), done.display()))?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(cache_home: Option<&Path>, home: Option<&Path>) -> CacheArgs {
        CacheArgs {
            cache_home: cache_home.map(Path::to_owned),
            home: home.map(Path::to_owned),
        }
    }

    #[test]
    fn a_relative_cache_folder_is_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let folder = args(Some(Path::new("relative")), Some(dir.path()))
            .folder()
            .unwrap();
        assert_eq!(folder, dir.path().join(".cache/chancery"));
        assert!(args(Some(Path::new("relative")), None).folder().is_err());
    }

    #[test]
    fn the_cache_folder_wins_over_home() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(
            args(Some(dir.path()), Some(Path::new("/"))).folder().unwrap(),
            dir.path().join("chancery")
        );
    }
}
