//! An address of this machine that kube-apiserver's proxies accept: not loopback, not used by anyone else.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use testkit::PodAddress;

use super::identity::random;
use super::needs::answer;
use super::reaper::Reaper;

/// Puts an address of 198.18.0.0/15 (RFC 2544: benchmarks, never routed) on the loopback interface until the
/// end of the run. Its label names this process.
///
/// Several runs each have their own. One that is left over, because the process that ends a run was killed too,
/// is not taken off by later runs: seen from another process namespace a running one looks just the same.
///
/// # Errors
/// When the address cannot be noted for removal. That it cannot be had at all, for want of rights, is a
/// value: only few tests need it.
pub(super) fn reserve(reaper: &Reaper) -> Result<PodAddress> {
    let Some(listing) = answer("ip", &["-4", "-oneline", "address", "show", "dev", "lo"]) else {
        return Ok(PodAddress::Unavailable(
            "`ip` of iproute2 is missing, or there is no interface `lo`".to_owned(),
        ));
    };
    let seed: [u8; 4] = random()?;
    let address = free_address(&listing, u32::from_be_bytes(seed));
    let label = format!("{LABEL}{}", std::process::id());
    if let Err(error) = ip(&[
        "address",
        "add",
        &format!("{address}/32"),
        "dev",
        "lo",
        "label",
        &label,
    ]) {
        return Ok(PodAddress::Unavailable(format!("{error:#}; run as root")));
    }
    reaper.remove_address(&format!("{address}/32"))?;
    Ok(PodAddress::Address(address.into()))
}

/// An address label begins with the interface's name, and has at most 15 characters.
const LABEL: &str = "lo:chy";

fn ip(args: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(args).output().context("running `ip`")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "`ip {}`: {}",
        args.join(" "),
        errors.trim()
    );
    Ok(())
}

/// Returns an address of 198.18.0.0/15 that is not in the listing, beginning to look at `seed`.
fn free_address(listing: &str, seed: u32) -> Ipv4Addr {
    const FIRST: u32 = u32::from_be_bytes([198, 18, 0, 0]);
    const SIZE: u32 = 1 << 17;
    let taken: BTreeSet<&str> = listing
        .split_whitespace()
        .filter_map(|word| word.split_once('/'))
        .map(|(address, _)| address)
        .collect();
    (0..SIZE)
        .map(|step| Ipv4Addr::from(FIRST + (seed.wrapping_add(step) % SIZE)))
        .find(|address| {
            !matches!(address.octets()[3], 0 | 255) && !taken.contains(address.to_string().as_str())
        })
        .unwrap_or(Ipv4Addr::new(198, 18, 0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n\
        1: lo    inet 198.18.0.1/32 scope global lo:chy71\\       valid_lft forever preferred_lft forever\n\
        1: lo    inet 198.18.0.2/32 scope global lo:chy72\\       valid_lft forever preferred_lft forever\n";

    #[test]
    fn an_address_in_use_is_not_given_again() {
        assert_eq!(free_address(LISTING, 0), Ipv4Addr::new(198, 18, 0, 3));
        assert_eq!(free_address("", (1 << 17) - 1), Ipv4Addr::new(198, 18, 0, 1));
    }
}
