//! Web servers: one that gives every client the same answer, and one that has an answer for each.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

/// Serves until the test ends and returns the URL of `/v1/cert.pem`.
pub(crate) fn serve(status: &'static str, headers: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            answer(stream, status, headers, &body);
        }
    });
    format!("http://{address}/v1/cert.pem")
}

/// A server that is gone after its last answer.
pub(crate) struct Ending {
    pub(crate) url: String,
    thread: JoinHandle<()>,
}

impl Ending {
    /// Waits until the last answer was given, so that nothing listens any more.
    #[track_caller]
    pub(crate) fn ended(self) {
        self.thread.join().unwrap();
    }
}

/// Gives one client after the other one of these answers: status and body.
pub(crate) fn serve_each(answers: Vec<(&'static str, String)>) -> Ending {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/cert.pem", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        for (status, body) in answers {
            answer(listener.accept().unwrap().0, status, "", &body);
        }
    });
    Ending { url, thread }
}

fn answer(mut stream: TcpStream, status: &str, headers: &str, body: &str) {
    let lines = BufReader::new(&stream).lines();
    // The request has no body: it ends with the first empty line.
    let _ = lines.map_while(Result::ok).find(String::is_empty);
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let _ = stream.write_all(answer.as_bytes());
}
