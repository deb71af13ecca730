//! `chancery quickstart`: the main job from end to end, with no cluster and no server.

mod files;
mod schema;
mod tour;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use tour::Tour;

/// Show the main job in a folder of its own
///
/// Makes a small folder as it would be in Git (a Secret, a Database, two Tables), and runs on it what
/// you would run, showing each command and what it says. Needs no cluster and no server: keys live in
/// DIR/.chancery, the database is a SQLite file. The folder stays, to go on with.
#[derive(clap::Args, Debug)]
pub(crate) struct QuickstartArgs {
    /// The folder to make; it must not exist, or be empty
    #[arg(value_name = "DIR", default_value = "chancery-quickstart")]
    folder: PathBuf,
}

/// Runs the tour.
///
/// # Errors
/// When the folder has something in it or cannot be written, and when a step fails.
pub(crate) fn run(args: &QuickstartArgs, context: &Context) -> CommandResult {
    let folder = &args.folder;
    prepare(folder)?;
    // The commands are shown as someone types them who has changed into the folder. Nothing else runs
    // in this process that a change of folder could disturb.
    std::env::set_current_dir(folder)
        .with_context(|| format!("cannot change into `{}`", folder.display()))?;
    let tour = Tour::new(context);
    tour.shell(&format!("cd {}", folder.display()))?;
    tour.say("A small folder, as it would be in Git. `plain/` and `.chancery/` stay out of Git.")?;
    tour.list(&files::write()?)?;
    sealing_steps(&tour)?;
    schema::steps(&tour)?;
    tour.say(&format!(
        "That was it. Everything is still in `{}`: change something and go on.",
        folder.display()
    ))?;
    Ok(Status::Done)
}

fn prepare(folder: &Path) -> Result<(), CommandError> {
    let doing = || format!("cannot make the folder `{}`", folder.display());
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(
                    CommandError::message(format!("the folder `{}` is not empty", folder.display())).hint(
                        "quickstart only writes into a new or empty folder: `chancery quickstart OTHER`",
                    ),
                );
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(fs::create_dir_all(folder).with_context(doing)?)
        }
        Err(error) => Err(CommandError::failed(error).context(doing())),
    }
}

fn sealing_steps(tour: &Tour<'_>) -> Result<(), CommandError> {
    tour.say(
        "1. A sealing key. In a cluster the controller makes it; here a folder stands in for the cluster.",
    )?;
    tour.chancery(&["keys", "generate", "--local", ".chancery"])?;
    tour.say("2. Before a commit: seal the Secret. Only the key's holder can open what comes out.")?;
    tour.chancery(&[
        "seal",
        "-f",
        "plain/payments.yaml",
        "-w",
        "sealed/",
        "--local",
        ".chancery",
    ])?;
    tour.show(Path::new("sealed/payments.yaml"))?;
    tour.say("3. In a cluster the controller opens it. Here is the same by hand.")?;
    tour.chancery(&["unseal", "sealed/payments.yaml", "--local", ".chancery"])?;
    tour.say("4. Keep it where the stand-in cluster keeps its Secrets.")?;
    tour.chancery(&["unseal", "-f", "sealed/", "--local", ".chancery", "--save"])?;
    Ok(())
}
