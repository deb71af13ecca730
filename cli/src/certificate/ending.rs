//! Certificates that end soon.

use jiff::{SignedDuration, Timestamp};
use sealing::Certificate;

/// How long before its end a certificate is warned about.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The words of the warning that a certificate ends within 30 days; `None` when it doesn't, and when it has ended,
/// which [`Certificate::check_valid`] says.
pub(crate) fn ending(certificate: &Certificate, now: Timestamp) -> Option<String> {
    let end = certificate.not_after();
    let left = end.duration_since(now);
    (!left.is_negative() && left <= NOTICE).then(|| {
        let left = match left.as_hours() {
            0 => "in less than an hour".to_owned(),
            hours @ 1..48 => format!("in {hours} h"),
            hours => format!("in {} days", hours / 24),
        };
        format!(
            "the certificate of the key {} ends {left}, at {end}",
            certificate.fingerprint()
        )
    })
}
