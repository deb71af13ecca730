//! What `chancery install` prints, applied to the API server.

mod accepted;
mod approval;
mod neighbours;
mod printed;
mod schemahero;
mod users;
