//! The parsers, one by one.

use std::fmt::Display;
use std::io::Cursor;
use std::str::FromStr;
use std::sync::LazyLock;

use ledger::cosignature::WitnessKey;
use ledger::tile::{bundle_bytes, split_bundle};
use ledger::witness::AddCheckpoint;
use ledger::*;
use proptest::prelude::*;
use proptest::sample::Index;

use super::mutate::{Change, changed, changes};
use crate::common::{Chain, key, sealed_story, story};

/// Everything that a parser is given, whole.
pub(super) struct Whole {
    pub(super) chain: Chain,
    pub(super) receipts: Vec<Vec<u8>>,
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) notes: Vec<Vec<u8>>,
    pub(super) proofs: Vec<Vec<u8>>,
    pub(super) exports: Vec<Vec<u8>>,
    pub(super) keys: Vec<Vec<u8>>,
    pub(super) paths: Vec<Vec<u8>>,
    pub(super) bundles: Vec<Vec<u8>>,
    pub(super) policies: Vec<Vec<u8>>,
    pub(super) requests: Vec<Vec<u8>>,
    pub(super) statements: Vec<Vec<u8>>,
}

pub(super) fn witness(n: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness-{n}.example"), &[n; 32]).unwrap()
}

fn texts<T: Display>(items: impl IntoIterator<Item = T>) -> Vec<Vec<u8>> {
    items.into_iter().map(|item| item.to_string().into_bytes()).collect()
}

pub(super) static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let chain = story();
    let mut receipts: Vec<Receipt> = (0..chain.frontier.size()).map(|n| chain.receipt(n)).collect();
    for (n, receipt) in (0_u8..).zip(&mut receipts) {
        for w in 0..n % 4 {
            let signature = witness(w).cosign(&chain.checkpoint().to_string(), 1_772_000_000 + u64::from(w)).unwrap();
            receipt.proof.checkpoint += &signature.to_string();
        }
        receipt.proof.extra = (n % 5 == 0).then(|| vec![n; usize::from(n)]);
    }
    let keys = vec![key().verifier().clone(), witness(1).verifier().clone(), witness(2).verifier().clone()];
    let paths = ["tile/0/000", "tile/entries/x001/x234/067.p/8", "tile/63/x999/999.p/255", "tile/2/x001/000"];
    let policy = format!(
        "# comment\nlog {} https://log.example\nwitness a {} https://w.example\nwitness b {}\ngroup g 1 a b\n\
         group all all g\nquorum g\n",
        keys[0], keys[1], keys[2]
    );
    let sealed = sealed_story();
    let contract = crate::common::contract(1);
    let statements = texts([sealed.statement(Subject::Contract(contract))]);
    let entries: Vec<&[u8]> = chain.entries.iter().map(Vec::as_slice).collect();
    let note = chain.receipt(1).proof.checkpoint;
    Whole {
        codes: receipts.iter().map(|receipt| receipt.to_qr().unwrap().into_bytes()).collect(),
        notes: receipts.iter().map(|receipt| receipt.proof.checkpoint.clone().into_bytes()).collect(),
        proofs: texts(receipts.iter().map(|receipt| &receipt.proof)),
        receipts: texts(&receipts),
        exports: vec![chain.export(), Chain::new().export()],
        keys: texts(&keys),
        paths: texts(paths),
        bundles: vec![bundle_bytes(entries).unwrap(), bundle_bytes([b"a".as_slice(), b""]).unwrap()],
        policies: vec![policy.into_bytes(), b"quorum none\n".to_vec()],
        requests: texts([
            AddCheckpoint::new(10, chain.receipt(3).proof.hashes, &note).unwrap(),
            AddCheckpoint::new(0, Vec::new(), &note).unwrap(),
        ]),
        statements,
        chain,
    }
});

/// What is read is written the same again.
fn exact<T: FromStr + Display>(bytes: &[u8]) -> Result<Option<T>, TestCaseError> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(None) };
    let Ok(read) = text.parse::<T>() else { return Ok(None) };
    prop_assert_eq!(read.to_string(), text);
    Ok(Some(read))
}

/// A receipt that holds says what one of the whole ones says.
fn holds_only_whole(receipt: &Receipt) -> Result<(), TestCaseError> {
    let witnesses: Vec<VerifierKey> = (0..4).map(|n| witness(n).verifier().clone()).collect();
    let log = key();
    let report = receipt.verify(Some(log.verifier()), &witnesses);
    if report.verdict == Verdict::Holds {
        let chain = &WHOLE.chain;
        let index = usize::try_from(receipt.proof.index).unwrap();
        prop_assert_eq!(chain.entries.get(index), Some(&receipt.entry));
        prop_assert_eq!(&receipt.proof.hashes, &chain.receipt(receipt.proof.index).proof.hashes);
        prop_assert_eq!(report.checkpoint, Some(chain.checkpoint()));
    }
    // Without a key from outside it never holds, whatever it says.
    prop_assert_ne!(receipt.verify(None, &witnesses).verdict, Verdict::Holds);
    Ok(())
}

/// The whole inputs are read, before anything is broken: else the storm would test nothing.
#[test]
fn the_whole_inputs_are_whole() {
    let w = &*WHOLE;
    fn all<T: FromStr + Display>(inputs: &[Vec<u8>]) {
        assert!(!inputs.is_empty() && inputs.iter().all(|bytes| exact::<T>(bytes).unwrap().is_some()));
    }
    all::<Receipt>(&w.receipts);
    all::<TlogProof>(&w.proofs);
    all::<VerifierKey>(&w.keys);
    all::<TilePath>(&w.paths);
    all::<AddCheckpoint>(&w.requests);
    all::<Statement>(&w.statements);
    assert!(w.notes.iter().all(|note| Note::parse(note).is_ok_and(|read| read.to_string().as_bytes() == note)));
    assert!(w.policies.iter().all(|policy| LogPolicy::parse(policy).is_ok()));
    assert!(w.bundles.iter().all(|bundle| split_bundle(bundle).is_some()));
    for (code, receipt) in w.codes.iter().zip(&w.receipts) {
        let read = Receipt::read(std::str::from_utf8(code).unwrap()).unwrap();
        assert_eq!(read.to_string().as_bytes(), receipt);
        holds_only_whole(&read).unwrap();
    }
}

/// A code that another deflate made, and an encoder that is not ours.
#[test]
fn a_code_of_another_encoder() {
    let code = include_str!("../../../vectors/receipt-qr-v1.txt");
    let (code, receipt) = code.split_once('\n').unwrap();
    assert_eq!(Receipt::read(code).unwrap().to_string(), receipt);
    assert_eq!(Receipt::read(&format!("https://ledger.example/verify#{code}#more")).unwrap().to_string(), receipt);
    let ours = receipt.parse::<Receipt>().unwrap().to_qr().unwrap();
    assert_eq!(Receipt::read(&ours).unwrap().to_string(), receipt);
    assert!(ours.len() <= code.len() + 40, "{} {}", ours.len(), code.len());
}

/// 30 hashes and three cosignatures fit into a QR code, whose largest has 7,089 digits.
#[test]
fn large_receipts_fit() {
    let chain = &WHOLE.chain;
    let longest = (0..chain.entries.len()).max_by_key(|&n| chain.entries[n].len()).unwrap();
    let mut receipt = chain.receipt(u64::try_from(longest).unwrap());
    receipt.proof.hashes = (0_u8..30).map(|n| leaf_hash(&[n])).collect();
    for n in 0..3 {
        let signature = witness(n).cosign(&chain.checkpoint().to_string(), 1_772_000_000).unwrap();
        receipt.proof.checkpoint += &signature.to_string();
    }
    let code = receipt.to_qr().unwrap();
    assert!(code.len() < 5_200, "{}", code.len());
    assert_eq!(Receipt::from_qr(&code), Ok(receipt));
}

/// One property over one kind of input.
macro_rules! storm {
    ($($name:ident($inputs:ident, $bytes:ident) $body:block)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
            $(#[test]
            fn $name(which in any::<Index>(), changes in changes()) {
                let changes: Vec<Change> = changes;
                let $bytes = changed(&WHOLE.$inputs, &which, &changes);
                let $bytes = $bytes.as_slice();
                $body
            })*
        }
    };
}

pub(super) use storm;

storm! {
    keys(keys, bytes) {
        if let Some(read) = exact::<VerifierKey>(bytes)? {
            // The name and hash bind the key: another text is another key that somebody made.
            prop_assert!(WHOLE.keys.iter().any(|whole| whole == bytes) || !WHOLE.keys.contains(&read.to_string().into_bytes()));
        }
    }
    tile_paths(paths, bytes) {
        exact::<TilePath>(bytes)?;
    }
    bundles(bundles, bytes) {
        if let Some(entries) = split_bundle(bytes) {
            prop_assert_eq!(bundle_bytes(entries).unwrap(), bytes);
        }
    }
    policies(policies, bytes) {
        if let Ok(policy) = LogPolicy::parse(bytes) {
            prop_assert!(policy.fewest() <= policy.witnesses().len());
            prop_assert_eq!(policy.evaluate(&Default::default()).met, policy.fewest() == 0);
        }
    }
    notes(notes, bytes) {
        if let Ok(note) = Note::parse(bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
            if let Ok(checkpoint) = note.text().parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), note.text());
            }
        }
        if let Ok((checkpoint, _)) = Checkpoint::open(bytes, key().verifier(), &[]) {
            prop_assert_eq!(checkpoint, WHOLE.chain.checkpoint());
        }
    }
    proofs(proofs, bytes) {
        if let Some(proof) = exact::<TlogProof>(bytes)? {
            let leaf = usize::try_from(proof.index).ok().and_then(|index| WHOLE.chain.leaves.get(index));
            let other = leaf_hash(b"other");
            prop_assert!(proof.verify(&other, key().verifier(), &[]).is_err());
            if let Some(leaf) = leaf && proof.verify(leaf, key().verifier(), &[]).is_ok() {
                prop_assert_eq!(&proof.hashes, &WHOLE.chain.receipt(proof.index).proof.hashes);
            }
        }
    }
    requests(requests, bytes) {
        exact::<AddCheckpoint>(bytes)?;
    }
    receipts(receipts, bytes) {
        if let Some(receipt) = exact::<Receipt>(bytes)? {
            holds_only_whole(&receipt)?;
            // Whatever can be read can be drawn, unless it has bytes that no code has a mark for.
            if let Ok(code) = receipt.to_qr() {
                prop_assert_eq!(Receipt::read(&code), Ok(receipt));
            }
        }
    }
    codes(codes, bytes) {
        if let Some(receipt) = std::str::from_utf8(bytes).ok().and_then(|text| Receipt::read(text).ok()) {
            prop_assert_eq!(receipt.to_string().parse(), Ok(receipt.clone()));
            holds_only_whole(&receipt)?;
        }
    }
    statements(statements, bytes) {
        if let Some(statement) = exact::<Statement>(bytes)? {
            let report = statement.verify(Some(key().verifier()), &[]);
            if report.verdict == Verdict::Holds {
                // Signature lines may be there twice: no signature is over them.
                let like = |whole: &Vec<u8>| {
                    let whole: Statement = std::str::from_utf8(whole).unwrap().parse().unwrap();
                    Statement { checkpoint: statement.checkpoint.clone(), ..whole } == statement
                };
                prop_assert!(WHOLE.statements.iter().any(like));
                prop_assert!(report.checkpoint.is_some());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn entries(which in any::<Index>(), changes in changes()) {
        let bytes = changed(&WHOLE.chain.entries, &which, &changes);
        if let Ok(entry) = decode(&bytes) {
            prop_assert_eq!(encode(&entry.header, &entry.body), Ok(bytes));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exports(which in any::<Index>(), changes in changes()) {
        let bytes = changed(&WHOLE.exports, &which, &changes);
        let log = key();
        if let Ok(report) = verify_export(Cursor::new(&bytes), Some(log.verifier()), &[], |_, _| ()) {
            // All but the signature lines, of which one may be there twice.
            let signed = |bytes: &[u8]| {
                let end = bytes.windows(2).rposition(|pair| pair == b"\n\n");
                bytes[..end.unwrap_or_default()].to_vec()
            };
            let is_whole = WHOLE.exports.iter().any(|whole| signed(whole) == signed(&bytes));
            prop_assert!(report.verdict() != Verdict::Holds || is_whole);
        }
    }
}
