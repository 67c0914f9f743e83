//! Worked cases of judgments and rules, each by its number, with the exact figures. A case marked
//! exact reproduces what a court or an authority printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod common;
mod wc_01;
mod wc_03;
mod wc_04;
mod wc_06;
mod wc_08;
mod wc_20;
mod wc_30;
mod wc_32;
mod wc_40;
mod wc_42;
mod wc_50;
mod wc_51;
mod wc_54;
mod wc_57;
mod wc_60;
mod wc_61;
mod wc_62;
mod wc_65;
mod wc_70;
mod wc_80;
