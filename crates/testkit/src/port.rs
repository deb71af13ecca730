//! Ports for servers that cannot be given a socket.

use std::net::{Ipv4Addr, TcpListener};

use crate::fail::fail;
use crate::unique::random;

/// Returns a TCP port that nothing listens on, on any address of this machine.
///
/// It is taken below the range that outgoing connections use (32768 up on Linux), so that none of them
/// takes it before the server does.
///
/// # Panics
/// When 1000 ports in a row are taken.
pub fn free_port() -> u16 {
    (0..1000)
        .filter_map(|_| u16::try_from(20_000 + random() % 12_000).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok())
        .unwrap_or_else(|| {
            fail("looking for a free TCP port between 20000 and 32000: found none in 1000 tries")
        })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::free_port;

    #[test]
    fn the_port_can_be_listened_on_and_is_no_outgoing_one() {
        let port = free_port();
        assert!((20_000..32_000).contains(&port));
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    }
}
