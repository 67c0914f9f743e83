//! The sample ledger holds, has every entry type, and its bytes are those of the golden vectors.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::bank::bank_story;
use crate::common::{Chain, contract, institution, key, sealed_story, story};
use crate::desk::{desk_story, list_proofs};
use crate::ending::ending_story;
use crate::evidence::evidence_story;
use crate::transfer::transfer_story;
use crate::watch::watch_story;
use ledger::*;
use serde_json::{Value, json};

/// Every ledger of the golden vectors.
fn stories() -> Vec<Chain> {
    let later = [watch_story(), bank_story(), transfer_story(), evidence_story()];
    [story(), sealed_story(), desk_story(), ending_story()].into_iter().chain(later).collect()
}

#[test]
fn the_story_holds_and_has_every_type() {
    let report = story().verify();
    assert_eq!(report.verdict(), Verdict::Holds);
    let mut types = BTreeSet::new();
    for chain in stories() {
        assert_eq!(chain.verify().findings, []);
        types.extend(chain.entries.iter().map(|bytes| decode(bytes).unwrap().body.entry_type()));
    }
    assert_eq!(types.len(), EntryType::ALL.len());
}

#[test]
fn encode_is_the_inverse_of_decode() {
    for bytes in stories().into_iter().flat_map(|chain| chain.entries) {
        let entry = decode(&bytes).unwrap();
        assert_eq!(String::from_utf8(encode(&entry.header, &entry.body).unwrap()), String::from_utf8(bytes));
    }
}

#[test]
fn bytes_are_canonical_for_an_independent_jcs() {
    for bytes in stories().into_iter().flat_map(|chain| chain.entries) {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), bytes);
    }
}

#[test]
fn declared_members_are_sorted() {
    let objects = body::OBJECTS.iter().map(|(_, fields)| *fields);
    for fields in EntryType::ALL.iter().map(|t| t.fields()).chain(objects) {
        assert!(fields.is_sorted_by(|a, b| a.key < b.key), "{fields:?}");
        for field in fields {
            assert!(field.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        }
    }
}

#[test]
fn the_type_says_whether_it_has_a_contract() {
    for entry_type in EntryType::ALL {
        let has = entry_type.fields().iter().any(|field| field.key == "contract_seq");
        assert_eq!(entry_type.scope() == Scope::Contract, has, "{entry_type}");
    }
}

#[test]
fn sentences_are_sentences() {
    for bytes in stories().into_iter().flat_map(|chain| chain.entries) {
        let sentence = decode(&bytes).unwrap().body.describe();
        assert!(sentence.zh.ends_with('。') && sentence.en.ends_with('.'), "{sentence:?}");
    }
}

fn vectors(chain: &Chain) -> Value {
    let mut frontier = Frontier::new();
    let entries: Vec<Value> = chain
        .entries
        .iter()
        .map(|bytes| {
            frontier.push(leaf_hash(bytes));
            json!({
                "type": decode(bytes).unwrap().body.entry_type().as_str(),
                "bytes": std::str::from_utf8(bytes).unwrap(),
                "leaf_hash": leaf_hash(bytes).to_string(),
                "root_after": frontier.root().to_string(),
            })
        })
        .collect();
    let mut now = json!({
        "format": "docs/LEDGER-FORMAT.md, version 1",
        "origin": crate::common::ORIGIN,
        "seed_hex": "07".repeat(32),
        "vkey": key().vkey(),
        "skey": key().to_skey().as_str(),
        "entries": entries,
        "frontier_hex": frontier.to_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>(),
        "checkpoint": key().sign_checkpoint(&chain.checkpoint()).unwrap(),
        "digests": {
            "document_of_abc": digest(tags::DOCUMENT, b"abc").to_string(),
            "policy_of_abc": digest(tags::POLICY, b"abc").to_string(),
            "bank_reference_of_abc": digest(tags::BANK_REFERENCE, b"abc").to_string(),
            "commit_of_abc_with_salt_of_ones": ledger::commit(tags::COMMIT, &[1; 32], b"abc").to_string(),
            "keyed_abc_with_key_of_ones": keyed(&[1; 32], b"abc").to_string(),
        },
    });
    if frontier.size() > 10 {
        let object = now.as_object_mut().unwrap();
        let grown = merkle::consistency_proof(10, frontier.size(), &chain.nodes).unwrap();
        let grown: Vec<String> = grown.iter().map(ToString::to_string).collect();
        object.insert("consistency_10_to_all".into(), grown.into());
        object.insert("receipt_of_10".into(), chain.receipt(10).to_string().into());
    }
    now
}

#[test]
fn golden_vectors() {
    golden("vectors/v1.json", vectors(&story()));
}

/// Seals, balances and statements came later, and so have a file of their own.
#[test]
fn golden_vectors_of_seals() {
    let chain = sealed_story();
    let mut now = vectors(&chain);
    let object = now.as_object_mut().unwrap();
    object.remove("digests");
    object.insert("balance_of_2".into(), chain.balance(contract(2)).to_string().into());
    object.insert("statement_of_contract_1".into(), chain.statement(Subject::Contract(contract(1))).to_string().into());
    let of_institution = chain.statement(Subject::Institution(institution(1)));
    object.insert("statement_of_institution_1".into(), of_institution.to_string().into());
    let leaf = SealLeaf::read(&chain.balance(contract(2)).seal.proof.leaf).unwrap();
    let shares = leaf.sealed().unwrap().shares("2026-03-03".parse().unwrap()).unwrap();
    object.insert("leaf_of_2".into(), String::from_utf8(leaf.bytes()).unwrap().into());
    let shares = shares.map(|share| json!({ "hash": share.hash.to_string(), "fen": share.fen.to_string() }));
    object.insert("shares_of_2".into(), json!(shares));
    golden("vectors/seal-v1.json", now);
}

/// The same of the entries of the regulator's desk.
#[test]
fn golden_vectors_of_the_desk() {
    let mut now = vectors(&desk_story());
    now.as_object_mut().unwrap().remove("digests");
    golden("vectors/desk-v1.json", now);
}

/// The same of the entries of a template and of a contract's end.
#[test]
fn golden_vectors_of_an_ending() {
    let mut now = vectors(&ending_story());
    now.as_object_mut().unwrap().remove("digests");
    golden("vectors/ending-v1.json", now);
}

/// The same of what stands beside claims.
#[test]
fn golden_vectors_of_evidence() {
    let mut now = vectors(&evidence_story());
    now.as_object_mut().unwrap().remove("digests");
    golden("vectors/evidence-v1.json", now);
}

/// The same of a contract that is handed on, with its balance before and after.
#[test]
fn golden_vectors_of_a_transfer() {
    let chain = transfer_story();
    let mut now = vectors(&chain);
    let object = now.as_object_mut().unwrap();
    object.remove("digests");
    object.insert("balance".into(), chain.balance(contract(1)).to_string().into());
    object.insert("statement".into(), chain.statement(Subject::Contract(contract(1))).to_string().into());
    golden("vectors/transfer-v1.json", now);
}

/// Proofs of where institutions stood: on a list, on none.
#[test]
fn golden_vectors_of_lists() {
    let (chain, listed, unlisted) = list_proofs();
    let mut now = vectors(&chain);
    let object = now.as_object_mut().unwrap();
    object.remove("digests");
    object.insert("listed".into(), listed.to_string().into());
    object.insert("unlisted".into(), unlisted.to_string().into());
    golden("vectors/lists-v1.json", now);
}

/// The same of contested refunds, frozen money, alerts and a closure.
#[test]
fn golden_vectors_of_supervision() {
    let mut now = vectors(&watch_story());
    now.as_object_mut().unwrap().remove("digests");
    golden("vectors/watch-v1.json", now);
}

/// The same of the custody bank.
#[test]
fn golden_vectors_of_the_bank() {
    let mut now = vectors(&bank_story());
    now.as_object_mut().unwrap().remove("digests");
    golden("vectors/bank-v1.json", now);
}

/// The committed files are never edited; a new version of the format gets a new file. One is
/// written only where there is none.
fn golden(file: &str, now: Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    if !path.exists() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&now).unwrap())).unwrap();
    }
    let golden: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for (i, (then, now)) in
        golden["entries"].as_array().unwrap().iter().zip(now["entries"].as_array().unwrap()).enumerate()
    {
        assert_eq!(then, now, "entry {i}");
    }
    assert_eq!(golden, now);
}
