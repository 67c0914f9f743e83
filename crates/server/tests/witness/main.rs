//! Witnesses as processes: what `tutela witness` answers, keeps and refuses, also after `kill -9`;
//! and a server that collects their cosignatures. Real binaries, real files, real HTTP on loopback.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod collect;
mod desk;
mod process;
