//! Every parser under a bounded storm of broken inputs, made from whole ones by someone who knows
//! where it hurts: nothing panics, nothing is read that would not be written the same again, and
//! nothing that was changed holds.

mod bytes;
mod mutate;
mod others;
mod parsers;
