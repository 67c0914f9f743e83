//! End-to-end tests of the product are test targets; here is what they share with the commands that
//! look at the console.

pub mod browser;
