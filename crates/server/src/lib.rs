//! The binary `tutela` as a library: settings, the outside world (clock, randomness, keys), wiring,
//! commands, and the sample county. What the product does is in `app`; HTTP is in `api`.

pub mod bank_inbox;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod console;
pub mod demo;
pub mod effects;
pub mod files;
pub mod http;
pub mod logging;
pub mod notify;
pub mod oidc;
pub mod outgoing;
pub mod progress;
pub mod say;
pub mod settings;
pub mod stop;
pub mod system;
pub mod tls;
pub mod witness;
pub mod witness_client;
