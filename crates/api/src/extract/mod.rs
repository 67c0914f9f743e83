//! From a request to values: who asks, path, query, body. Everything malformed is refused here, by
//! name, before a use case is called.

mod body;
mod command;
mod parameter;
mod reason;
mod request;

pub use body::Body;
pub use command::{Asked, Command, CommandParams, Draft, DraftParams, Prefer, command_key};
pub use parameter::{Id, Ids, LIMIT_DEFAULT, PageQuery, Query, page};
pub use reason::{Reason, ReasonParams};
pub use request::{Asker, From, IfMatch, Now, SignedIn, Site};
