//! `chancery keys generate`: a new sealing key.

use std::path::PathBuf;

use aws_lc_rs::rand::SecureRandom;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use manifests::keys::{self, KeySecretName};
use sealing::{KeyOptions, KeyPair};
use zeroize::Zeroizing;

use crate::atomic_file;
use crate::cluster::object_name;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Status};
use crate::local::LocalStore;

const EXAMPLES: &str = "\
Examples:
  chancery keys generate --local .chancery   for a folder that stands in for a cluster
  chancery keys generate -w key.yaml         for a cluster: kubectl apply -f key.yaml, then
                                             restart the controller

Keep the key out of Git. Whoever has it can open everything that was sealed for it; without it
nobody can.";

/// What Kubernetes' own name generator draws from: no vowels, so no words.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Make a new sealing key
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GenerateArgs {
    /// Add the key to this folder, which stands in for a cluster; made when it does not exist
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "write",
        conflicts_with = "write"
    )]
    local: Option<PathBuf>,
    /// Write the key to this new file, as a Secret that a controller takes, readable by its owner alone
    #[arg(short = 'w', long = "write", value_name = "FILE")]
    write: Option<PathBuf>,
    /// The namespace in the Secret that `-w` writes: the controller's
    #[arg(short, long, value_name = "NAMESPACE", default_value = "kube-system", value_parser = object_name)]
    namespace: String,
    /// Size of the RSA key: 2048, 3072 or 4096
    #[arg(long, value_name = "BITS", default_value = "4096", value_parser = bits)]
    bits: u32,
    /// How long its certificate can be sealed with: hours, days or weeks, such as 720h or 365d
    #[arg(long, value_name = "TIME", default_value = "87600h", value_parser = lifetime)]
    ttl: SignedDuration,
    /// The common name in its certificate
    #[arg(long, value_name = "NAME", default_value = "")]
    common_name: String,
}

/// Makes the key and keeps it where it was asked for.
///
/// # Errors
/// When the file exists, the store is refused, or writing fails.
pub(crate) fn run(args: &GenerateArgs, context: &Context) -> CommandResult {
    let store = args
        .local
        .as_deref()
        .map(LocalStore::open_or_create)
        .transpose()?;
    let pair = KeyPair::generate(&KeyOptions {
        bits: args.bits,
        common_name: args.common_name.clone(),
        not_before: context.now,
        valid_for: args.ttl,
    })
    .map_err(|error| CommandError::failed(error).context("cannot make a key"))?;
    let name = format!("{}{}", api::names::SEALING_KEY_PREFIX, suffix(&context.rng)?);
    let secret = keys::key_secret(
        &pair,
        KeySecretName::Name(&name),
        Some(&args.namespace),
        Some(context.now),
    );
    let path = match (store, &args.write) {
        (Some(store), _) => store.add_key(&secret)?,
        (None, Some(path)) => {
            let text = Zeroizing::new(manifests::yaml::to_string(&secret).map_err(CommandError::failed)?);
            atomic_file::create_secret(path, text.as_bytes())?;
            path.clone()
        }
        (None, None) => {
            return Err(CommandError::usage(
                "name a place for the key: --local DIR or -w FILE",
            ));
        }
    };
    context.printer.note(&format!("wrote `{}`", path.display()));
    context.printer.report(&format!(
        "{name}  {}  expires {}\n",
        pair.certificate.fingerprint(),
        pair.certificate.not_after()
    ))?;
    Ok(Status::Done)
}

/// Five characters, as the API server adds them to `generateName`.
fn suffix(rng: &dyn SecureRandom) -> Result<String, CommandError> {
    let mut text = String::new();
    while text.len() < 5 {
        let mut byte = [0];
        rng.fill(&mut byte)
            .map_err(|_| CommandError::message("the random number generator failed"))?;
        // Bytes above the last whole run of the alphabet would make its first letters likelier.
        if let Some(&letter) = (byte[0] < 243).then(|| &ALPHABET[usize::from(byte[0]) % ALPHABET.len()]) {
            text.push(char::from(letter));
        }
    }
    Ok(text)
}

fn bits(text: &str) -> Result<u32, String> {
    match text {
        "2048" => Ok(2048),
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("use 2048, 3072 or 4096".to_owned()),
    }
}

/// A certificate's dates have whole seconds and four-digit years, so anything that would leave them
/// is refused here, where the flag can be named.
fn lifetime(text: &str) -> Result<SignedDuration, String> {
    let most = SignedDuration::from_hours(24 * 365 * 100);
    let least = SignedDuration::from_secs(1);
    text.parse::<Span>()
        .ok()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|duration| (least..=most).contains(duration))
        .ok_or_else(|| "use a time such as 720h, 365d or 52w, at most a hundred years".to_owned())
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_lifetime_is_hours_days_or_weeks() {
        assert_eq!(lifetime("87600h"), Ok(SignedDuration::from_hours(87_600)));
        assert_eq!(lifetime("2d"), Ok(SignedDuration::from_hours(48)));
        assert_eq!(lifetime("1w"), Ok(SignedDuration::from_hours(168)));
    }

    #[test]
    fn a_lifetime_that_no_certificate_can_have_is_refused() {
        for text in ["", "0h", "-1h", "12", "soon", "9999999999h", "100000d", "1 month"] {
            assert!(lifetime(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_suffix_has_five_letters_of_kubernetes_own_alphabet() {
        let text = suffix(&SystemRandom::new()).unwrap();
        assert!(
            text.len() == 5 && text.bytes().all(|byte| ALPHABET.contains(&byte)),
            "{text}"
        );
    }
}
