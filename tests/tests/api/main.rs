//! The front door over HTTP on a real database: the main flow, what is refused and how, and lists
//! that keep routes, rights and documents complete.

mod bad_input;
mod documents;
mod flow;
mod log;
mod rights;
mod world;
