//! Sprig's functions of passwords (crypto.go): bcrypt, and the Master Password algorithm.

use aws_lc_rs::hmac;
use bcrypt::Version;
use scrypt::Params;
use zeroize::Zeroizing;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(crate) const TABLE: &[Function] = &[
    Function::new("bcrypt", &[Param::String], |call, args| {
        let hash = hashed(call, args.text(0)?)?;
        call.string(hash)
    })
    .volatile(),
    Function::new("htpasswd", &[Param::String, Param::String], htpasswd).volatile(),
    // The counter is a `uint32` in Go.
    Function::new(
        "derivePassword",
        &[
            Param::Uint64,
            Param::String,
            Param::String,
            Param::String,
            Param::String,
        ],
        derive,
    ),
];

/// Go's default; sprig has no other.
const COST: u32 = 10;

/// About 60 ms.
const BCRYPT_STEPS: u64 = 60_000;

/// About 150 ms.
const SCRYPT_STEPS: u64 = 150_000;

/// What Go's bcrypt takes; more is an error there, which sprig puts into the text.
const LONGEST: usize = 72;

fn hashed(call: &mut Call<'_>, password: &[u8]) -> Result<String, Failure> {
    if password.len() > LONGEST {
        return Ok(
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned(),
        );
    }
    call.costly(BCRYPT_STEPS)?;
    let mut salt = [0; 16];
    call.fill(&mut salt)?;
    let hash = bcrypt::hash_with_salt(password, COST, salt);
    let hash = hash.map_err(|_| Failure::Refused("could not compute the hash"))?;
    Ok(hash.format_for_version(Version::TwoA))
}

fn htpasswd(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (user, password) = (args.text(0)?, args.text(1)?);
    if user.contains(&b':') {
        return call.string([b"invalid username: ".as_slice(), user].concat());
    }
    let hash = hashed(call, password)?;
    call.afford(user.len() + hash.len() + 1)?;
    call.string([user, b":".as_slice(), hash.as_bytes()].concat())
}

/// The name that the algorithm is salted with.
const SEED: &[u8] = b"com.lyndir.masterpassword";

/// What each character of a template stands for.
const CHARACTERS: &[(u8, &[u8])] = &[
    (b'V', b"AEIOU"),
    (b'C', b"BCDFGHJKLMNPQRSTVWXYZ"),
    (b'v', b"aeiou"),
    (b'c', b"bcdfghjklmnpqrstvwxyz"),
    (b'A', b"AEIOUBCDFGHJKLMNPQRSTVWXYZ"),
    (b'a', b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"),
    (b'n', b"0123456789"),
    (b'o', b"@&%?,=[]_:-+*$#!'^~;()/."),
    (
        b'x',
        b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    ),
];

/// Returns the templates of the algorithm for one kind of password.
fn templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

/// The Master Password algorithm (version 3), as sprig has it.
fn derive(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    // As in Go, only the low 32 bits of a larger one count.
    let counter = u32::try_from(args.uint64(0)? & u64::from(u32::MAX)).unwrap_or_default();
    let [kind, password, user, site] = [args.text(1)?, args.text(2)?, args.text(3)?, args.text(4)?];
    let Some(templates) = templates(kind) else {
        return call.string([b"cannot find password template ".as_slice(), kind].concat());
    };
    // The 32 MiB that scrypt works in are given back at once, so they are not charged; one run has them at a time.
    call.costly(SCRYPT_STEPS + (password.len() + user.len() + site.len()) as u64 / 256)?;
    let mut key = Zeroizing::new([0; 64]);
    let parameters = Params::new(15, 8, 2, 64).map_err(|_| Failure::Refused("could not derive a key"))?;
    scrypt::scrypt(password, &salted(user, None)?, &parameters, key.as_mut())
        .map_err(|_| Failure::Refused("could not derive a key"))?;
    let seed = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()),
        &salted(site, Some(counter))?,
    );
    let (first, seed) = seed.as_ref().split_first().unwrap_or((&0, &[]));
    let template = templates
        .get(usize::from(*first) % templates.len())
        .copied()
        .unwrap_or_default();
    let derived: Vec<u8> = template
        .bytes()
        .zip(seed)
        .filter_map(|(class, byte)| character(class, *byte))
        .collect();
    call.string(derived)
}

/// Returns the algorithm's name, the text with its length before it, and the counter.
fn salted(text: &[u8], counter: Option<u32>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let length = u32::try_from(text.len()).map_err(|_| Failure::Memory)?;
    let mut salt = [SEED, &length.to_be_bytes(), text].concat();
    salt.extend(counter.iter().flat_map(|counter| counter.to_be_bytes()));
    Ok(Zeroizing::new(salt))
}

fn character(class: u8, byte: u8) -> Option<u8> {
    let (_, characters) = CHARACTERS.iter().find(|(name, _)| *name == class)?;
    characters.get(usize::from(byte) % characters.len()).copied()
}
