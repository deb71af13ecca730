//! What a connection needs to know of a wire protocol.

use super::statement::StatementKind;

/// SQL in a client's message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sql {
    pub(super) kind: StatementKind,
    pub(super) text: String,
    /// The number of the reply whose end ends the answer to the message; see [`Protocol::replies`].
    pub(super) reply: u64,
}

/// What becomes of a client's message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// It is sent on; this is the SQL in it, if there is any.
    Forward(Option<Sql>),
    /// It is not sent on, and the client is answered with this.
    Answer(&'static [u8]),
}

/// One connection's state of a wire protocol.
pub(super) trait Protocol: Send {
    /// Returns the length of the message at the beginning of what a client has sent, when it is there whole.
    fn client_length(&self, bytes: &[u8]) -> Option<usize>;

    /// Returns the same of a server.
    fn server_length(&self, bytes: &[u8]) -> Option<usize>;

    /// Takes a whole message of the client.
    fn client_message(&mut self, message: &[u8]) -> Passage;

    /// Takes a whole message of the server, which it may change.
    fn server_message(&mut self, message: &mut [u8]);

    /// Returns how many of the server's replies have come to their end.
    fn replies(&self) -> u64;
}

/// Returns the text up to a zero byte and what is after that.
pub(super) fn text(bytes: &[u8]) -> (String, &[u8]) {
    let length = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at(length);
    (
        String::from_utf8_lossy(text).into_owned(),
        rest.get(1..).unwrap_or_default(),
    )
}
