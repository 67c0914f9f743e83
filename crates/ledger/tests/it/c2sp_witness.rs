//! Cosignatures, what a witness accepts, and which witnesses are enough: other projects' vectors,
//! and the rules of C2SP one by one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger::cosignature::with_lines;
use ledger::log_policy::PolicyFault;
use ledger::merkle::consistency_proof;
use ledger::witness::{PROOF_LINES_MAX, origin_digest};
use ledger::*;

use crate::c2sp::{text, vectors};

const ORIGIN: &str = "log.example/county";

fn log_key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn witness_key(n: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness.example/{n}"), &[100 + n; 32]).unwrap()
}

/// A tree of as many leaves, with another second leaf where `forked`.
struct Tree {
    leaves: Vec<Hash>,
}

impl Tree {
    fn new(size: u64, forked: bool) -> Tree {
        let leaf = |i: u64| leaf_hash(format!("{i}{}", if forked && i == 1 { "!" } else { "" }).as_bytes());
        Tree { leaves: (0..size).map(leaf).collect() }
    }

    fn root(&self, size: u64) -> Hash {
        let mut frontier = Frontier::new();
        self.leaves.iter().take(usize::try_from(size).unwrap()).for_each(|&leaf| frontier.push(leaf));
        frontier.root()
    }

    fn seen(&self, size: u64) -> SeenTree {
        SeenTree { size, root: self.root(size) }
    }

    fn note(&self, size: u64) -> String {
        log_key().sign_checkpoint(&Checkpoint::new(ORIGIN, size, self.root(size))).unwrap()
    }

    fn proof(&self, old: u64, new: u64) -> Vec<Hash> {
        let node = |node: Node| {
            let from = usize::try_from(node.index << node.level).unwrap();
            let mut frontier = Frontier::new();
            self.leaves[from..from + (1 << node.level)].iter().for_each(|&leaf| frontier.push(leaf));
            Some(frontier.root())
        };
        if old == 0 { Vec::new() } else { consistency_proof(old, new, &node).unwrap() }
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        AddCheckpoint::new(old, self.proof(old, new), &self.note(new)).unwrap()
    }
}

fn decide(request: &AddCheckpoint, last: Option<SeenTree>) -> Result<SeenTree, Refusal> {
    request.decide(&[log_key().verifier().clone()], last)
}

/// The script of another implementation's witness, step by step.
#[test]
fn add_checkpoint_script() {
    let Some(file) = vectors("witness-add-checkpoint.json") else { return };
    let public: [u8; 32] = hex::decode(text(&file["log"]["ed25519_pubkey_hex"])).unwrap().try_into().unwrap();
    let mut last: Option<SeenTree> = None;
    let steps = file["steps"].as_array().unwrap();
    let origin_of = |body: &str| body.split("\n\n").nth(1).unwrap().lines().next().unwrap().to_owned();
    let known = origin_of(text(&steps[0]["body"]));
    // The vkey of the log: name, first four bytes of SHA-256(name, line feed, type, key), type and key.
    let typed = [&[1_u8], public.as_slice()].concat();
    let line = text(&steps[0]["body"]).lines().last().unwrap().rsplit(' ').next().unwrap();
    let id = hex::encode(&STANDARD.decode(line).unwrap()[..4]);
    let key: VerifierKey = format!("{known}+{id}+{}", STANDARD.encode(typed)).parse().unwrap();
    let witness = witness_key(1);
    for (i, step) in steps.iter().enumerate() {
        let request = AddCheckpoint::parse(text(&step["body"]).as_bytes()).unwrap();
        assert_eq!(request.to_string(), text(&step["body"]), "step {i}");
        let decided = request.decide(std::slice::from_ref(&key), last);
        let status = match decided {
            Ok(_) => 200,
            // The script is older than the rule that an unknown log is 404.
            Err(Refusal::UnknownLog | Refusal::NotSigned) => 403,
            Err(Refusal::OldAboveNew) => 400,
            Err(Refusal::OtherSize { .. } | Refusal::OtherRoot { .. }) => 409,
            Err(Refusal::NotConsistent) => 422,
        };
        assert_eq!(status, step["status"].as_u64().unwrap(), "step {i}: {decided:?}");
        if origin_of(text(&step["body"])) != known {
            assert_eq!(decided, Err(Refusal::UnknownLog));
        }
        for assert in step["asserts"].as_array().unwrap() {
            if let (Some(body), Err(Refusal::OtherSize { size })) = (text(assert).strip_prefix("body == "), decided) {
                assert_eq!(body, format!("\"{size}\\n\""), "step {i}");
            }
        }
        if let Ok(seen) = decided {
            let line = witness.cosign(request.text(), 1_700_000_000).unwrap().to_string();
            let note = Note::parse(request.written().as_bytes()).unwrap();
            cosignature_in(&line, &note, witness.verifier()).unwrap();
            last = Some(seen);
        }
    }
    assert_eq!((steps.len(), last.unwrap().size), (9, 5));
}

#[test]
fn a_log_that_grows_is_cosigned() {
    let tree = Tree::new(70, false);
    let mut last = None;
    for size in [0, 0, 1, 2, 2, 3, 8, 64, 70, 70] {
        let old = last.map_or(0, |seen: SeenTree| seen.size);
        let seen = decide(&tree.request(old, size), last).unwrap();
        assert_eq!(seen, tree.seen(size));
        last = Some(seen);
    }
}

#[test]
fn what_a_witness_refuses() {
    let (tree, forked) = (Tree::new(20, false), Tree::new(20, true));
    let at = |size| Some(tree.seen(size));
    // A log it does not know; a key that is known for another origin only.
    let other = LogKey::from_seed("other.example", &[1; 32]).unwrap();
    assert_eq!(tree.request(0, 5).decide(&[], None), Err(Refusal::UnknownLog));
    assert_eq!(tree.request(0, 5).decide(&[other.verifier().clone()], None), Err(Refusal::UnknownLog));
    // Signed by nobody whom it trusts, and by a key of the same name.
    let stranger = LogKey::from_seed(ORIGIN, &[2; 32]).unwrap();
    let note = stranger.sign_checkpoint(&Checkpoint::new(ORIGIN, 5, tree.root(5))).unwrap();
    let request = AddCheckpoint::new(0, Vec::new(), &note).unwrap();
    assert_eq!(decide(&request, None), Err(Refusal::NotSigned));
    // Both signatures: the unknown one is ignored. A known one that does not hold spoils the note.
    let both = format!("{}{}", tree.note(5), note.lines().last().unwrap());
    decide(&AddCheckpoint::new(0, Vec::new(), &format!("{both}\n")).unwrap(), None).unwrap();
    let wrong = tree.note(6).lines().last().unwrap().to_owned();
    let spoilt = format!("{}{wrong}\n", tree.note(5));
    assert_eq!(decide(&AddCheckpoint::new(0, Vec::new(), &spoilt).unwrap(), None), Err(Refusal::NotSigned));
    // Sizes.
    assert_eq!(decide(&AddCheckpoint::new(6, Vec::new(), &tree.note(5)).unwrap(), at(6)), Err(Refusal::OldAboveNew));
    assert_eq!(decide(&tree.request(3, 8), at(5)), Err(Refusal::OtherSize { size: 5 }));
    assert_eq!(decide(&tree.request(3, 8), None), Err(Refusal::OtherSize { size: 0 }));
    assert_eq!(decide(&tree.request(0, 8), at(5)), Err(Refusal::OtherSize { size: 5 }));
    // Rolled back: the old size that is true for the witness is above the checkpoint's.
    let back = AddCheckpoint::new(5, Vec::new(), &tree.note(4)).unwrap();
    assert_eq!(decide(&back, at(5)), Err(Refusal::OldAboveNew));
    assert_eq!(decide(&tree.request(4, 4), at(5)), Err(Refusal::OtherSize { size: 5 }));
    // Forked: at the same size, and grown further.
    assert_eq!(decide(&forked.request(5, 5), at(5)), Err(Refusal::OtherRoot { size: 5 }));
    assert_eq!(decide(&forked.request(5, 9), at(5)), Err(Refusal::NotConsistent));
    // Proofs: none where one is needed, one where none may be, one hash too many.
    let note = tree.note(8);
    let with = |old, proof| AddCheckpoint::new(old, proof, &note).unwrap();
    assert_eq!(decide(&with(5, Vec::new()), at(5)), Err(Refusal::NotConsistent));
    assert_eq!(decide(&with(0, tree.proof(5, 8)), None), Err(Refusal::NotConsistent));
    assert_eq!(decide(&with(8, tree.proof(5, 8)), at(8)), Err(Refusal::NotConsistent));
    let mut long = tree.proof(5, 8);
    long.push(Hash::ZERO);
    assert_eq!(decide(&with(5, long), at(5)), Err(Refusal::NotConsistent));
    // A tree of no leaves has one root.
    let garbage = log_key().sign_checkpoint(&Checkpoint::new(ORIGIN, 0, Hash::ZERO)).unwrap();
    let request = AddCheckpoint::new(0, Vec::new(), &garbage).unwrap();
    assert_eq!(decide(&request, None), Err(Refusal::NotConsistent));
}

#[test]
fn requests_have_one_form() {
    let tree = Tree::new(9, false);
    let good = tree.request(5, 9).to_string();
    assert_eq!(AddCheckpoint::parse(good.as_bytes()).unwrap(), tree.request(5, 9));
    let hash = STANDARD.encode([7; 32]);
    let lines = |n: usize| format!("old 5\n{}\n{}", format!("{hash}\n").repeat(n), tree.note(9));
    AddCheckpoint::parse(lines(PROOF_LINES_MAX).as_bytes()).unwrap();
    for bad in [
        String::new(),
        lines(PROOF_LINES_MAX + 1),
        lines(1000),
        good.replacen("old 5", "old 05", 1),
        good.replacen("old 5", "old -5", 1),
        good.replacen("old 5", "new 5", 1),
        good.replacen("old 5", "old  5", 1),
        good.replacen("old 5\n", "old 5\nabc=\n", 1),
        good.replacen("old 5\n", "old 5\r\n", 1),
        "old 5\n\n".to_owned(),
        format!("old 0\n\n{ORIGIN}\n9\n"),
    ] {
        assert_eq!(AddCheckpoint::parse(bad.as_bytes()), Err(witness::AddCheckpointError), "{bad}");
    }
    assert!(AddCheckpoint::parse(b"old 0\n\n\xff").is_err());
    // Signatures that cannot be read sign nothing.
    let unread = AddCheckpoint::parse(good.replace("— ", "- ").as_bytes()).unwrap();
    assert_eq!(decide(&unread, Some(tree.seen(5))), Err(Refusal::NotSigned));
    assert_eq!(origin_digest("").to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn cosignatures_hold_over_time_and_text() {
    let tree = Tree::new(4, false);
    let (witness, note) = (witness_key(1), tree.note(4));
    let parsed = Note::parse(note.as_bytes()).unwrap();
    let line = witness.cosign(parsed.text(), 1_679_315_147).unwrap().to_string();
    let taken = cosignature_in(&line, &parsed, witness.verifier()).unwrap();
    assert_eq!((taken.time, format!("{}\n", taken.line)), (1_679_315_147, line.clone()));
    // Under the note it is one of two signatures, once, and both hold.
    let cosigned = with_lines(&note, [taken.line.as_str(), taken.line.as_str()]);
    let (checkpoint, verified) =
        Checkpoint::open(cosigned.as_bytes(), log_key().verifier(), &[witness.verifier().clone()]).unwrap();
    assert_eq!((checkpoint.size, verified.verified.len()), (4, 2));
    assert_eq!(verified.verified[1].time, Some(1_679_315_147));
    // To those who do not know the witness it is an unknown signature.
    let (_, verified) = Checkpoint::open(cosigned.as_bytes(), log_key().verifier(), &[]).unwrap();
    assert_eq!(verified.unverified, [witness.verifier().name()]);
    // Another text, another time, another key, other lines, nothing.
    let other = Note::parse(tree.note(3).as_bytes()).unwrap();
    assert!(cosignature_in(&line, &other, witness.verifier()).is_err());
    let bytes = STANDARD.decode(line.trim_end().rsplit(' ').next().unwrap()).unwrap();
    for at in [4, 11, 12, 75] {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let forged = format!("— {} {}\n", witness.verifier().name(), STANDARD.encode(bytes));
        assert!(cosignature_in(&forged, &parsed, witness.verifier()).is_err(), "byte {at}");
    }
    assert_eq!(cosignature_in(&line, &parsed, witness_key(2).verifier()), Err(NoteError::NoKnownKey));
    for bad in ["", "\n", "hello\n", line.trim_end()] {
        assert_eq!(cosignature_in(bad, &parsed, witness.verifier()), Err(NoteError::Malformed), "{bad:?}");
    }
    // Times that do not fit 63 bits are neither made nor believed.
    assert!(matches!(witness.cosign(parsed.text(), u64::MAX), Err(NoteError::Time)));
    assert!(matches!(witness.cosign("no line feed", 1), Err(NoteError::Text)));
    assert!(witness.cosign(parsed.text(), note::COSIGNATURE_TIME_MAX).is_ok());
}

#[test]
fn witness_keys_in_files() {
    let key = witness_key(3);
    let skey = key.to_skey();
    assert_eq!(WitnessKey::from_skey(&skey).unwrap().vkey(), key.vkey());
    assert_eq!(key.vkey().parse::<VerifierKey>().unwrap().kind(), note::KeyKind::CosignatureV1);
    // As Go tools write it, with the type and hash of a plain Ed25519 key.
    let plain = LogKey::from_seed(key.verifier().name(), &[103; 32]).unwrap();
    assert_eq!(WitnessKey::from_skey(&plain.to_skey()).unwrap().vkey(), key.vkey());
    // A witness's key is no log's key.
    assert!(LogKey::from_skey(&skey).is_err());
    assert!(WitnessKey::from_skey(&skey.replace('3', "4")).is_err());
    assert!(WitnessKey::from_seed("a name", &[0; 32]).is_err());
    assert!(!format!("{key:?}").contains(skey.rsplit('+').next().unwrap()));
}

/// A policy of seven witnesses: two of X1 to X3, any of Y1 to Y3, and Z for nothing.
fn policy_text() -> String {
    use std::fmt::Write;
    let mut text = format!("# 示例 a comment\n\n \t log\t{} https://log.example/ \n", log_key().vkey());
    for (i, name) in ["X1", "X2", "X3", "Y1", "Y2", "Y3", "Z"].iter().enumerate() {
        let key = witness_key(u8::try_from(i).unwrap()).vkey();
        writeln!(text, "witness {name} {key} http://127.0.0.1:900{i}/prefix").unwrap();
    }
    text.push_str("group X 2 X1 X2 X3\ngroup Y any Y1 Y2 Y3\ngroup X-and-Y all X Y\nquorum X-and-Y\n");
    text
}

#[test]
fn policies_say_who_is_enough() {
    let policy = LogPolicy::parse(policy_text().as_bytes()).unwrap();
    assert_eq!((policy.logs().len(), policy.witnesses().len(), policy.fewest()), (1, 7, 3));
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example/"));
    assert_eq!(policy.witnesses()[6].url.as_deref(), Some("http://127.0.0.1:9006/prefix"));
    let tree = Tree::new(4, false);
    let note = tree.note(4);
    let text = Note::parse(note.as_bytes()).unwrap().text().to_owned();
    for set in 0_u8..128 {
        let signing = |i: u8| set >> i & 1 == 1;
        let lines: Vec<String> = (0..7)
            .filter(|&i| signing(i))
            .map(|i| witness_key(i).cosign(&text, 1_000 + u64::from(i)).unwrap().to_string().trim_end().to_owned())
            .collect();
        let cosigned = with_lines(&note, lines.iter().map(String::as_str));
        let (_, verified) =
            Checkpoint::open(cosigned.as_bytes(), log_key().verifier(), &policy.witness_keys()).unwrap();
        let evaluation = policy.evaluate(&verified);
        let enough = (set & 0b111).count_ones() >= 2 && (set & 0b11_1000) != 0;
        assert_eq!(evaluation.met, enough, "{set:b}");
        assert_eq!(evaluation.count(), lines.len());
        for (i, witness) in (0..7).zip(&evaluation.witnesses) {
            assert_eq!(witness.time, signing(i).then_some(1_000 + u64::from(i)));
        }
    }
    let none = LogPolicy::parse(b"quorum none\n").unwrap();
    assert!(none.evaluate(&note::Verified::default()).met && !none.asks_for_witnesses() && none.fewest() == 0);
    let single = format!("witness \u{1F984} {}\nquorum \u{1F984}", witness_key(0).vkey());
    assert!(!LogPolicy::parse(single.as_bytes()).unwrap().evaluate(&note::Verified::default()).met);
    // Names are bytes, whatever they mean.
    let bytes = [b"witness \xff ", witness_key(0).vkey().as_bytes(), b"\nquorum \xff\n"].concat();
    assert_eq!(LogPolicy::parse(&bytes).unwrap().witnesses()[0].name, "\u{FFFD}");
}

#[test]
fn policies_that_are_wrong_say_where() {
    let (a, b, log) = (witness_key(0).vkey(), witness_key(1).vkey(), log_key().vkey());
    let renamed = WitnessKey::from_seed("other.name", &[100; 32]).unwrap().vkey();
    let two = format!("witness A {a}\nwitness B {b}\n");
    let cases = [
        (String::new(), None, "no quorum"),
        (format!("{two}quorum A\nquorum B\n"), Some(4), "quorum line already"),
        (format!("{two}quorum C\n"), Some(3), "called C"),
        (format!("quorum A\n{two}"), Some(1), "called A"),
        (format!("{two}group G 1 A none\nquorum G\n"), Some(3), "called none"),
        (format!("{two}group G 3 A B\nquorum G\n"), Some(3), "from 1 to 2"),
        (format!("{two}group G 0 A B\nquorum G\n"), Some(3), "from 1 to 2"),
        (format!("{two}group G 01 A B\nquorum G\n"), Some(3), "from 1 to 2"),
        (format!("{two}group G 1\nquorum G\n"), Some(3), "words"),
        (format!("{two}group G 1 A A\nquorum G\n"), Some(3), "member"),
        (format!("{two}group G 1 A\ngroup H 1 A B\nquorum H\n"), Some(4), "A is a member"),
        (format!("{two}group G 1 G\nquorum G\n"), Some(3), "called G"),
        (format!("{two}group A 1 B\nquorum A\n"), Some(3), "taken"),
        (format!("witness A {a}\nwitness B {renamed}\nquorum A\n"), Some(2), "given before"),
        (format!("witness A {log}\nquorum A\n"), Some(1), "witness's key"),
        (format!("log {a}\nquorum none\n"), Some(1), "log's key"),
        (format!("log {log}\nlog {log} http://x\nquorum none\n"), Some(2), "given before"),
        (format!("witness none {a}\nquorum none\n"), Some(1), "reserved"),
        (format!("witness A {a} url more\nquorum A\n"), Some(1), "words"),
        ("mirror x\nquorum none\n".to_owned(), Some(1), "mirror"),
        ("quorum none\r\n".to_owned(), Some(1), "control"),
        ("quorum none\n\u{7f}\n".to_owned(), Some(2), "control"),
    ];
    for (text, line, says) in cases {
        let error = LogPolicy::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.line, line, "{text}");
        let said = error.describe();
        assert!(said.en.contains(says), "{text}: {}", said.en);
        assert_eq!(error.to_string(), said.en);
        if let Some(line) = line {
            assert!(said.zh.starts_with(&format!("第 {line} 行")), "{}", said.zh);
        }
    }
    let many = |n: u8| {
        let key = |i: u8| WitnessKey::from_seed("w", &[i; 32]).unwrap().vkey();
        (0..n).map(|i| format!("witness w{i} {}\n", key(i))).collect::<String>() + "quorum none\n"
    };
    assert_eq!(LogPolicy::parse(many(64).as_bytes()).unwrap().witnesses().len(), 64);
    assert_eq!(LogPolicy::parse(many(65).as_bytes()).unwrap_err().fault, PolicyFault::TooMany);
}
