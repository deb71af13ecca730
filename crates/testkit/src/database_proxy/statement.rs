//! One statement that the proxy saw.

/// What a client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// To run a text: Postgres' Query, MySQL's `COM_QUERY`.
    Query,
    /// To prepare a text: Postgres' Parse, MySQL's `COM_STMT_PREPARE`. It changes nothing.
    Prepare,
    /// To run what was prepared: Postgres' Execute, MySQL's `COM_STMT_EXECUTE`.
    Execute,
}

/// A message with SQL from a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its number among all that the proxy has seen, from 1.
    pub number: usize,
    /// The number of its connection, from 1.
    pub connection: usize,
    /// What the client asked for.
    pub kind: StatementKind,
    /// The text, of an Execute the one that was prepared; bytes that are no UTF-8 are replaced.
    pub sql: String,
}
