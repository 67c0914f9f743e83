//! Other projects' test vectors for the formats that we share with them. They lie beside the
//! workspace, not in it; where they are not, one line says so.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::merkle::{verify_consistency, verify_inclusion};
use ledger::*;
use serde_json::Value;

/// The file, or `None` with a line about it.
pub(crate) fn vectors(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(_) => {
            println!("skipped: no {}", path.display());
            None
        }
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The hash, or `None` when the vector gives something that is no hash of ours.
fn hash(value: &Value) -> Option<Hash> {
    Hash::try_from_slice(&STANDARD.decode(value.as_str()?).ok()?).ok()
}

fn proof(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().map_or(Some(Vec::new()), |hashes| hashes.iter().map(hash).collect())
}

#[test]
fn merkle_inclusion() {
    let Some(file) = vectors("merkle-inclusion.json") else { return };
    let cases = file["cases"].as_array().unwrap();
    for case in cases {
        let holds = (|| {
            let (leaf, root, proof) = (hash(&case["leafHash"])?, hash(&case["root"])?, proof(&case["proof"])?);
            let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
            verify_inclusion(&leaf, index, size, &proof, &root).ok()
        })();
        assert_eq!(holds.is_none(), case["wantErr"].as_bool().unwrap(), "{}", case["path"]);
    }
    assert_eq!(cases.len(), 98);
}

#[test]
fn merkle_consistency() {
    let Some(file) = vectors("merkle-consistency.json") else { return };
    let cases = file["cases"].as_array().unwrap();
    let mut texts_called_equal = 0;
    for case in cases {
        let holds = (|| {
            let (old, new, proof) = (hash(&case["root1"])?, hash(&case["root2"])?, proof(&case["proof"])?);
            verify_consistency(case["size1"].as_u64()?, &old, case["size2"].as_u64()?, &new, &proof).ok()
        })();
        // One case calls two equal texts that are not 32 bytes equal roots; ours have 32 bytes.
        if hash(&case["root1"]).is_none() {
            texts_called_equal += u64::from(!case["wantErr"].as_bool().unwrap());
            assert!(holds.is_none());
        } else {
            assert_eq!(holds.is_none(), case["wantErr"].as_bool().unwrap(), "{}", case["path"]);
        }
    }
    assert_eq!(cases.len(), 98);
    assert!(texts_called_equal <= 1);
}

#[test]
fn rfc6962_reference_tree() {
    let Some(file) = vectors("rfc6962-reference-tree.json") else { return };
    let mut frontier = Frontier::new();
    let roots = file["root_hash_by_size_hex"].as_array().unwrap();
    let levels = &file["complete_node_hash_by_level_hex"];
    for (root, leaf) in roots.iter().zip(file["leaf_inputs_hex"].as_array().unwrap()) {
        assert_eq!(frontier.root().to_string(), text(root));
        frontier.push_with(leaf_hash(&hex::decode(text(leaf)).unwrap()), |node, hash| {
            let expected = &levels[usize::from(node.level)][usize::try_from(node.index).unwrap()];
            assert_eq!(hash.to_string(), text(expected));
        });
    }
    assert_eq!(frontier.root().to_string(), text(&roots[8]));
}

#[test]
fn signed_note() {
    let Some(file) = vectors("signed-note.json") else { return };
    let sign = &file["sign"];
    let key = LogKey::from_skey(text(&sign["skey"])).unwrap();
    assert_eq!(key.sign_note(text(&sign["text"])).unwrap(), text(&sign["note"]));
    assert_eq!(key.to_skey().as_str(), text(&sign["skey"]));
    for vkey in file["vkeys_valid"].as_array().unwrap() {
        let vkey = text(vkey);
        let key: VerifierKey = vkey.parse().unwrap();
        assert_eq!(key.to_string(), vkey);
        mangled(vkey, |s| s.parse::<VerifierKey>().is_ok());
    }
    mangled(text(&sign["skey"]), |s| LogKey::from_skey(s).is_ok());
    for vkey in file["vkeys_invalid"].as_array().unwrap() {
        assert!(text(&vkey["vkey"]).parse::<VerifierKey>().is_err(), "{vkey}");
    }
    for case in file["open"].as_array().unwrap() {
        let bytes = match &case["note"] {
            Value::String(note) => note.as_bytes().to_vec(),
            _ => STANDARD.decode(text(&case["note_base64"])).unwrap(),
        };
        let keys: Vec<VerifierKey> =
            case["verifiers"].as_array().unwrap().iter().map(|key| text(key).parse().unwrap()).collect();
        let opened = Note::parse(&bytes).and_then(|note| note.verify(&keys));
        assert_eq!(opened.is_ok(), case["ok"].as_bool().unwrap(), "{}", case["desc"]);
        if let Ok(opened) = opened {
            let names = |key: &str| -> Vec<&str> { case[key].as_array().unwrap().iter().map(text).collect() };
            let verified: Vec<&str> = opened.verified.iter().map(|v| v.name.as_str()).collect();
            assert_eq!(verified, names("verified"), "{}", case["desc"]);
            assert_eq!(opened.unverified, names("unverified"), "{}", case["desc"]);
            assert_eq!(Note::parse(&bytes).unwrap().to_string().as_bytes(), bytes);
        }
    }
    let example = &file["c2sp_example"];
    let note = Note::parse(text(&example["note"]).as_bytes()).unwrap();
    note.verify(&[text(&example["vkey"]).parse().unwrap()]).unwrap();
}

/// Every proper substring and every byte raised by one is refused.
fn mangled(text: &str, accepts: impl Fn(&str) -> bool) {
    for start in 0..text.len() {
        for end in start..=text.len() {
            if end - start < text.len() {
                assert!(!accepts(&text[start..end]), "{}", &text[start..end]);
            }
        }
        let mut bytes = text.as_bytes().to_vec();
        bytes[start] += 1;
        if let Ok(raised) = String::from_utf8(bytes) {
            assert!(!accepts(&raised), "{raised}");
        }
    }
}

#[test]
fn checkpoints_and_proofs() {
    let Some(file) = vectors("c2sp-checkpoint-and-proof.json") else { return };
    for case in file["checkpoint_parse"].as_array().unwrap() {
        let parsed = text(&case["text"]).parse::<Checkpoint>();
        let root_bytes = text(&case["text"]).split('\n').nth(2).and_then(|root| STANDARD.decode(root).ok());
        // Stricter than the Go parser, as its own note asks: 32 bytes, no empty lines.
        let strict = root_bytes.is_some_and(|root| root.len() == 32) && !text(&case["text"]).ends_with("\n\n");
        assert_eq!(parsed.is_ok(), case["ok"].as_bool().unwrap() && strict, "{}", case["desc"]);
        if let Ok(checkpoint) = parsed {
            assert_eq!(checkpoint.to_string(), text(&case["text"]));
        }
    }
    for case in file["tlog_proof_marshal"].as_array().unwrap() {
        let proof = TlogProof {
            extra: case["extra"].as_str().map(|extra| STANDARD.decode(extra).unwrap()),
            index: case["index"].as_u64().unwrap(),
            hashes: proof(&case["hashes"]).unwrap(),
            checkpoint: text(&case["checkpoint"]).to_owned(),
        };
        assert_eq!(proof.to_string(), text(&case["want"]));
        assert_eq!(text(&case["want"]).parse(), Ok(proof));
    }
    for reject in file["tlog_proof_reject"].as_array().unwrap() {
        assert_eq!(text(reject).parse::<TlogProof>(), Err(ProofError::Malformed), "{reject}");
    }
    let cosigner: VerifierKey = text(&file["cosigner_vkey_ed25519"]).parse().unwrap();
    assert_eq!(cosigner.kind(), note::KeyKind::CosignatureV1);
    // Key id, then the time, then the signature.
    let timed = &file["cosignature_v1_timestamp"];
    let signature = STANDARD.decode(text(&timed["sig_b64"])).unwrap();
    assert_eq!(signature.len(), 4 + 8 + 64);
    assert_eq!(signature[4..12], timed["unix_seconds"].as_u64().unwrap().to_be_bytes());
    assert_eq!(cosigner.to_string(), text(&file["cosigner_vkey_ed25519"]));
}

#[test]
fn tile_paths() {
    let Some(file) = vectors("tlog-tiles-paths.json") else { return };
    for case in file["entries_path_for_index"].as_array().unwrap() {
        let (seq, size) = (case["seq"].as_u64().unwrap(), case["log_size"].as_u64().unwrap());
        assert_eq!(TilePath::of_entry(seq, size).unwrap().to_string(), text(&case["path"]));
    }
    for case in file["tile_path"].as_array().unwrap() {
        let number = |key: &str| case[key].as_u64().unwrap();
        let level = u8::try_from(number("level")).unwrap();
        let width = u16::try_from(number("p")).unwrap();
        let width = if width == 0 { 256 } else { width };
        let path = TilePath { kind: TileKind::Hashes { level }, index: number("index"), width };
        assert_eq!(path.to_string(), text(&case["path"]));
        assert_eq!(text(&case["path"]).parse(), Ok(path));
    }
    for case in file["parse"].as_array().unwrap() {
        let path = format!("tile/{}/{}", text(&case["level"]), text(&case["index"]));
        let parsed = path.parse::<TilePath>();
        assert_eq!(parsed.is_ok(), case["ok"].as_bool().unwrap(), "{path}");
        if let Ok(parsed) = parsed {
            let want = |key: &str| case["want"][key].as_u64().unwrap();
            assert_eq!(parsed.kind, TileKind::Hashes { level: u8::try_from(want("Level")).unwrap() });
            assert_eq!(parsed.index, want("Index"));
            assert_eq!(u64::from(parsed.width) % 256, want("P"));
        }
    }
}

/// Go's paths carry a tile height in front; without it they are ours.
#[test]
fn go_tile_paths_and_tree_note() {
    let Some(file) = vectors("tlog-go-sumdb.json") else { return };
    let mut paths = 0;
    for case in file["tile_paths"].as_array().unwrap() {
        let path = text(&case["path"]);
        let Some((_, rest)) = path.strip_prefix("tile/").and_then(|rest| rest.split_once('/')) else { continue };
        let parsed = format!("tile/{rest}").parse::<TilePath>();
        match case["tile_HLNW"].as_array() {
            Some(hlnw) if hlnw[1].as_i64() == Some(-1) => assert!(parsed.is_err(), "{path}: data is not in C2SP"),
            Some(hlnw) => {
                let parsed = parsed.unwrap();
                let level = u8::try_from(hlnw[1].as_u64().unwrap()).unwrap();
                assert_eq!((parsed.kind, parsed.index), (TileKind::Hashes { level }, hlnw[2].as_u64().unwrap()));
                if parsed.width < tile::TILE_WIDTH {
                    assert_eq!(u64::from(parsed.width), hlnw[3].as_u64().unwrap());
                }
            }
            None => assert!(parsed.is_err(), "{path}"),
        }
        paths += 1;
    }
    assert_eq!(paths, 8);
    let note = &file["tree_note"];
    let checkpoint: Checkpoint = text(&note["text"]).parse().unwrap();
    assert_eq!(checkpoint.size, note["n"].as_u64().unwrap());
    assert_eq!(checkpoint.to_string(), text(&note["text"]));
}

#[test]
fn wycheproof_ed25519() {
    let Some(file) = vectors("wycheproof-ed25519_test.json") else { return };
    let mut tests = 0;
    for group in file["testGroups"].as_array().unwrap() {
        let key = hex::decode(text(&group["publicKey"]["pk"])).unwrap();
        let key: [u8; 32] = key.try_into().unwrap();
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).unwrap();
        for case in group["tests"].as_array().unwrap() {
            let signature = hex::decode(text(&case["sig"])).unwrap();
            let message = hex::decode(text(&case["msg"])).unwrap();
            let holds = ed25519_dalek::Signature::from_slice(&signature)
                .is_ok_and(|signature| key.verify_strict(&message, &signature).is_ok());
            assert_eq!(holds, text(&case["result"]) == "valid", "{}", case["tcId"]);
            tests += 1;
        }
    }
    assert_eq!(tests, 151);
}

/// Our profile is a part of JCS: what their cases canonicalise to is refused by us for its numbers
/// or its shape, and the parts that are strings only are spelled as we spell them.
#[test]
fn jcs() {
    let Some(file) = vectors("jcs-rfc8785.json") else { return };
    for case in file["cases"].as_array().unwrap() {
        let output = hex::decode(text(&case["output_hex"])).unwrap();
        assert!(decode(&output).is_err());
        let value: Value = serde_json::from_slice(&output).unwrap();
        for string in value.as_object().into_iter().flatten().filter_map(|(_, v)| v.as_str()) {
            if let Ok(line) = string.parse::<Line>() {
                let mut spelled = Vec::new();
                wire::push_escaped(&mut spelled, line.as_str());
                assert!(output.windows(spelled.len()).any(|w| w == spelled), "{string}");
            }
        }
    }
}
