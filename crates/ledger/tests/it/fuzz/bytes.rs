//! Every byte of an export of two hundred entries, changed: found, or harmless.
//!
//! A change is harmless when the answer is still "holds" *and* everything that the answer speaks of
//! is what it was: the same entries, the same root, signed by the same key. That can only be a
//! change in a signature line of a key that the verifier was not given: such lines carry nothing
//! that anybody relies on. Everything else must be found.
//!
//! Each changed byte of an entry is looked at by itself: it is no entry any more, or it has another
//! leaf hash, which the link of the next entry, or the signed root, does not have. That these two
//! are compared is then shown by the whole verifier, for bytes of every entry.

use std::io::Cursor;

use ledger::cosignature::WitnessKey;
use ledger::*;

use crate::common::{Chain, key, long};

const ENTRIES: u64 = 200;
/// What is done to a byte.
const VALUES: [fn(u8) -> u8; 4] = [|b| b ^ 1, |b| b ^ 0x20, |b| b.wrapping_add(1), |_| b'\n'];

fn chain() -> Chain {
    let chain = long(ENTRIES);
    assert!(chain.frontier.size() >= ENTRIES, "{}", chain.frontier.size());
    chain
}

fn answer(bytes: &[u8]) -> Option<(Verdict, Hash, u64)> {
    let log = key();
    let report = verify_export(Cursor::new(bytes), Some(log.verifier()), &[], |_, _| ()).ok()?;
    Some((report.verdict(), report.root, report.entries))
}

#[test]
fn every_byte_of_every_entry() {
    let chain = chain();
    let (mut changed, mut still_entries) = (0_u64, 0_u64);
    for (entry, leaf) in chain.entries.iter().zip(&chain.leaves) {
        let mut bytes = entry.clone();
        for i in 0..entry.len() {
            for value in VALUES {
                bytes[i] = value(entry[i]);
                if bytes[i] == entry[i] {
                    continue;
                }
                changed += 1;
                // The hash is over the bytes, so this is all that the verifier goes by.
                assert_ne!(leaf_hash(&bytes), *leaf, "byte {i}");
            }
            // Once for each byte: what is still an entry is another entry.
            bytes[i] = VALUES[0](entry[i]);
            if let Ok(other) = decode(&bytes) {
                still_entries += 1;
                assert_eq!(encode(&other.header, &other.body).as_ref(), Ok(&bytes));
                assert_ne!(bytes, *entry);
            }
            bytes[i] = entry[i];
        }
    }
    assert!(changed > 400_000, "{changed}");
    assert!(still_entries > 1_000, "changes inside hashes and digits are still entries: {still_entries}");
}

#[test]
fn bytes_of_every_entry_through_the_whole_verifier() {
    let chain = chain();
    let export = chain.export();
    let whole = answer(&export).unwrap();
    assert_eq!(whole.0, Verdict::Holds);
    let mut at = export.windows(2).position(|pair| pair == b"\n\n").unwrap() + 2;
    let mut bytes = export.clone();
    for (n, entry) in chain.entries.iter().enumerate() {
        // Another place in each entry, and its last byte but one now and then.
        let places = [(n * 131) % entry.len(), entry.len() - 3];
        for place in places.into_iter().take(if n % 8 == 0 { 2 } else { 1 }) {
            bytes[at + place] = VALUES[n % 3](export[at + place]);
            let (verdict, root, entries) = answer(&bytes).unwrap();
            let Verdict::DoesNotHold(finding) = verdict else { panic!("entry {n}, byte {place}: {verdict:?}") };
            // A link that changed looks like the entry before it having changed.
            let named = finding.seq.map(|seq| usize::try_from(seq).unwrap());
            let is_link = finding.invariant == InvariantId::Chain && named.map(|named| named + 1) == Some(n);
            assert!(named == Some(n) || is_link, "entry {n}, byte {place}: {finding:?}");
            assert_ne!(root, whole.1);
            assert_eq!(entries, whole.2);
            bytes[at + place] = export[at + place];
        }
        at += entry.len() + 1;
    }
}

/// Head, line feeds and checkpoint: every byte, and a cosignature that nobody asked for.
#[test]
fn every_byte_around_the_entries() {
    // A short ledger has the same bytes around its entries, and is checked faster.
    let chain = long(12);
    let mut export = chain.export();
    let stranger = WitnessKey::from_seed("stranger.example", &[3; 32]).unwrap();
    let line = stranger.cosign(&chain.checkpoint().to_string(), 1_772_000_000).unwrap().to_string();
    let harmless_from = export.len();
    export.extend_from_slice(line.as_bytes());
    let whole = answer(&export).unwrap();
    assert_eq!(whole.0, Verdict::Holds);
    let head = export.windows(2).position(|pair| pair == b"\n\n").unwrap() + 2;
    let body: usize = chain.entries.iter().map(|entry| entry.len() + 1).sum();
    let feeds = chain.entries.iter().scan(head, |at, entry| {
        *at += entry.len() + 1;
        Some(*at - 1)
    });
    let places: Vec<usize> = (0..head).chain(feeds).chain(head + body..export.len()).collect();
    let (mut found, mut harmless) = (0, 0);
    let mut bytes = export.clone();
    for place in places {
        for value in VALUES {
            bytes[place] = value(export[place]);
            if bytes[place] == export[place] {
                continue;
            }
            match answer(&bytes) {
                None | Some((Verdict::DoesNotHold(_), ..)) => found += 1,
                other => {
                    assert_eq!(other.as_ref(), Some(&whole), "byte {place}");
                    assert!(place >= harmless_from, "byte {place} is not of the stranger's line");
                    harmless += 1;
                }
            }
            bytes[place] = export[place];
        }
    }
    assert!(found > 1_000 && harmless > 100, "found {found}, harmless {harmless}");
}
