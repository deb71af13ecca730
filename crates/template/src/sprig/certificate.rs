//! Sprig's functions of certificates (crypto.go), and the value that they return.

mod content;

use std::any::Any;

use aws_lc_rs::digest::{SHA256, digest};
use x509_parser::prelude::{FromDer, ParsedExtension, X509Certificate};
use zeroize::Zeroizing;

use self::content::Content;
use super::key::PrivateKey;
use super::{go_base64, pem};
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Object, Shape, Text, Value};

const NAME: &str = "sprig.certificate";
const CERTIFICATE: Param = Param::Object {
    name: NAME,
    literal: None,
};
const ANY: Param = Param::List;

pub(crate) const TABLE: &[Function] = &[
    Function::new("buildCustomCert", &[Param::String, Param::String], custom),
    Function::new("genCA", &[Param::String, Param::Int], |call, args| {
        let key = PrivateKey::rsa_2048(call)?;
        authority(call, args, &key)
    })
    .volatile(),
    Function::new(
        "genCAWithKey",
        &[Param::String, Param::Int, Param::String],
        |call, args| {
            let key = PrivateKey::from_pem(call, args.text(2)?)?;
            authority(call, args, &key)
        },
    )
    .volatile(),
    Function::new(
        "genSelfSignedCert",
        &[Param::String, ANY, ANY, Param::Int],
        |call, args| {
            let key = PrivateKey::rsa_2048(call)?;
            self_signed(call, args, &key)
        },
    )
    .volatile(),
    Function::new(
        "genSelfSignedCertWithKey",
        &[Param::String, ANY, ANY, Param::Int, Param::String],
        |call, args| {
            let key = PrivateKey::from_pem(call, args.text(4)?)?;
            self_signed(call, args, &key)
        },
    )
    .volatile(),
    Function::new(
        "genSignedCert",
        &[Param::String, ANY, ANY, Param::Int, CERTIFICATE],
        |call, args| {
            let signer = Signer::read(call, args.object(4)?)?;
            let key = PrivateKey::rsa_2048(call)?;
            signed(call, args, &key, &signer)
        },
    )
    .volatile(),
    Function::new(
        "genSignedCertWithKey",
        &[Param::String, ANY, ANY, Param::Int, CERTIFICATE, Param::String],
        |call, args| {
            let key = PrivateKey::from_pem(call, args.text(5)?)?;
            let signer = Signer::read(call, args.object(4)?)?;
            signed(call, args, &key, &signer)
        },
    )
    .volatile(),
];

/// A certificate with its key, both in PEM.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    cert: Text,
    key: Text,
}

/// What signs another certificate.
struct Signer {
    subject: Vec<u8>,
    identifier: Vec<u8>,
    key: PrivateKey,
}

const NOT_READ: Failure = Failure::Refused("needs a certificate in PEM that it can read");
const NOT_MADE: Failure = Failure::Refused("can't make a certificate with a key of that kind");

impl Signer {
    fn read(call: &mut Call<'_>, signer: &Certificate) -> Result<Self, Failure> {
        call.memory(signer.cert.len())?;
        call.steps(signer.cert.len() as u64 / 64)?;
        let block = pem::decode(&signer.cert).ok_or(NOT_READ)?;
        let (_, certificate) = X509Certificate::from_der(&block.bytes).map_err(|_| NOT_READ)?;
        let key = PrivateKey::from_pem(call, &signer.key)?;
        let (_, public) = key.public().ok_or(NOT_MADE)?;
        if certificate.public_key().raw != public.as_slice() {
            return Err(Failure::Refused(
                "needs the private key of the certificate that is to sign",
            ));
        }
        let identifier =
            certificate
                .extensions()
                .iter()
                .find_map(|extension| match extension.parsed_extension() {
                    ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
                    _ => None,
                });
        Ok(Self {
            subject: certificate.subject().as_raw().to_vec(),
            identifier: identifier.unwrap_or_default(),
            key,
        })
    }
}

fn authority(call: &mut Call<'_>, args: &Args<'_>, key: &PrivateKey) -> Result<Value, Failure> {
    let mut content = Content::new(call, args.text(0)?, args.int(1)?)?;
    let (public, _) = key.public().ok_or(NOT_MADE)?;
    // RFC 7093, section 2, method 1, which Go has used since 1.25.
    let hash = digest(&SHA256, &public);
    content.authority = Some(hash.as_ref().get(..20).unwrap_or_default().to_vec());
    finish(call, &content, key, None)
}

fn self_signed(call: &mut Call<'_>, args: &Args<'_>, key: &PrivateKey) -> Result<Value, Failure> {
    let content = content_of(call, args)?;
    finish(call, &content, key, None)
}

fn signed(call: &mut Call<'_>, args: &Args<'_>, key: &PrivateKey, signer: &Signer) -> Result<Value, Failure> {
    let content = content_of(call, args)?;
    finish(call, &content, key, Some(signer))
}

fn content_of(call: &mut Call<'_>, args: &Args<'_>) -> Result<Content, Failure> {
    let mut content = Content::new(call, args.text(0)?, args.int(3)?)?;
    content.name_addresses(call, args.list(1)?)?;
    content.name_hosts(call, args.list(2)?)?;
    Ok(content)
}

/// Signs the content, with the key itself when there is no other signer.
fn finish(
    call: &mut Call<'_>,
    content: &Content,
    key: &PrivateKey,
    signer: Option<&Signer>,
) -> Result<Value, Failure> {
    let (_, public) = key.public().ok_or(NOT_MADE)?;
    let subject = content.subject()?;
    let signing = signer.map_or(key, |signer| &signer.key);
    let algorithm = signing.signature_algorithm().ok_or(NOT_MADE)?;
    let issuer = signer.map_or(subject.as_slice(), |signer| &signer.subject);
    // As in Go: who has the same name as its issuer has signed itself.
    let identifier = signer
        .filter(|_| issuer != subject.as_slice())
        .map(|signer| signer.identifier.as_slice());
    let body = content.encode(
        &subject,
        issuer,
        &algorithm,
        &public,
        identifier.unwrap_or_default(),
    );
    let signature = signing.sign(call, &body)?;
    let der = content::complete(&body, &algorithm, &signature);
    let key = key.pem().ok_or(NOT_MADE)?;
    let certificate = Certificate {
        cert: call.text(pem::encode("CERTIFICATE", &der).to_vec())?,
        key: call.text(key.to_vec())?,
    };
    call.object(certificate, 0)
}

/// Takes a certificate and a key that are there, both in PEM in base64. They need not fit each other.
fn custom(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (cert, key) = (args.text(0)?, args.text(1)?);
    call.memory(cert.len() + key.len())?;
    let not_decoded = Failure::Refused("needs base64");
    let cert = go_base64::decode(cert).ok_or(not_decoded)?;
    let key = go_base64::decode(key).ok_or(not_decoded)?;
    let block = pem::decode(&cert).ok_or(NOT_READ)?;
    let (rest, _) = X509Certificate::from_der(&block.bytes).map_err(|_| NOT_READ)?;
    if !rest.is_empty() {
        return Err(NOT_READ);
    }
    PrivateKey::from_pem(call, &key)?;
    let text = |call: &mut Call<'_>, bytes: Zeroizing<Vec<u8>>| call.text(bytes.to_vec());
    let certificate = Certificate {
        cert: text(call, cert)?,
        key: text(call, key)?,
    };
    call.object(certificate, 0)
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn shape(&self) -> Shape {
        Shape::Struct
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Cert", Value::String(self.cert.clone())),
            ("Key", Value::String(self.key.clone())),
        ]
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
