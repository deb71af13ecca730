//! Postgres' frontend messages, protocol 3 (chapter "Frontend/Backend Protocol" of its manual).

use std::collections::HashMap;

use super::protocol::{Passage, Protocol, Sql, text};
use super::statement::StatementKind;

/// Request codes in place of a protocol version.
const SSL: u32 = 80_877_103;
const GSS_ENCRYPTION: u32 = 80_877_104;

#[derive(Default)]
pub(super) struct Postgres {
    /// Whether the startup message, which has no type, has been sent.
    started: bool,
    prepared: HashMap<String, String>,
    portals: HashMap<String, String>,
    /// Messages that the server answers with `ReadyForQuery` at the end.
    asked: u64,
    ready: u64,
}

impl Protocol for Postgres {
    fn client_length(&self, bytes: &[u8]) -> Option<usize> {
        length(bytes, usize::from(self.started))
    }

    fn server_length(&self, bytes: &[u8]) -> Option<usize> {
        length(bytes, 1)
    }

    fn client_message(&mut self, message: &[u8]) -> Passage {
        if !self.started {
            if let Some(SSL | GSS_ENCRYPTION) = message.get(4..8).map(number) {
                // The proxy has to read what is sent.
                return Passage::Answer(b"N");
            }
            self.started = true;
            self.asked += 1;
            return Passage::Forward(None);
        }
        let (kind, body) = (message.first().copied(), message.get(5..).unwrap_or_default());
        // An Execute has its reply's end at the Sync after it.
        let reply = self.asked + 1;
        let sql = |kind, text| Some(Sql { kind, text, reply });
        Passage::Forward(match kind {
            Some(b'Q') => {
                self.asked += 1;
                sql(StatementKind::Query, text(body).0)
            }
            Some(b'P') => {
                let (name, rest) = text(body);
                let (statement, _) = text(rest);
                self.prepared.insert(name, statement.clone());
                sql(StatementKind::Prepare, statement)
            }
            Some(b'B') => {
                let (portal, rest) = text(body);
                let (name, _) = text(rest);
                let statement = self.prepared.get(&name).cloned().unwrap_or_default();
                self.portals.insert(portal, statement);
                None
            }
            Some(b'E') => {
                let (portal, _) = text(body);
                sql(
                    StatementKind::Execute,
                    self.portals.get(&portal).cloned().unwrap_or_default(),
                )
            }
            Some(b'S' | b'F') => {
                self.asked += 1;
                None
            }
            _ => None,
        })
    }

    fn server_message(&mut self, message: &mut [u8]) {
        if message.first() == Some(&b'Z') {
            self.ready += 1;
        }
    }

    fn replies(&self) -> u64 {
        self.ready
    }
}

/// Returns the length of a whole message after `prefix` bytes of type: its length field counts itself.
fn length(bytes: &[u8], prefix: usize) -> Option<usize> {
    let field = number(bytes.get(prefix..prefix + 4)?);
    let length = prefix + usize::try_from(field).ok()?.max(4);
    (bytes.len() >= length).then_some(length)
}

fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, &byte| (number << 8) | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind][..], &length.to_be_bytes(), body].concat()
    }

    fn untyped(code: u32) -> Vec<u8> {
        [8u32.to_be_bytes(), code.to_be_bytes()].concat()
    }

    fn started() -> Postgres {
        let mut postgres = Postgres::default();
        assert_eq!(postgres.client_message(&untyped(3 << 16)), Passage::Forward(None));
        postgres
    }

    fn check(postgres: &mut Postgres, message: &[u8], kind: StatementKind, text: &str, reply: u64) {
        let text = text.to_owned();
        let expected = Passage::Forward(Some(Sql { kind, text, reply }));
        assert_eq!(postgres.client_message(message), expected);
    }

    #[test]
    fn encryption_is_declined_and_the_start_passes() {
        let mut postgres = Postgres::default();
        for code in [SSL, GSS_ENCRYPTION] {
            assert_eq!(postgres.client_length(&untyped(code)), Some(8));
            assert_eq!(postgres.client_message(&untyped(code)), Passage::Answer(b"N"));
        }
        assert_eq!(postgres.client_message(&untyped(3 << 16)), Passage::Forward(None));
    }

    #[test]
    fn a_message_is_taken_when_it_is_there_whole() {
        let postgres = started();
        let query = message(b'Q', b"SELECT 1\0");
        assert_eq!(postgres.client_length(&query), Some(query.len()));
        assert_eq!(postgres.client_length(&query[..query.len() - 1]), None);
        assert_eq!(postgres.client_length(&query[..3]), None);
    }

    #[test]
    fn an_execute_has_the_text_that_was_prepared_and_the_reply_of_its_sync() {
        let mut postgres = started();
        let parse = message(b'P', b"s1\0SELECT $1\0\0\0");
        check(&mut postgres, &parse, StatementKind::Prepare, "SELECT $1", 2);
        postgres.client_message(&message(b'S', b""));
        postgres.client_message(&message(b'B', b"p1\0s1\0rest"));
        let execute = message(b'E', b"p1\0\0\0\0\0");
        check(&mut postgres, &execute, StatementKind::Execute, "SELECT $1", 3);
        postgres.client_message(&message(b'S', b""));
        let query = message(b'Q', b"COMMIT\0");
        check(&mut postgres, &query, StatementKind::Query, "COMMIT", 4);
    }

    #[test]
    fn a_reply_ends_when_the_server_is_ready() {
        let mut postgres = started();
        for (kind, replies) in [(b'R', 0), (b'Z', 1), (b'C', 1), (b'Z', 2)] {
            postgres.server_message(&mut message(kind, b"I"));
            assert_eq!(postgres.replies(), replies);
        }
    }
}
