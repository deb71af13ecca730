//! Sprig's `genPrivateKey` (crypto.go), and the private keys of certificates.

mod curve;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use zeroize::Zeroizing;

use self::curve::Curve;
use super::{der, pem};
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(crate) const TABLE: &[Function] =
    &[Function::new("genPrivateKey", &[Param::String], gen_private_key).volatile()];

/// A private key with what signs with it.
pub(super) enum PrivateKey {
    Rsa {
        pkcs1: Zeroizing<Vec<u8>>,
        pair: Box<RsaKeyPair>,
    },
    Ec {
        curve: &'static Curve,
        scalar: Zeroizing<Vec<u8>>,
        pair: Box<EcdsaKeyPair>,
    },
    Ed25519 {
        seed: Zeroizing<Vec<u8>>,
        pair: Box<Ed25519KeyPair>,
    },
    /// Go reads these too; nothing can be signed with one.
    Dsa,
}

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const SHA256_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const ED25519: &[u8] = b"\x2b\x65\x70";

/// About 100 ms as an average; it is found by chance.
const RSA_2048_STEPS: u64 = 100_000;
/// About a second as an average.
const RSA_4096_STEPS: u64 = 500_000;
const SIGNATURE_STEPS: u64 = 2_000;

const NOT_GENERATED: Failure = Failure::Refused("could not generate a key");
const NOT_READ: Failure = Failure::Refused("needs a private key in PEM that it can read");
const NOT_SIGNED: Failure = Failure::Refused("could not sign with that private key");

impl PrivateKey {
    /// Generates what certificates without a given key have: 2048 bits.
    ///
    /// The library has its own source of randomness for keys of RSA and of curves, the system's.
    pub(super) fn rsa_2048(call: &mut Call<'_>) -> Result<Self, Failure> {
        call.costly(RSA_2048_STEPS)?;
        Self::rsa(KeySize::Rsa2048)
    }

    fn rsa(size: KeySize) -> Result<Self, Failure> {
        let pair = RsaKeyPair::generate(size).map_err(|_| NOT_GENERATED)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| NOT_GENERATED)?;
        Self::from_pkcs8(pkcs8.as_ref()).ok_or(NOT_GENERATED)
    }

    /// Reads a key as sprig does: PKCS#8, or the older form of its kind.
    pub(super) fn from_pem(call: &mut Call<'_>, text: &[u8]) -> Result<Self, Failure> {
        call.costly(SIGNATURE_STEPS + text.len() as u64 / 64)?;
        call.memory(text.len().saturating_mul(2))?;
        let block = pem::decode(text).ok_or(NOT_READ)?;
        let key = match block.label.as_slice() {
            b"PRIVATE KEY" => Self::from_pkcs8(&block.bytes),
            b"RSA PRIVATE KEY" => Self::from_pkcs1(&block.bytes),
            b"EC PRIVATE KEY" => Self::from_sec1(&block.bytes, None),
            b"DSA PRIVATE KEY" => dsa(&block.bytes),
            _ => None,
        };
        key.ok_or(NOT_READ)
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        let mut info = der::Reader(bytes).sequence()?;
        info.read(der::INTEGER)?;
        let mut algorithm = info.sequence()?;
        let key = info.read(der::OCTET_STRING)?;
        match algorithm.read(der::OBJECT)? {
            RSA => Self::from_pkcs1(key),
            EC => Self::from_sec1(key, algorithm.read(der::OBJECT)),
            ED25519 => Self::from_seed(der::Reader(key).read(der::OCTET_STRING)?),
            _ => None,
        }
    }

    fn from_pkcs1(bytes: &[u8]) -> Option<Self> {
        let pair = RsaKeyPair::from_der(bytes).ok()?;
        Some(Self::Rsa {
            pkcs1: Zeroizing::new(bytes.to_vec()),
            pair: Box::new(pair),
        })
    }

    /// Reads SEC 1, section C.4; PKCS#8 says the curve outside.
    fn from_sec1(bytes: &[u8], curve: Option<&[u8]>) -> Option<Self> {
        let mut key = der::Reader(bytes).sequence()?;
        key.read(der::INTEGER)?;
        let scalar = key.read(der::OCTET_STRING)?;
        let inside = key
            .read(curve::PARAMETERS)
            .and_then(|inside| der::Reader(inside).read(der::OBJECT));
        let curve = Curve::named(curve.or(inside)?)?;
        // Encoded anew, since what a text leaves out is optional in one form and not in another.
        let plain = der::value(
            der::SEQUENCE,
            &[
                &der::value(der::INTEGER, &[&[1]]),
                &der::value(der::OCTET_STRING, &[&curve.padded(scalar)?]),
                &der::value(curve::PARAMETERS, &[&der::value(der::OBJECT, &[curve.object])]),
            ],
        );
        let pair = EcdsaKeyPair::from_private_key_der(curve.signing, &plain).ok()?;
        Some(Self::Ec {
            curve,
            scalar: curve.padded(scalar)?,
            pair: Box::new(pair),
        })
    }

    fn from_seed(seed: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        Some(Self::Ed25519 {
            seed: Zeroizing::new(seed.to_vec()),
            pair: Box::new(pair),
        })
    }

    /// Returns the key in the form that sprig gives it, in PEM; none for what Go can't use in a certificate.
    pub(super) fn pem(&self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Rsa { pkcs1, .. } => Some(pem::encode("RSA PRIVATE KEY", pkcs1)),
            Self::Ec { curve, scalar, pair } => Some(pem::encode(
                "EC PRIVATE KEY",
                &curve.sec1(scalar, pair.public_key().as_ref()),
            )),
            Self::Ed25519 { seed, .. } => {
                let key = der::value(der::OCTET_STRING, &[&der::value(der::OCTET_STRING, &[seed])]);
                let info = [&*der::value(der::INTEGER, &[&[0]]), &*ed25519(), &*key];
                Some(pem::encode(
                    "PRIVATE KEY",
                    &der::value(der::SEQUENCE, &info.map(Vec::as_slice)),
                ))
            }
            Self::Dsa => None,
        }
    }

    /// Returns the public key's bytes, and the whole with its algorithm (RFC 5280, section 4.1.2.7).
    pub(super) fn public(&self) -> Option<(Vec<u8>, Zeroizing<Vec<u8>>)> {
        let (algorithm, bytes) = match self {
            Self::Rsa { pair, .. } => (rsa(RSA), pair.public_key().as_ref()),
            Self::Ec { curve, pair, .. } => {
                let names = [
                    &*der::value(der::OBJECT, &[EC]),
                    &*der::value(der::OBJECT, &[curve.object]),
                ];
                (
                    der::value(der::SEQUENCE, &names.map(Vec::as_slice)),
                    pair.public_key().as_ref(),
                )
            }
            Self::Ed25519 { pair, .. } => (ed25519(), pair.public_key().as_ref()),
            Self::Dsa => return None,
        };
        Some((
            bytes.to_vec(),
            der::value(der::SEQUENCE, &[&algorithm, &der::bits(bytes)]),
        ))
    }

    /// Returns the algorithm that Go chooses for signatures of this key.
    pub(super) fn signature_algorithm(&self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Rsa { .. } => Some(rsa(SHA256_WITH_RSA)),
            Self::Ec { curve, .. } => Some(der::value(
                der::SEQUENCE,
                &[&der::value(der::OBJECT, &[curve.signature])],
            )),
            Self::Ed25519 { .. } => Some(ed25519()),
            Self::Dsa => None,
        }
    }

    /// Returns the signature of `message`.
    pub(super) fn sign(&self, call: &mut Call<'_>, message: &[u8]) -> Result<Vec<u8>, Failure> {
        call.costly(SIGNATURE_STEPS)?;
        match self {
            Self::Rsa { pair, .. } => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, call.random(), message, &mut signature)
                    .map_err(|_| NOT_SIGNED)?;
                Ok(signature)
            }
            Self::Ec { pair, .. } => {
                let signature = pair.sign(call.random(), message).map_err(|_| NOT_SIGNED)?;
                Ok(signature.as_ref().to_vec())
            }
            Self::Ed25519 { pair, .. } => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Dsa => Err(NOT_SIGNED),
        }
    }
}

fn rsa(object: &[u8]) -> Zeroizing<Vec<u8>> {
    der::value(
        der::SEQUENCE,
        &[&der::value(der::OBJECT, &[object]), &der::value(der::NULL, &[])],
    )
}

fn ed25519() -> Zeroizing<Vec<u8>> {
    der::value(der::SEQUENCE, &[&der::value(der::OBJECT, &[ED25519])])
}

/// Six numbers are all that Go looks for.
fn dsa(bytes: &[u8]) -> Option<PrivateKey> {
    let mut numbers = der::Reader(bytes).sequence()?;
    (0..6).try_for_each(|_| numbers.read(der::INTEGER).map(|_| ()))?;
    Some(PrivateKey::Dsa)
}

fn gen_private_key(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let kind = args.text(0)?;
    let key = match &**kind {
        b"" | b"rsa" => {
            call.costly(RSA_4096_STEPS)?;
            PrivateKey::rsa(KeySize::Rsa4096)?
        }
        b"ecdsa" => {
            call.costly(SIGNATURE_STEPS)?;
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| NOT_GENERATED)?;
            let pkcs8 = pair.to_pkcs8v1().map_err(|_| NOT_GENERATED)?;
            PrivateKey::from_pkcs8(pkcs8.as_ref()).ok_or(NOT_GENERATED)?
        }
        b"ed25519" => {
            let mut seed = Zeroizing::new([0; 32]);
            call.fill(seed.as_mut())?;
            PrivateKey::from_seed(seed.as_ref()).ok_or(NOT_GENERATED)?
        }
        // FIPS 186-5 withdrew it, and finding its primes takes seconds that nothing can interrupt.
        b"dsa" => {
            return Err(Failure::Refused(
                "makes no DSA keys here: use `ed25519`, `ecdsa` or `rsa`",
            ));
        }
        kind => return call.string([b"Unknown type ".as_slice(), kind].concat()),
    };
    let text = key.pem().ok_or(NOT_GENERATED)?;
    call.string(text.as_slice())
}
