//! Servers that are built from pinned Go modules: versions in `go.mod`, checksums in `go.sum`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::cache;
use super::reaper::Reaper;

/// One `go.mod` of ours and the programs that one `go build` makes from it.
#[derive(Debug, Clone, Copy)]
pub struct GoTools {
    /// Folder under `crates/testkit/tools`, and the beginning of the cache folder's name.
    pub name: &'static str,
    /// Packages to build.
    packages: &'static [&'static str],
    /// Values that the projects' own builds set, `-X` of the linker.
    variables: &'static [&'static str],
    /// Programs to rename: Go names them after the last element of the package's path.
    renamed: &'static [(&'static str, &'static str)],
    /// Files of a module to keep beside the programs: module, file in it, name.
    files: &'static [(&'static str, &'static str, &'static str)],
}

/// etcd, kube-apiserver and kube-controller-manager. One build, since the last two share most packages.
pub const KUBERNETES: GoTools = GoTools {
    name: "kubernetes",
    packages: &[
        "go.etcd.io/etcd/server/v3",
        "k8s.io/kubernetes/cmd/kube-apiserver",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
    ],
    // Without them the server calls itself v0.0.0, and clients that compare versions misbehave.
    variables: &[
        "k8s.io/component-base/version.gitMajor=1",
        "k8s.io/component-base/version.gitMinor=36",
        "k8s.io/component-base/version.gitVersion=v1.36.3",
    ],
    renamed: &[("server", "etcd")],
    files: &[],
};

/// The real kubeseal and the real Sealed Secrets controller with its CRD.
pub const SEALED_SECRETS: GoTools = GoTools {
    name: "sealed-secrets",
    packages: &[
        "github.com/bitnami/sealed-secrets/cmd/kubeseal",
        "github.com/bitnami/sealed-secrets/cmd/controller",
    ],
    variables: &["main.VERSION=0.40.0"],
    renamed: &[],
    files: &[(
        "github.com/bitnami/sealed-secrets",
        "helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",
        "crd.yaml",
    )],
};

/// Our program over Flux's and kstatus' own packages; its source is beside `go.mod`.
pub const STATUS_CHECK: GoTools = GoTools {
    name: "status-check",
    packages: &["."],
    variables: &[],
    renamed: &[],
    files: &[],
};

/// Our program over Go's text/template and sprig; its source is beside `go.mod`.
pub const TEMPLATE: GoTools = GoTools {
    name: "template",
    packages: &["."],
    variables: &[],
    renamed: &[],
    files: &[],
};

/// All groups, the quick ones first.
pub const ALL: [GoTools; 4] = [TEMPLATE, SEALED_SECRETS, STATUS_CHECK, KUBERNETES];

impl GoTools {
    /// Returns the folder with `go.mod` and `go.sum`.
    pub fn module(&self, root: &Path) -> PathBuf {
        root.join("crates/testkit/tools").join(self.name)
    }

    /// Returns the Go version that `go.mod` asks for, as in `1.26.0`.
    ///
    /// # Errors
    /// When `go.mod` cannot be read or has no `go` line.
    pub fn go_version(&self, root: &Path) -> Result<String> {
        let path = self.module(root).join("go.mod");
        let text = fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
        text.lines()
            .find_map(|line| line.strip_prefix("go "))
            .map(|version| version.trim().to_owned())
            .with_context(|| format!("`{}` has no line `go VERSION`", path.display()))
    }

    /// Returns the folder with the programs, which it builds unless the cache has them.
    ///
    /// The folder's name is a digest of everything that was built from, so a changed pin builds anew.
    ///
    /// # Errors
    /// When `go build` fails; its output has gone to standard error.
    pub async fn provide(&self, root: &Path, cache: &Path, reaper: &Reaper) -> Result<PathBuf> {
        let name = format!("{}-{}", self.name, self.digest(root)?);
        cache::folder(cache, &name, self.name, async |partial| {
            self.fill(root, partial, reaper).await
        })
        .await
    }

    /// Returns what is built, for messages.
    fn what(&self) -> String {
        match self.packages {
            ["."] => self.name.to_owned(),
            packages => packages.join(", "),
        }
    }

    async fn fill(&self, root: &Path, partial: &Path, reaper: &Reaper) -> Result<()> {
        crate::progress(&format!("building {} (minutes, once a version)", self.what()));
        self.build(root, partial, reaper).await?;
        for (built, wanted) in self.renamed {
            fs::rename(partial.join(built), partial.join(wanted))
                .with_context(|| format!("renaming `{built}` in `{}` to `{wanted}`", partial.display()))?;
        }
        for (module, file, wanted) in self.files {
            let source = self.module_folder(root, module).await?.join(file);
            fs::write(
                partial.join(wanted),
                fs::read(&source).with_context(|| format!("reading `{}`", source.display()))?,
            )
            .with_context(|| format!("writing `{wanted}` in `{}`", partial.display()))?;
        }
        Ok(())
    }

    async fn build(&self, root: &Path, output: &Path, reaper: &Reaper) -> Result<()> {
        let mut folder = output.as_os_str().to_owned();
        folder.push("/");
        let mut go = self.go(root);
        go.arg("build")
            .args(FLAGS)
            .arg(self.linker_flags())
            .arg("-o")
            .arg(folder)
            .args(self.packages);
        let status = reaper.wait(&mut go, "go build").await?;
        ensure!(
            status.success(),
            "building {} from `{}`: `go build` ended with {status}; its message is above",
            self.what(),
            self.module(root).join("go.mod").display()
        );
        Ok(())
    }

    async fn module_folder(&self, root: &Path, module: &str) -> Result<PathBuf> {
        let output = self
            .go(root)
            .args(["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module])
            .output()
            .await;
        let output = output.with_context(|| format!("asking Go for the folder of `{module}`"))?;
        ensure!(
            output.status.success(),
            "asking Go for the folder of `{module}`: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
    }

    fn go(&self, root: &Path) -> Command {
        let mut go = Command::new("go");
        // Static programs, that run in any mount namespace; flags of the user's own would change what is built.
        go.current_dir(self.module(root))
            .env("CGO_ENABLED", "0")
            .env("GOFLAGS", "")
            .env("GOWORK", "off");
        go
    }

    fn linker_flags(&self) -> String {
        let variables = self.variables.iter().flat_map(|variable| ["-X", *variable]);
        format!(
            "-ldflags={}",
            ["-s", "-w"]
                .into_iter()
                .chain(variables)
                .collect::<Vec<_>>()
                .join(" ")
        )
    }

    fn digest(&self, root: &Path) -> Result<String> {
        let module = self.module(root);
        let mut digest = Sha256::new();
        for path in sources(&module)? {
            let bytes = fs::read(&path).with_context(|| format!("reading `{}`", path.display()))?;
            digest.update(bytes.len().to_be_bytes());
            digest.update(bytes);
        }
        digest.update(format!(
            "{self:?} {FLAGS:?} {} {}",
            std::env::consts::OS,
            std::env::consts::ARCH
        ));
        Ok(super::identity::hex(
            digest.finalize().get(..8).unwrap_or_default(),
        ))
    }
}

/// Returns the files that a build depends on, besides what they name: `go.mod`, `go.sum`, and sources of ours.
fn sources(module: &Path) -> Result<Vec<PathBuf>> {
    let doing = || format!("listing `{}`", module.display());
    let mut own = Vec::new();
    for entry in fs::read_dir(module).with_context(doing)? {
        let path = entry.with_context(doing)?.path();
        if path.extension().is_some_and(|extension| extension == "go") {
            own.push(path);
        }
    }
    own.sort();
    let pins = ["go.mod", "go.sum"].map(|file| module.join(file));
    Ok(pins.into_iter().chain(own).collect())
}

/// `-mod=readonly`: never another version than `go.mod` says. `-trimpath` and `-buildvcs=false`: the same
/// bytes wherever the checkout is.
const FLAGS: [&str; 3] = ["-mod=readonly", "-trimpath", "-buildvcs=false"];

#[cfg(test)]
mod tests {
    use super::*;

    fn root_with(go_mod: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let module = SEALED_SECRETS.module(root.path());
        fs::create_dir_all(&module).unwrap();
        fs::write(module.join("go.mod"), go_mod).unwrap();
        fs::write(module.join("go.sum"), "").unwrap();
        root
    }

    #[test]
    fn another_pin_is_another_folder() {
        let digest = |text| SEALED_SECRETS.digest(root_with(text).path()).unwrap();
        assert_eq!(digest("require a v1\n"), digest("require a v1\n"));
        assert_ne!(digest("require a v1\n"), digest("require a v2\n"));
        let other = GoTools {
            variables: &["main.VERSION=0"],
            ..SEALED_SECRETS
        };
        let root = root_with("");
        assert_ne!(
            other.digest(root.path()).unwrap(),
            SEALED_SECRETS.digest(root.path()).unwrap()
        );
    }

    #[test]
    fn another_source_is_another_folder() {
        let root = root_with("module x\n");
        let before = SEALED_SECRETS.digest(root.path()).unwrap();
        let module = SEALED_SECRETS.module(root.path());
        fs::write(module.join("notes.md"), "no source").unwrap();
        assert_eq!(SEALED_SECRETS.digest(root.path()).unwrap(), before);
        fs::write(module.join("main.go"), "package main\n").unwrap();
        assert_ne!(SEALED_SECRETS.digest(root.path()).unwrap(), before);
    }

    #[test]
    fn the_pins_of_this_repository_name_their_go_version() {
        for tools in ALL {
            assert!(
                tools
                    .go_version(crate::repository::root())
                    .unwrap()
                    .starts_with("1."),
                "{}",
                tools.name
            );
        }
        assert!(SEALED_SECRETS.go_version(root_with("module x\n").path()).is_err());
    }

    #[tokio::test]
    async fn a_cached_folder_is_used_without_go() {
        let root = root_with("not a go.mod");
        let cache = tempfile::tempdir().unwrap();
        let name = format!("sealed-secrets-{}", SEALED_SECRETS.digest(root.path()).unwrap());
        let folder = cache.path().join("tools").join(name);
        fs::create_dir_all(&folder).unwrap();
        let reaper = Reaper::start().unwrap();
        assert_eq!(
            SEALED_SECRETS
                .provide(root.path(), cache.path(), &reaper)
                .await
                .unwrap(),
            folder
        );
    }

    #[tokio::test]
    async fn a_failed_build_leaves_no_folder_that_looks_finished() {
        let root = root_with("not a go.mod");
        let cache = tempfile::tempdir().unwrap();
        let reaper = Reaper::start().unwrap();
        assert!(
            SEALED_SECRETS
                .provide(root.path(), cache.path(), &reaper)
                .await
                .is_err()
        );
        let left: Vec<_> = fs::read_dir(cache.path().join("tools"))
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert!(left.iter().all(|name| {
            let name = name.to_string_lossy();
            name.ends_with(".lock") || name.ends_with(".partial")
        }));
    }
}
