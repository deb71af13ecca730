//! What `cargo xtask bench reseal` measures with: a repository sealed with a 4096-bit key, and the bare RSA operations.
//! An example, because xtask itself must build also while the crates that seal do not.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, bail};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey};
use jiff::{SignedDuration, Timestamp};
use sealing::{KeyOptions, KeyPair, Label, Scope};
use testkit::sealed_tree::{Item, sealed_tree};

#[expect(
    clippy::print_stdout,
    reason = "its one number is for the program that runs it"
)]
fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match arguments.as_slice() {
        ["make", folder, files] => make(Path::new(folder), files.parse()?)?.to_string(),
        ["rsa", operations] => rsa(operations.parse()?)?.to_string(),
        _ => bail!("usage: reseal_bench make FOLDER FILES | rsa OPERATIONS"),
    };
    println!("{answer}");
    Ok(())
}

/// Makes `tree/` and the keys `old.pem` and `new.pem`, and returns how many items are in the tree.
fn make(folder: &Path, files: usize) -> Result<usize> {
    let (old, new) = (key("2026-01-01T00:00:00Z")?, key("2026-02-01T00:00:00Z")?);
    for (pair, name) in [(&old, "old.pem"), (&new, "new.pem")] {
        let pem = format!("{}{}", pair.private_key_pem().as_str(), pair.certificate.to_pem());
        let path = folder.join(name);
        fs::write(&path, pem).with_context(|| format!("writing `{}`", path.display()))?;
    }
    let mut items = 0;
    for file in sealed_tree(files) {
        let mut seal = |item: &Item| {
            items += 1;
            let pair = if item.current { &new } else { &old };
            let scope: Scope = item.scope.parse().unwrap_or_default();
            let label = Label::new(scope, &item.namespace, &item.name);
            let sealed =
                pair.certificate
                    .public_key()
                    .seal(&SystemRandom::new(), &label, item.value.as_bytes());
            sealed
                .map(|sealed| sealing::encode_item(&sealed))
                .unwrap_or_default()
        };
        let bytes = file.render(&mut seal, old.certificate.fingerprint().as_str());
        file.write(&folder.join("tree"), &bytes);
    }
    Ok(items)
}

fn key(not_before: &str) -> Result<KeyPair> {
    Ok(KeyPair::generate(&KeyOptions {
        bits: 4096,
        common_name: String::new(),
        not_before: not_before.parse::<Timestamp>()?,
        valid_for: SignedDuration::from_hours(24 * 365 * 50),
    })?)
}

/// Does so many private-key and public-key operations of 4096 bits on all cores, and returns the seconds.
fn rsa(operations: usize) -> Result<f64> {
    let failed = |what: &'static str| move |_| anyhow!("{what} failed");
    let private = PrivateDecryptingKey::generate(KeySize::Rsa4096).map_err(failed("making a key"))?;
    let public = OaepPublicEncryptingKey::new(private.public_key()).map_err(failed("reading a key"))?;
    let private = OaepPrivateDecryptingKey::new(private).map_err(failed("reading a key"))?;
    let encrypt = |public: &OaepPublicEncryptingKey| -> Result<Vec<u8>> {
        let mut sealed = vec![0; public.ciphertext_size()];
        public
            .encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 32], &mut sealed, None)
            .map_err(failed("encrypting"))?;
        Ok(sealed)
    };
    let sealed = encrypt(&public)?;
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let start = Instant::now();
    let work = |count: usize| -> Result<()> {
        let mut opened = vec![0; private.min_output_size()];
        for _ in 0..count {
            private
                .decrypt(&OAEP_SHA256_MGF1SHA256, &sealed, &mut opened, None)
                .map_err(failed("decrypting"))?;
            encrypt(&public)?;
        }
        Ok(())
    };
    let work = &work;
    thread::scope(|scope| {
        let share = |at: usize| operations / threads + usize::from(at < operations % threads);
        let threads: Vec<_> = (0..threads)
            .map(|at| scope.spawn(move || work(share(at))))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .map_err(|_| anyhow!("a thread of the measurement panicked"))?
        })
    })?;
    Ok(start.elapsed().as_secs_f64())
}
