//! `cargo xtask bench reseal`: the whole command against the RSA operations that it can't do without.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::commands::answer;
use crate::repository;

/// Measures so many runs, each beside the bare operations, and answers with the medians and their ratio.
///
/// # Errors
/// When something can't be built or fails.
pub(super) fn run(files: u32, runs: u32) -> Result<()> {
    let root = repository::root();
    crate::progress("building chancery and the measurement (release)");
    let build = |arguments: &[&str]| -> Result<()> {
        let status = Command::new("cargo")
            .args(["build", "--quiet", "--release"])
            .args(arguments)
            .current_dir(root)
            .status()
            .context("running `cargo build`")?;
        ensure!(
            status.success(),
            "building {arguments:?}: `cargo build` ended with {status}"
        );
        Ok(())
    };
    build(&["--bin", "chancery"])?;
    build(&["--package", "xtask", "--example", "reseal_bench"])?;
    let release = repository::target_directory(root)?.join("release");
    let (chancery, bench) = (release.join("chancery"), release.join("examples/reseal_bench"));

    let folder = tempfile::tempdir_in(&release).context("making a temporary folder")?;
    let folder = folder.path();
    crate::progress("making the repository");
    let items = said(
        Command::new(&bench)
            .arg("make")
            .arg(folder)
            .arg(files.to_string()),
    )?;
    let items: usize = items.parse().context("reading the number of items")?;
    fs::rename(folder.join("tree"), folder.join("old")).context("keeping the repository")?;

    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for number in 1..=runs {
        crate::progress(&format!("run {number} of {runs}"));
        copy(&folder.join("old"), &folder.join("tree"))?;
        ours.push(reseal(&chancery, folder)?);
        let seconds = said(Command::new(&bench).arg("rsa").arg(items.to_string()))?;
        bare.push(seconds.parse::<f64>().context("reading the seconds")?);
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    answer(format_args!(
        "re-seal {items} items in {files} files, 4096 bits, median of {runs} runs in turn"
    ));
    answer(format_args!("chancery reseal         {ours:>8.2} s"));
    answer(format_args!("bare RSA, all cores     {bare:>8.2} s"));
    answer(format_args!("chancery / bare RSA     {:>8.2}", ours / bare));
    Ok(())
}

/// Re-seals the tree, and returns the seconds that the whole process took.
fn reseal(chancery: &Path, folder: &Path) -> Result<f64> {
    let mut command = Command::new(chancery);
    command
        .args(["reseal", "tree", "--key", "old.pem,new.pem", "-q"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("running `{}`", chancery.display()))?;
    let time = start.elapsed();
    ensure!(status.success(), "re-sealing: it ended with {status}");
    Ok(time.as_secs_f64())
}

fn said(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} ended with {}",
        output.status
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Puts every file of a folder back. They are on the disk when it returns, so that no run pays for this one.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        let doing = || format!("copying `{}`", from.display());
        fs::create_dir_all(&to).with_context(doing)?;
        for entry in fs::read_dir(&from).with_context(doing)? {
            let entry = entry.with_context(doing)?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if from.is_dir() {
                folders.push((from, to));
            } else {
                fs::copy(&from, &to).with_context(doing)?;
                File::open(&to)
                    .and_then(|file| file.sync_all())
                    .with_context(doing)?;
            }
        }
    }
    Ok(())
}

fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_unstable_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_put_back_over_a_changed_one() {
        let folder = tempfile::tempdir().unwrap();
        let (old, tree) = (folder.path().join("old"), folder.path().join("tree"));
        for (root, text) in [(&old, "old"), (&tree, "changed")] {
            fs::create_dir_all(root.join("a/b")).unwrap();
            fs::write(root.join("a/b/c.yaml"), text).unwrap();
        }
        copy(&old, &tree).unwrap();
        assert_eq!(fs::read_to_string(tree.join("a/b/c.yaml")).unwrap(), "old");
    }

    #[test]
    fn a_program_that_fails_is_no_measurement() {
        let folder = tempfile::tempdir().unwrap();
        let error = reseal(Path::new("false"), folder.path()).unwrap_err();
        assert!(
            error.to_string().starts_with("re-sealing: it ended with"),
            "{error}"
        );
    }
}
