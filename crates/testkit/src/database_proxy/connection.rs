//! One client's connection and the server's behind it.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::mysql::Mysql;
use super::postgres::Postgres;
use super::protocol::{Passage, Protocol};
use super::rules::{Action, Moment, Rules};

/// Passes messages on until a side ends the connection or a rule does; then both are dropped.
///
/// One task does both directions, so that nothing is passed on after a rule's moment has come.
///
/// # Errors
/// When a side breaks off.
pub(super) async fn run(
    mut client: TcpStream,
    mut server: TcpStream,
    number: usize,
    rules: &Arc<Rules>,
) -> io::Result<()> {
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    // In MySQL the server speaks first, in Postgres the client.
    let (mut first, mut second) = ([0], [0]);
    let mut protocol: Box<dyn Protocol> = tokio::select! {
        length = server.peek(&mut first) => { length?; Box::new(Mysql::default()) }
        length = client.peek(&mut second) => { length?; Box::new(Postgres::default()) }
    };
    let (mut sent, mut received) = (Vec::new(), Vec::new());
    // The rule that waits for the end of a reply, and the reply's number.
    let mut awaited: Option<(u64, Action)> = None;
    loop {
        let length = tokio::select! {
            length = client.read_buf(&mut sent) => length?,
            length = server.read_buf(&mut received) => length?,
        };
        if length == 0 {
            return Ok(());
        }
        while let Some(length) = protocol.client_length(&sent) {
            let message: Vec<u8> = sent.drain(..length).collect();
            match protocol.client_message(&message) {
                Passage::Answer(answer) => client.write_all(answer).await?,
                Passage::Forward(None) => server.write_all(&message).await?,
                Passage::Forward(Some(sql)) => {
                    if let Some(action) = rules.see(number, sql.kind, sql.text) {
                        match action.moment {
                            Moment::BeforeSend => {
                                rules.fire(action);
                                return Ok(());
                            }
                            Moment::AfterReply => awaited = Some((sql.reply, action)),
                        }
                    }
                    server.write_all(&message).await?;
                }
            }
        }
        while let Some(length) = protocol.server_length(&received) {
            let mut message: Vec<u8> = received.drain(..length).collect();
            let before = protocol.replies();
            protocol.server_message(&mut message);
            match awaited.take_if(|(reply, _)| protocol.replies() >= *reply) {
                Some((_, action)) => {
                    rules.fire(action);
                    return Ok(());
                }
                None if awaited.as_ref().is_some_and(|(reply, _)| before + 1 >= *reply) => {}
                None => client.write_all(&message).await?,
            }
        }
    }
}
