//! MySQL's and MariaDB's packets (MySQL's source documentation, "Client/Server Protocol").

use std::collections::{HashMap, VecDeque};

use super::mysql_reply::{Progress, Reply};
use super::protocol::{Passage, Protocol, Sql, text};
use super::statement::StatementKind;

/// Three bytes of length, one of a number within the exchange.
const HEADER: usize = 4;
/// A packet of this length is continued in the next one.
const LONGEST: usize = 0xff_ff_ff;

/// Capabilities, as bits.
pub(super) const COMPRESS: u32 = 1 << 5;
pub(super) const SSL: u32 = 1 << 11;
pub(super) const DEPRECATE_EOF: u32 = 1 << 24;

#[derive(Default, PartialEq, Eq)]
enum Phase {
    /// The server's first packet is awaited.
    #[default]
    Greeting,
    /// The client's first packet is awaited.
    Response,
    /// Until the server says yes.
    Login,
    Commands,
}

#[derive(Default)]
pub(super) struct Mysql {
    phase: Phase,
    /// Whether a result ends with an OK packet and definitions with nothing.
    deprecate_eof: bool,
    /// What the client awaits, the oldest first.
    awaited: VecDeque<Reply>,
    prepared: HashMap<u32, String>,
    /// Whether the server's last packet is continued.
    continued: bool,
    asked: u64,
    answered: u64,
}

impl Protocol for Mysql {
    fn client_length(&self, bytes: &[u8]) -> Option<usize> {
        length(bytes)
    }

    fn server_length(&self, bytes: &[u8]) -> Option<usize> {
        length(bytes)
    }

    fn client_message(&mut self, message: &[u8]) -> Passage {
        let body = message.get(HEADER..).unwrap_or_default();
        Passage::Forward(match self.phase {
            Phase::Response => {
                let capabilities = little(body.get(..4).unwrap_or_default());
                self.deprecate_eof = capabilities & DEPRECATE_EOF != 0;
                self.phase = Phase::Login;
                None
            }
            // A command begins an exchange; other packets are what is left of a long one.
            Phase::Commands if message.get(3) == Some(&0) => self.command(body),
            _ => None,
        })
    }

    fn server_message(&mut self, message: &mut [u8]) {
        let is_start = !self.continued;
        self.continued = message.len() - HEADER == LONGEST;
        let body = message.get_mut(HEADER..).unwrap_or_default();
        match self.phase {
            Phase::Greeting => {
                decline(body);
                self.phase = Phase::Response;
            }
            // OK; anything else is a step of the login, or its refusal.
            Phase::Login if body.first() == Some(&0) => self.phase = Phase::Commands,
            Phase::Commands if is_start => self.reply(body),
            _ => {}
        }
    }

    fn replies(&self) -> u64 {
        self.answered
    }
}

impl Mysql {
    fn command(&mut self, body: &[u8]) -> Option<Sql> {
        let (&command, arguments) = body.split_first()?;
        let lossy = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let (reply, sql) = match command {
            // COM_QUIT, COM_STMT_SEND_LONG_DATA and COM_STMT_CLOSE have no answer.
            0x01 | 0x18 | 0x19 => return None,
            0x03 => (Reply::result(), Some((StatementKind::Query, lossy(arguments)))),
            0x16 => {
                let sql = lossy(arguments);
                (Reply::prepared(sql.clone()), Some((StatementKind::Prepare, sql)))
            }
            0x17 => {
                let id = little(arguments.get(..4).unwrap_or_default());
                let sql = self.prepared.get(&id).cloned().unwrap_or_default();
                (Reply::result(), Some((StatementKind::Execute, sql)))
            }
            _ => (Reply::single(), None),
        };
        self.awaited.push_back(reply);
        self.asked += 1;
        let (kind, text) = sql?;
        Some(Sql {
            kind,
            text,
            reply: self.asked,
        })
    }

    fn reply(&mut self, body: &[u8]) {
        let Some(reply) = self.awaited.front_mut() else {
            return;
        };
        match reply.packet(body, self.deprecate_eof) {
            Progress::More => return,
            Progress::Prepared { id, sql, complete } => {
                self.prepared.insert(id, sql);
                if !complete {
                    return;
                }
            }
            Progress::Complete => {}
        }
        self.awaited.pop_front();
        self.answered += 1;
    }
}

/// Takes what a proxy cannot read out of the capabilities of the server's greeting. Their lower half is after
/// the protocol, the version, the thread, eight bytes of the scramble and a filler.
fn decline(greeting: &mut [u8]) {
    let start = {
        let rest = greeting.get(1..).unwrap_or_default();
        let (version, _) = text(rest);
        1 + version.len() + 1 + 4 + 8 + 1
    };
    if let Some(lower) = greeting.get_mut(start..start + 2) {
        let declined = !(COMPRESS | SSL);
        for (byte, mask) in lower.iter_mut().zip(declined.to_le_bytes()) {
            *byte &= mask;
        }
    }
}

fn length(bytes: &[u8]) -> Option<usize> {
    let length = HEADER + little(bytes.get(..HEADER)?.get(..3)?) as usize;
    (bytes.len() >= length).then_some(length)
}

/// Returns a number whose lowest byte is first.
pub(super) fn little(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| (number << 8) | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(number: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        [&length[..3], &[number], body].concat()
    }

    /// Protocol 10, version 8, thread 1, scramble, filler, and the lower half of the capabilities.
    fn greeting(capabilities: u16) -> Vec<u8> {
        let body = [
            &b"\x0a8\0\x01\0\0\0scramble\0"[..],
            &capabilities.to_le_bytes(),
            b"rest",
        ]
        .concat();
        packet(0, &body)
    }

    fn logged_in(capabilities: u32) -> Mysql {
        let mut mysql = Mysql::default();
        mysql.server_message(&mut greeting(0));
        mysql.client_message(&packet(1, &capabilities.to_le_bytes()));
        mysql.server_message(&mut packet(2, b"\xfecaching_sha2_password\0"));
        // Not a command, whatever its first byte is.
        assert_eq!(mysql.client_message(&packet(3, b"\x03x")), Passage::Forward(None));
        mysql.server_message(&mut packet(4, b"\0\0\0\x02\0\0\0"));
        mysql
    }

    fn check(mysql: &mut Mysql, body: &[u8], kind: StatementKind, text: &str, reply: u64) {
        let text = text.to_owned();
        let expected = Passage::Forward(Some(Sql { kind, text, reply }));
        assert_eq!(mysql.client_message(&packet(0, body)), expected);
    }

    #[test]
    fn encryption_and_compression_are_declined_and_the_rest_of_the_greeting_passes() {
        let mut message = greeting(0xff_ff);
        Mysql::default().server_message(&mut message);
        assert_eq!(message, greeting(0b1111_0111_1101_1111));
    }

    #[test]
    fn an_execute_has_the_text_that_was_prepared() {
        let mut mysql = logged_in(DEPRECATE_EOF);
        check(&mut mysql, b"\x16SELECT ?", StatementKind::Prepare, "SELECT ?", 1);
        // Statement 7, one column, one parameter; then their definitions.
        mysql.server_message(&mut packet(1, b"\0\x07\0\0\0\x01\0\x01\0\0\0\0"));
        assert_eq!(mysql.replies(), 0);
        mysql.server_message(&mut packet(2, b"definition"));
        mysql.server_message(&mut packet(3, b"definition"));
        assert_eq!(mysql.replies(), 1);
        check(
            &mut mysql,
            b"\x17\x07\0\0\0\0",
            StatementKind::Execute,
            "SELECT ?",
            2,
        );
        // COM_STMT_CLOSE awaits nothing.
        assert_eq!(
            mysql.client_message(&packet(0, b"\x19\x07\0\0\0")),
            Passage::Forward(None)
        );
        check(&mut mysql, b"\x03COMMIT", StatementKind::Query, "COMMIT", 3);
    }

    #[test]
    fn a_long_packet_is_one_packet_of_the_reply() {
        let mut mysql = logged_in(DEPRECATE_EOF);
        mysql.client_message(&packet(0, b"\x03SELECT 1"));
        mysql.server_message(&mut packet(1, b"\x01"));
        mysql.server_message(&mut packet(2, b"definition"));
        mysql.server_message(&mut packet(3, &vec![b'a'; LONGEST]));
        // The end of the row, that would be an error by its first byte.
        mysql.server_message(&mut packet(4, b"\xff"));
        assert_eq!(mysql.replies(), 0);
        mysql.server_message(&mut packet(5, b"\xfe\0\0\x02\0\0\0"));
        assert_eq!(mysql.replies(), 1);
    }
}
