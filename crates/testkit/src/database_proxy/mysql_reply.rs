//! Where a reply of MySQL or MariaDB ends.

use super::mysql::little;

const OK: u8 = 0x00;
/// The end of definitions or rows; with `CLIENT_DEPRECATE_EOF` an OK packet has it too.
const END: u8 = 0xfe;
const ERROR: u8 = 0xff;
/// A longer packet that begins with [`END`] is a row with a very long value.
const LONGEST: usize = 0xff_ff_ff;
/// The status flag that another result follows.
const MORE_RESULTS: u32 = 1 << 3;

/// The reply to one command, as far as it has come.
pub(super) struct Reply(State);

enum State {
    /// The first packet of a result is awaited.
    Result,
    /// So many packets of definitions are still to come, then rows.
    Definitions(u64),
    Rows,
    /// The first packet of the answer to a preparation is awaited.
    Prepare(String),
    /// So many packets of definitions are still to come, and nothing else.
    PreparedDefinitions(u64),
    Single,
}

/// What one packet brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Complete,
    Prepared { id: u32, sql: String, complete: bool },
}

impl Reply {
    /// The reply to a statement that runs.
    pub(super) fn result() -> Self {
        Self(State::Result)
    }

    /// The reply to the preparation of a statement.
    pub(super) fn prepared(sql: String) -> Self {
        Self(State::Prepare(sql))
    }

    /// A reply of one packet.
    pub(super) fn single() -> Self {
        Self(State::Single)
    }

    /// Takes the body of the next packet.
    pub(super) fn packet(&mut self, body: &[u8], deprecate_eof: bool) -> Progress {
        let kind = body.first().copied().unwrap_or(ERROR);
        if kind == ERROR {
            return Progress::Complete;
        }
        // Definitions are followed by a packet that says so, but not when that is deprecated.
        let with_end = |definitions: u64| definitions + u64::from(definitions > 0 && !deprecate_eof);
        match &mut self.0 {
            State::Result if kind == OK => self.result_ended(ok_status(body)),
            State::Result => {
                self.0 = State::Definitions(with_end(lenenc(body).0));
                Progress::More
            }
            State::Definitions(left) => {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.0 = State::Rows;
                }
                Progress::More
            }
            State::Rows if kind == END && body.len() < LONGEST => {
                let status = if deprecate_eof {
                    ok_status(body)
                } else {
                    little(body.get(3..5).unwrap_or_default())
                };
                self.result_ended(status)
            }
            State::Rows => Progress::More,
            State::Prepare(sql) => {
                let number = |at: usize, bytes: usize| little(body.get(at..at + bytes).unwrap_or_default());
                let (columns, parameters) = (u64::from(number(5, 2)), u64::from(number(7, 2)));
                let left = with_end(columns) + with_end(parameters);
                let (id, sql) = (number(1, 4), std::mem::take(sql));
                self.0 = State::PreparedDefinitions(left);
                let complete = left == 0;
                Progress::Prepared { id, sql, complete }
            }
            State::PreparedDefinitions(left) => {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    Progress::Complete
                } else {
                    Progress::More
                }
            }
            State::Single => Progress::Complete,
        }
    }

    fn result_ended(&mut self, status: u32) -> Progress {
        if status & MORE_RESULTS == 0 {
            return Progress::Complete;
        }
        self.0 = State::Result;
        Progress::More
    }
}

/// Returns the status flags of an OK packet: after its kind and two numbers of variable length.
fn ok_status(body: &[u8]) -> u32 {
    let rest = body.get(1..).unwrap_or_default();
    let (_, rest) = lenenc(rest);
    let (_, rest) = lenenc(rest);
    little(rest.get(..2).unwrap_or_default())
}

/// Returns a number of variable length and what is after it.
fn lenenc(bytes: &[u8]) -> (u64, &[u8]) {
    let (length, start) = match bytes.first() {
        None => return (0, bytes),
        Some(0xfc) => (2, 1),
        Some(0xfd) => (3, 1),
        Some(0xfe) => (8, 1),
        Some(_) => (1, 0),
    };
    let number = bytes.get(start..start + length).unwrap_or_default();
    let number = number
        .iter()
        .rev()
        .fold(0, |number, &byte| (number << 8) | u64::from(byte));
    (number, bytes.get(start + length..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &[u8] = b"\x03def";

    /// Feeds packets; the reply must end with the last of them.
    fn check(mut reply: Reply, deprecate_eof: bool, packets: &[&[u8]]) {
        for (n, packet) in packets.iter().enumerate() {
            let expected = if n + 1 == packets.len() {
                Progress::Complete
            } else {
                Progress::More
            };
            assert_eq!(reply.packet(packet, deprecate_eof), expected, "packet {n}");
        }
    }

    #[test]
    fn a_result_without_rows_is_one_ok() {
        check(Reply::result(), true, &[b"\0\x01\0\x02\0\0\0"]);
    }

    #[test]
    fn a_refused_statement_is_one_error() {
        check(Reply::result(), true, &[b"\xff\x15\x04#42000no"]);
        check(
            Reply::prepared("SELEC".to_owned()),
            true,
            &[b"\xff\x15\x04#42000no"],
        );
    }

    #[test]
    fn rows_end_with_an_ok_where_eof_is_deprecated() {
        let end: &[u8] = b"\xfe\0\0\x02\0\0\0";
        check(
            Reply::result(),
            true,
            &[b"\x01", DEFINITION, b"\x01a", b"\0\0binary", end],
        );
    }

    #[test]
    fn definitions_and_rows_each_end_with_an_eof_where_it_is_not() {
        let eof: &[u8] = b"\xfe\0\0\x02\0";
        check(
            Reply::result(),
            false,
            &[b"\x02", DEFINITION, DEFINITION, eof, b"\x01a\x01b", eof],
        );
    }

    #[test]
    fn several_results_are_one_reply() {
        let more: &[u8] = b"\0\0\0\x0a\0\0\0";
        check(
            Reply::result(),
            true,
            &[
                more,
                b"\x01",
                DEFINITION,
                b"\xfe\0\0\x0a\0\0\0",
                b"\0\0\0\x02\0\0\0",
            ],
        );
    }

    #[test]
    fn a_preparation_ends_with_its_definitions() {
        let sql = || "SELECT 1".to_owned();
        let mut reply = Reply::prepared(sql());
        let complete = |complete| Progress::Prepared {
            id: 9,
            sql: sql(),
            complete,
        };
        assert_eq!(reply.packet(b"\0\x09\0\0\0\0\0\0\0\0\0\0", false), complete(true));
        // One column, no parameter: a definition and an EOF.
        let mut reply = Reply::prepared(sql());
        assert_eq!(
            reply.packet(b"\0\x09\0\0\0\x01\0\0\0\0\0\0", false),
            complete(false)
        );
        assert_eq!(reply.packet(DEFINITION, false), Progress::More);
        assert_eq!(reply.packet(b"\xfe\0\0\x02\0", false), Progress::Complete);
    }

    #[test]
    fn numbers_of_variable_length_are_read() {
        assert_eq!(lenenc(b"\xfa!"), (0xfa, &b"!"[..]));
        assert_eq!(lenenc(b"\xfc\x01\x02!"), (0x0201, &b"!"[..]));
        assert_eq!(lenenc(b"\xfd\x01\x02\x03!"), (0x03_02_01, &b"!"[..]));
        assert_eq!(lenenc(b"\xfe\x01\0\0\0\0\0\0\0!"), (1, &b"!"[..]));
        assert_eq!(lenenc(b""), (0, &b""[..]));
    }
}
