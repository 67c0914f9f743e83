//! End-to-end tests of the product; all of them are test targets, nothing is here.
