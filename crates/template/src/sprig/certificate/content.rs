//! What a certificate says (RFC 5280), in the order and the forms that Go's `crypto/x509` writes.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::Offset;
use zeroize::Zeroizing;

use crate::call::Call;
use crate::failure::Failure;
use crate::sprig::der;
use crate::value::{List, Value};

const COMMON_NAME: &[u8] = b"\x55\x04\x03";
const SUBJECT_KEY: &[u8] = b"\x55\x1d\x0e";
const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
const ALTERNATIVE_NAMES: &[u8] = b"\x55\x1d\x11";
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
const AUTHORITY_KEY: &[u8] = b"\x55\x1d\x23";
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
const SERVER: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x01";
const CLIENT: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x02";

/// The tags of alternative names, and of the identifier of an authority's key.
const HOST: u8 = 0x82;
const ADDRESS: u8 = 0x87;
const KEY_IDENTIFIER: u8 = 0x80;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

const SECONDS_A_DAY: i64 = 86_400;
const NANOS_A_SECOND: i64 = 1_000_000_000;

/// What a certificate says beside keys and the issuer.
pub(super) struct Content {
    name: Vec<u8>,
    serial: [u8; 16],
    from: Timestamp,
    until: Timestamp,
    /// Encoded alternative names: hosts, then addresses.
    hosts: Vec<u8>,
    addresses: Vec<u8>,
    /// The identifier of its key, if it is to sign others.
    pub(super) authority: Option<Vec<u8>>,
}

impl Content {
    /// Returns the content of a certificate that is valid from now on for so many days.
    pub(super) fn new(call: &mut Call<'_>, name: &[u8], days: i64) -> Result<Self, Failure> {
        call.memory(name.len().saturating_mul(4))?;
        let mut serial = [0; 16];
        call.fill(&mut serial)?;
        let from = call.now();
        // Go counts in nanoseconds of 64 bits, and what is more than 292 years comes out as something else.
        let nanos = (SECONDS_A_DAY * NANOS_A_SECOND).wrapping_mul(days);
        let seconds = (from.as_nanosecond() + i128::from(nanos)).div_euclid(i128::from(NANOS_A_SECOND));
        let until = i64::try_from(seconds)
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok());
        let until = until.ok_or(Failure::Refused("can't say when that is"))?;
        Ok(Self {
            name: name.to_vec(),
            serial,
            from,
            until,
            hosts: Vec::new(),
            addresses: Vec::new(),
            authority: None,
        })
    }

    /// Adds the addresses that a list of strings has.
    pub(super) fn name_addresses(&mut self, call: &mut Call<'_>, list: &List) -> Result<(), Failure> {
        let failure = Failure::Refused("needs a list of IP addresses");
        for value in list.iter() {
            call.steps(1)?;
            call.memory(32)?;
            let Value::String(text) = value else {
                return Err(failure);
            };
            let address = std::str::from_utf8(&text)
                .ok()
                .and_then(|text| text.parse::<IpAddr>().ok());
            let encoded = match address.ok_or(failure)?.to_canonical() {
                IpAddr::V4(address) => der::value(ADDRESS, &[&address.octets()]),
                IpAddr::V6(address) => der::value(ADDRESS, &[&address.octets()]),
            };
            self.addresses.extend_from_slice(&encoded);
        }
        Ok(())
    }

    /// Adds the names of hosts that a list of strings has.
    pub(super) fn name_hosts(&mut self, call: &mut Call<'_>, list: &List) -> Result<(), Failure> {
        for value in list.iter() {
            call.steps(1)?;
            let Value::String(text) = value else {
                return Err(Failure::Refused("needs a list of names of hosts"));
            };
            if !text.is_ascii() {
                return Err(Failure::Refused("needs names of hosts in ASCII"));
            }
            call.memory(text.len().saturating_mul(4))?;
            self.hosts.extend_from_slice(&der::value(HOST, &[&text]));
        }
        Ok(())
    }

    /// Returns the encoded subject: a common name, or nothing.
    pub(super) fn subject(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        if self.name.is_empty() {
            return Ok(der::value(der::SEQUENCE, &[]));
        }
        if std::str::from_utf8(&self.name).is_err() {
            return Err(Failure::Refused("needs a name in UTF-8"));
        }
        let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
        let tag = if self.name.iter().all(is_printable) {
            der::PRINTABLE_STRING
        } else {
            der::UTF8_STRING
        };
        let pair = [
            &*der::value(der::OBJECT, &[COMMON_NAME]),
            &*der::value(tag, &[&self.name]),
        ];
        let pair = der::value(der::SEQUENCE, &pair.map(Vec::as_slice));
        Ok(der::value(der::SEQUENCE, &[&der::value(der::SET, &[&pair])]))
    }

    /// Returns what is signed.
    pub(super) fn encode(
        &self,
        subject: &[u8],
        issuer: &[u8],
        algorithm: &[u8],
        public: &[u8],
        signer: &[u8],
    ) -> Zeroizing<Vec<u8>> {
        let validity = der::value(der::SEQUENCE, &[&time(self.from), &time(self.until)]);
        let extensions = der::value(der::SEQUENCE, &[&self.extensions(subject, signer)]);
        der::value(
            der::SEQUENCE,
            &[
                &der::value(VERSION, &[&der::value(der::INTEGER, &[&[2]])]),
                &der::unsigned(&self.serial),
                algorithm,
                issuer,
                &validity,
                subject,
                public,
                &der::value(EXTENSIONS, &[&extensions]),
            ],
        )
    }

    fn extensions(&self, subject: &[u8], signer: &[u8]) -> Vec<u8> {
        // Bits that are not used, then from the left: signatures, nothing, keys; and certificates as the sixth.
        let usage: [u8; 2] = if self.authority.is_some() {
            [2, 0b1010_0100]
        } else {
            [5, 0b1010_0000]
        };
        let purposes = [
            &*der::value(der::OBJECT, &[SERVER]),
            &*der::value(der::OBJECT, &[CLIENT]),
        ];
        let constraints: &[u8] = if self.authority.is_some() {
            &[0x01, 1, 0xff]
        } else {
            &[]
        };
        let mut all = extension(KEY_USAGE, true, &der::value(der::BIT_STRING, &[&usage]));
        all.extend(extension(
            EXTENDED_KEY_USAGE,
            false,
            &der::value(der::SEQUENCE, &purposes.map(Vec::as_slice)),
        ));
        all.extend(extension(
            BASIC_CONSTRAINTS,
            true,
            &der::value(der::SEQUENCE, &[constraints]),
        ));
        if let Some(identifier) = &self.authority {
            all.extend(extension(
                SUBJECT_KEY,
                false,
                &der::value(der::OCTET_STRING, &[identifier]),
            ));
        }
        if !signer.is_empty() {
            let identifier = der::value(KEY_IDENTIFIER, &[signer]);
            all.extend(extension(
                AUTHORITY_KEY,
                false,
                &der::value(der::SEQUENCE, &[&identifier]),
            ));
        }
        if !(self.hosts.is_empty() && self.addresses.is_empty()) {
            // Whom it is for must be said somewhere: RFC 5280, section 4.2.1.6.
            let critical = subject == [der::SEQUENCE, 0];
            let names = der::value(der::SEQUENCE, &[&self.hosts, &self.addresses]);
            all.extend(extension(ALTERNATIVE_NAMES, critical, &names));
        }
        all
    }
}

/// Puts what was signed and its signature together.
pub(super) fn complete(body: &[u8], algorithm: &[u8], signature: &[u8]) -> Zeroizing<Vec<u8>> {
    der::value(der::SEQUENCE, &[body, algorithm, &der::bits(signature)])
}

fn extension(object: &[u8], critical: bool, content: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[0x01, 1, 0xff] } else { &[] };
    let name = der::value(der::OBJECT, &[object]);
    der::value(
        der::SEQUENCE,
        &[&name, flag, &der::value(der::OCTET_STRING, &[content])],
    )
    .to_vec()
}

/// Two digits for the year as long as they are enough (RFC 5280, section 4.1.2.5).
fn time(moment: Timestamp) -> Zeroizing<Vec<u8>> {
    let moment = Offset::UTC.to_datetime(moment);
    let year = moment.year();
    let rest = format!(
        "{:02}{:02}{:02}{:02}{:02}Z",
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    );
    if (1950..2050).contains(&year) {
        der::value(der::UTC_TIME, &[format!("{:02}{rest}", year % 100).as_bytes()])
    } else {
        der::value(der::GENERALIZED_TIME, &[format!("{year:04}{rest}").as_bytes()])
    }
}
