//! Why a key is not retired, and what to do about it.

use sealing::Fingerprint;

use crate::cluster::ObjectName;
use crate::error::CommandError;
use crate::key_standing::Standing;
use crate::key_usage::Unseen;

/// How many objects a message names.
const NAMED: usize = 10;

/// Returns the refusal of a key that stands like this.
pub(super) fn refused(key: &Fingerprint, standing: Standing<'_>) -> CommandError {
    let reason = standing
        .obstacle()
        .map(|obstacle| obstacle.reason)
        .unwrap_or_default();
    let error = match standing {
        Standing::Needed(needed) => {
            CommandError::message(format!("{reason}: {}", named(&needed.objects)))
                .hint(
                    "`chancery reseal` their files to the newest key, apply them, and wait until they are there; then \
                     try again",
                )
                .hint(format!(
                    "`chancery keys list --needing {key}` lists them all, with their items"
                ))
        }
        Standing::Newest => CommandError::message(reason).hint(
            "`chancery keys rotate` makes a newer one; then `chancery reseal` the repository, apply, and retire this \
             one",
        ),
        Standing::Unseen(Unseen::All { .. }) => CommandError::message(reason).hint(
            "it takes the right to list SealedSecrets in all namespaces to see that nothing needs the key",
        ),
        Standing::Unseen(Unseen::Object { object }) => {
            CommandError::message(reason).hint(format!("mend or delete the SealedSecret `{object}`"))
        }
        Standing::Owned(name) => CommandError::message(reason).hint(format!(
            "take the label away where `{name}` is declared (of a Certificate of cert-manager that is \
             spec.secretTemplate); the controller has a copy of the key under a name of its own"
        )),
        Standing::OutOfUse | Standing::Free => CommandError::message(reason),
    };
    error.context(format!("cannot retire {key}"))
}

/// The first objects by name, and how many more they are.
pub(super) fn named(objects: &[ObjectName]) -> String {
    let first: Vec<String> = objects
        .iter()
        .take(NAMED)
        .map(|object| format!("`{object}`"))
        .collect();
    match objects.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
