//! Receipts, exports, checkpoints and tiles: what holds, and every way in which it does not.

use std::io::Cursor;

use ledger::*;

use crate::common::{Chain, SEED, key, long, story};

fn stranger() -> LogKey {
    LogKey::from_seed(crate::common::ORIGIN, &[8; 32]).unwrap()
}

#[test]
fn a_receipt_holds_with_the_key_from_outside() {
    let chain = story();
    for index in 0..chain.frontier.size() {
        let receipt = chain.receipt(index);
        let text = receipt.to_string();
        assert_eq!(text.parse(), Ok(receipt.clone()));
        let report = receipt.verify(Some(key().verifier()), &[]);
        assert_eq!(report.verdict, Verdict::Holds);
        assert_eq!(report.checkpoint, Some(chain.checkpoint()));
    }
}

#[test]
fn without_a_key_from_outside_a_receipt_never_holds() {
    let report = story().receipt(11).verify(None, &[]);
    assert_eq!(report.verdict, Verdict::CouldNotCheckEverything(vec![Unchecked::KeyFromOutside]));
    assert_eq!(report.verdict.exit_code(), 2);
}

#[test]
fn a_broken_receipt_does_not_hold() {
    let chain = story();
    let size = chain.frontier.size();
    let good = chain.receipt(11);
    let why = |receipt: &Receipt| match receipt.verify(Some(key().verifier()), &[]).verdict {
        Verdict::DoesNotHold(finding) => finding.invariant,
        other => panic!("{other:?}"),
    };
    let mut r = good.clone();
    r.entry = chain.entries[12].clone();
    assert_eq!(why(&r), InvariantId::Sequence);
    let mut r = good.clone();
    r.entry = String::from_utf8(r.entry).unwrap().replace("340000", "340001").into_bytes();
    assert_eq!(why(&r), InvariantId::Canonical);
    let mut r = good.clone();
    r.entry = String::from_utf8(r.entry).unwrap().replace("bank_transfer", "cash").into_bytes();
    assert_eq!(why(&r), InvariantId::Tree);
    let mut r = good.clone();
    r.proof.hashes.pop();
    assert_eq!(why(&r), InvariantId::Tree);
    let mut r = good.clone();
    r.proof.index = 12;
    assert_eq!(why(&r), InvariantId::Sequence);
    let mut r = good.clone();
    r.proof.checkpoint = stranger().sign_checkpoint(&chain.checkpoint()).unwrap();
    assert_eq!(why(&r), InvariantId::Signature);
    let mut r = good.clone();
    r.log = stranger().verifier().clone();
    assert_eq!(why(&r), InvariantId::Signature);
    let mut r = good;
    r.proof.checkpoint = r.proof.checkpoint.replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    assert!(matches!(why(&r), InvariantId::Signature), "{}", r.proof.checkpoint);
}

#[test]
fn every_changed_byte_of_a_receipt_is_found() {
    let text = story().receipt(11).to_string();
    for i in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[i] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else { continue };
        if let Ok(receipt) = changed.parse::<Receipt>() {
            let verdict = receipt.verify(Some(key().verifier()), &[]).verdict;
            assert!(matches!(verdict, Verdict::DoesNotHold(_)), "byte {i}: {changed}");
        }
    }
}

#[test]
fn unknown_signatures_are_ignored_and_known_ones_must_hold() {
    let chain = story();
    let witness = LogKey::from_seed("witness.example/bank", &[9; 32]).unwrap();
    let line = |key: &LogKey| {
        let note = key.sign_checkpoint(&chain.checkpoint()).unwrap();
        note.lines().last().unwrap().to_owned() + "\n"
    };
    let mut receipt = chain.receipt(3);
    receipt.proof.checkpoint += &line(&witness);
    let outside = key();
    let unknown = receipt.verify(Some(outside.verifier()), &[]);
    assert_eq!(unknown.verdict, Verdict::Holds);
    assert_eq!(unknown.signatures.unverified, ["witness.example/bank"]);
    let known = receipt.verify(Some(outside.verifier()), std::slice::from_ref(witness.verifier()));
    assert_eq!(known.signatures.verified.len(), 2);
    let mut forged = chain.receipt(3);
    let other = LogKey::from_seed("witness.example/bank", &[9; 32]).unwrap().sign_note("another text\n").unwrap();
    forged.proof.checkpoint += &(other.lines().last().unwrap().to_owned() + "\n");
    let report = forged.verify(Some(outside.verifier()), std::slice::from_ref(witness.verifier()));
    assert_eq!(report.verdict.exit_code(), 1);
}

fn check(export: &[u8], known: Option<&VerifierKey>, earlier: &[Vec<u8>]) -> Report {
    verify_export(Cursor::new(export), known, earlier, |_, _| ()).unwrap()
}

#[test]
fn an_export_holds() {
    let chain = story();
    let export = chain.export();
    let report = check(&export, Some(key().verifier()), &[]);
    assert_eq!(report.verdict(), Verdict::Holds);
    assert_eq!(report.entries, chain.frontier.size());
    assert_eq!(report.root, chain.frontier.root());
    assert!(report.unchecked.contains(&Unchecked::EarlierCheckpoint));
    let alone = check(&export, None, &[]);
    assert_eq!(alone.verdict(), Verdict::CouldNotCheckEverything(vec![Unchecked::KeyFromOutside]));
}

#[test]
fn an_empty_ledger_can_be_exported() {
    let report = check(&Chain::new().export(), Some(key().verifier()), &[]);
    assert_eq!((report.verdict(), report.entries), (Verdict::Holds, 0));
}

#[test]
fn an_earlier_checkpoint_finds_a_rewritten_ledger() {
    let chain = long(60);
    let mut old = Chain::new();
    chain.entries.iter().take(30).for_each(|bytes| old.append(bytes.clone()));
    let earlier = key().sign_checkpoint(&old.checkpoint()).unwrap().into_bytes();
    let known = key();
    let report = check(&chain.export(), Some(known.verifier()), std::slice::from_ref(&earlier));
    assert_eq!(report.verdict(), Verdict::Holds);
    assert!(!report.unchecked.contains(&Unchecked::EarlierCheckpoint));
    // Another ledger, consistent in itself and signed with the same key.
    let other = check(&story().export(), Some(known.verifier()), &[earlier]);
    assert!(matches!(other.verdict(), Verdict::DoesNotHold(f) if f.invariant == InvariantId::Tree));
    // Cut short and signed again: only an earlier checkpoint can tell.
    let later = key().sign_checkpoint(&chain.checkpoint()).unwrap().into_bytes();
    assert_eq!(check(&old.export(), Some(known.verifier()), &[]).verdict(), Verdict::Holds);
    let cut = check(&old.export(), Some(known.verifier()), &[later]);
    assert!(matches!(cut.verdict(), Verdict::DoesNotHold(f) if f.invariant == InvariantId::Length));
}

#[test]
fn broken_exports_are_found() {
    let known = key();
    let export = String::from_utf8(story().export()).unwrap();
    let first = |export: &str| match check(export.as_bytes(), Some(known.verifier()), &[]).verdict() {
        Verdict::DoesNotHold(finding) => finding,
        other => panic!("{other:?}"),
    };
    let lines: Vec<&str> = export.lines().collect();
    let without = |n: usize| {
        let kept: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != n).map(|(_, line)| *line).collect();
        kept.join("\n") + "\n"
    };
    // Line 4 is entry 0.
    let gone = first(&without(14));
    assert_eq!((gone.seq, gone.invariant), (Some(10), InvariantId::Sequence));
    let cut = lines[..20].join("\n") + "\n";
    let cut = first(&cut);
    assert_eq!((cut.seq, cut.invariant), (Some(16), InvariantId::Length));
    let unsigned = first(&without(lines.len() - 1));
    assert_eq!(unsigned.invariant, InvariantId::Signature);
    let forged = export.replace("bank_transfer", "digital_yuan");
    let forged = first(&forged);
    assert_eq!((forged.seq, forged.invariant), (Some(11), InvariantId::Chain));
    for bad in ["", "tutela-export/v2\n", "tutela-export/v1\nlog x\nsize 1\n\n"] {
        let error = verify_export(Cursor::new(bad), None, &[], |_, _| ());
        assert!(matches!(error, Err(ExportError::Malformed)), "{bad}");
    }
    let endless = format!("tutela-export/v1\nlog {}\nsize 1\n\n{}", known.vkey(), "x".repeat(1_000_000));
    assert_eq!(first(&endless).invariant, InvariantId::Length);
}

#[test]
fn keys_survive_their_text() {
    let skey = key().to_skey();
    assert_eq!(LogKey::from_skey(&skey).unwrap().vkey(), key().vkey());
    assert!(LogKey::from_seed("two words", &SEED).is_err());
    assert!(!format!("{:?}", key()).contains(&skey[40..]));
    assert!(key().sign_note("no line feed").is_err());
}

#[test]
fn tiles_hold_the_hashes_of_the_tree() {
    let chain = long(300);
    let size = chain.frontier.size();
    let path: TilePath = "tile/0/000".parse().unwrap();
    assert!(path.exists_at(size));
    let hashes: Vec<Hash> = path.nodes().iter().map(|node| chain.nodes[node]).collect();
    assert_eq!(hashes, chain.leaves[..256]);
    assert_eq!(tile::tile_bytes(&hashes).len(), 8_192);
    let mut frontier = Frontier::new();
    hashes.iter().for_each(|&hash| frontier.push(hash));
    let above: TilePath = "tile/1/000.p/1".parse().unwrap();
    assert!(above.exists_at(size) && !above.exists_at(255));
    assert_eq!(chain.nodes[&above.nodes()[0]], frontier.root());
    let partial: TilePath = "tile/0/001.p/40".parse().unwrap();
    assert_eq!(partial.range(), 256..296);
    assert_eq!(partial.width_at(300), 44);
    let bundle = tile::bundle_bytes(chain.entries[..2].iter().map(Vec::as_slice)).unwrap();
    assert_eq!(bundle.len(), 4 + chain.entries[0].len() + chain.entries[1].len());
    assert_eq!(usize::from(bundle[0]) * 256 + usize::from(bundle[1]), chain.entries[0].len());
}
