//! kubeseal's command line, without a server.

mod certificate;
mod documents;
mod environment;
mod fixture;
mod grammar;
mod kubeconfig;
mod output;
mod raw;
mod seal;
