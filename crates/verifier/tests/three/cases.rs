//! Receipts and exports, whole and broken in every way, with the answer that each must get.

use std::collections::HashMap;
use std::path::Path;

use ledger::cosignature::WitnessKey;
use ledger::{Checkpoint, Frontier, Hash, LogKey, Node, Receipt, TlogProof, leaf_hash, merkle::inclusion_proof};
use serde_json::Value;

/// A file, what is known from outside, and the answer.
#[derive(Clone)]
pub struct Case {
    pub name: String,
    pub what: &'static str,
    pub text: String,
    pub key: Option<String>,
    pub witnesses: Vec<String>,
    pub quorum: usize,
    pub exit: i32,
}

/// The golden vectors' ledger with its key.
pub struct Log {
    pub entries: Vec<Vec<u8>>,
    pub key: LogKey,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn witness(n: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness-{n}.example/w"), &[100 + n; 32]).unwrap()
}

impl Log {
    pub fn golden() -> Log {
        Log::of("v1.json")
    }

    /// Of one of the files of golden vectors.
    fn of(file: &str) -> Log {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/vectors").join(file);
        let v: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let entries = v["entries"].as_array().unwrap().iter().map(|e| text(&e["bytes"]).as_bytes().to_vec());
        Log { entries: entries.collect(), key: LogKey::from_skey(text(&v["skey"])).unwrap() }
    }

    pub fn vkey(&self) -> String {
        self.key.vkey()
    }

    /// The index of the first entry of this type.
    pub fn first(&self, entry_type: &str) -> usize {
        let start = format!("{{\"_t\":\"{entry_type}\",");
        self.entries.iter().position(|bytes| bytes.starts_with(start.as_bytes())).unwrap()
    }

    pub fn replaced(&self, index: usize, from: &str, to: &str) -> Log {
        let mut entries = self.entries.clone();
        let text = String::from_utf8(entries[index].clone()).unwrap();
        assert!(text.contains(from), "{from} not in {text}");
        entries[index] = text.replacen(from, to, 1).into_bytes();
        Log { entries, key: LogKey::from_skey(&self.key.to_skey()).unwrap() }
    }

    fn tree(&self) -> (Frontier, HashMap<Node, Hash>) {
        let (mut frontier, mut nodes) = (Frontier::new(), HashMap::new());
        for entry in &self.entries {
            frontier.push_with(leaf_hash(entry), |node, hash| {
                nodes.insert(node, hash);
            });
        }
        (frontier, nodes)
    }

    /// A signed checkpoint of everything, cosigned by these witnesses at these times.
    pub fn checkpoint(&self, witnesses: &[(&WitnessKey, u64)]) -> String {
        let (frontier, _) = self.tree();
        let checkpoint = Checkpoint::new(self.key.verifier().name(), frontier.size(), frontier.root());
        let mut note = self.key.sign_checkpoint(&checkpoint).unwrap();
        for (witness, time) in witnesses {
            note += &witness.cosign(&checkpoint.to_string(), *time).unwrap().to_string();
        }
        note
    }

    pub fn receipt(&self, index: usize, witnesses: &[(&WitnessKey, u64)]) -> Receipt {
        let (frontier, nodes) = self.tree();
        let at = u64::try_from(index).unwrap();
        Receipt {
            log: self.key.verifier().clone(),
            entry: self.entries[index].clone(),
            proof: TlogProof {
                extra: None,
                index: at,
                hashes: inclusion_proof(at, frontier.size(), &nodes).unwrap(),
                checkpoint: self.checkpoint(witnesses),
            },
        }
    }

    pub fn export(&self) -> String {
        let entries: Vec<&str> = self.entries.iter().map(|bytes| std::str::from_utf8(bytes).unwrap()).collect();
        let lines: String = entries.iter().map(|entry| format!("{entry}\n")).collect();
        let (key, size, checkpoint) = (self.vkey(), entries.len(), self.checkpoint(&[]));
        format!("tutela-export/v1\nlog {key}\nsize {size}\n\n{lines}\n{checkpoint}")
    }
}

/// Changes the text at the first occurrence of `at`: the character after it becomes another of its kind.
fn bumped(text: &str, at: &str, skip: usize) -> String {
    let place = text.find(at).unwrap() + at.len() + skip;
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = match bytes[place] {
        b'A' => b'B',
        b'9' => b'8',
        b if b.is_ascii_digit() => b + 1,
        b if b.is_ascii_alphanumeric() => b'A',
        b => b ^ 1,
    };
    String::from_utf8(bytes).unwrap()
}

/// Malformed entries that the log signed all the same: from, to, of which type.
pub const MALFORMED: &[(&str, &str, &str)] = &[
    ("fee_paid", "{\"_t\"", "{ \"_t\""),
    ("fee_paid", "\"amount_fen\":\"340000\"", "\"amount_fen\":340000"),
    ("fee_paid", "\"method\":\"bank_transfer\"", "\"method\":true"),
    ("fee_paid", "\"method\":\"bank_transfer\"", "\"method\":null"),
    ("fee_paid", "\"_v\":\"1\",", "\"_v\":\"1\",\"_v\":\"1\","),
    ("fee_paid", "\"_t\":\"fee_paid\",\"_v\":\"1\"", "\"_v\":\"1\",\"_t\":\"fee_paid\""),
    ("fee_paid", "\"fee_paid\"", "\"fee\\u005fpaid\""),
    ("fee_paid", "\"_v\":\"1\"", "\"_v\":\"2\""),
    ("fee_paid", "\"fen\":\"-340000\"", "\"fen\":\"-340001\""),
    ("fee_paid", "\"account\":\"bank:custody\"", "\"account\":\"bank:deposit\""),
    ("fee_paid", ",\"seq\":\"", ",\"seq\":\"0"),
    ("fee_paid", "\"ledger\":\"330502\",", ""),
    ("fee_paid", "\"ledger\":", "\"kedger\":\"\",\"ledger\":"),
    ("fee_paid", "\"actor\":\"guardian:", "\"actor\":\"guardian "),
    ("fee_paid", "}", "},"),
    ("fee_paid", "\"recorded_at\":\"2026-", "\"recorded_at\":\"26-"),
    ("licence_granted", "副本", "e\u{301}"),
    ("licence_granted", "副本", "\u{7f}"),
    ("licence_granted", "副本", "\\/"),
    ("settlement_paid", "\"postings\":[{", "\"postings\":[],\"postings\":[{"),
    ("licence_suspended", "\"postings\":[]", "\"postings\":[{\"account\":\"payable\",\"fen\":\"0\"}]"),
];

/// Values that are out of their kind in entries that the log signed. The Python verifier says that
/// it does not look at these.
pub const VALUES: &[(&str, &str, &str)] = &[
    ("fee_paid", "\"method\":\"bank_transfer\"", "\"method\":\"cheque\""),
    ("fee_paid", "\"method\":\"bank_transfer\",", ""),
    ("fee_paid", "\"method\":", "\"memo\":\"x\",\"method\":"),
    ("fee_paid", "\"paid_at\":\"2026-03-02", "\"paid_at\":\"2026-02-30"),
    ("contract_signed", "\"first_lesson_on\":\"2026-03-05\"", "\"first_lesson_on\":\"2026-3-05\""),
    ("contract_signed", "\"paid_hours\":\"20\"", "\"paid_hours\":\"20.0\""),
    ("institution_registered", "\"modes\":[\"offline\"]", "\"modes\":[\"online\",\"offline\"]"),
    ("institution_registered", "\"stages\":[\"primary\",", "\"stages\":[\"primary\",\"primary\","),
];

/// All receipts.
pub fn receipts() -> Vec<Case> {
    let log = Log::golden();
    let key = Some(log.vkey());
    let (a, b, c) = (witness(1), witness(2), witness(3));
    let fee = log.first("fee_paid");
    let mut out = Vec::new();
    let mut push = |name: &str, text: String, key: Option<String>, witnesses: &[&WitnessKey], quorum, exit| {
        let witnesses = witnesses.iter().map(|w| w.vkey()).collect();
        out.push(Case { name: name.to_owned(), what: "receipt", text, key, witnesses, quorum, exit });
    };
    for (index, _) in log.entries.iter().enumerate() {
        push(&format!("entry {index}"), log.receipt(index, &[]).to_string(), key.clone(), &[], 0, 0);
    }
    let sealed = Log::of("seal-v1.json");
    let seal = sealed.first("day_sealed");
    push("a seal", sealed.receipt(seal, &[]).to_string(), Some(sealed.vkey()), &[], 0, 0);
    let good = log.receipt(fee, &[(&a, 1_772_330_000), (&b, 1_772_330_001)]);
    let text = good.to_string();
    push("cosigned", text.clone(), key.clone(), &[], 0, 0);
    push("no key", text.clone(), None, &[], 0, 2);
    push("quorum met", text.clone(), key.clone(), &[&a, &b, &c], 2, 0);
    push("quorum not met", text.clone(), key.clone(), &[&a, &b, &c], 3, 2);
    push("quorum without witnesses", text.clone(), key.clone(), &[], 1, 2);
    push("a witness given twice is one", text.clone(), key.clone(), &[&a, &a], 2, 2);
    push("quorum met, no key", text.clone(), None, &[&a], 1, 2);
    push("not a key", text.clone(), Some("x".to_owned()), &[], 0, 2);
    let stranger = LogKey::from_seed(log.key.verifier().name(), &[9; 32]).unwrap();
    push("another key", text.clone(), Some(stranger.vkey()), &[], 0, 1);
    let with_stranger = text.replace(&log.vkey(), &stranger.vkey());
    push("another key in the file", with_stranger.clone(), key.clone(), &[], 0, 1);
    push("another key in the file alone", with_stranger.clone(), None, &[], 0, 1);
    push("another key in both", with_stranger, Some(stranger.vkey()), &[], 0, 1);
    let qr = good.to_qr().unwrap();
    push("qr", qr.clone(), key.clone(), &[&a], 1, 0);
    push("qr in an address", format!("https://ledger.example/verify#{qr}"), key.clone(), &[], 0, 0);
    push("qr, no key", qr.clone(), None, &[], 0, 2);
    for cut in [0, 1, 2, 17, 40, qr.len() / 2] {
        push(&format!("qr cut by {cut}"), qr[..qr.len() - cut].to_owned(), key.clone(), &[], 0, i32::from(cut > 0));
    }
    for skip in [0, 1, 16, 17, 100, 500, 1_000, qr.len() - 20] {
        push(&format!("qr digit {skip}"), bumped(&qr, "tutela1:", skip), key.clone(), &[&a, &b], 2, 1);
    }
    for (at, skip) in [
        ("log ", 3),
        ("log ledger.example/330502+", 1),
        ("log ledger.example/330502+81c196c8+", 9),
        ("entry ", 0),
        ("entry ", 40),
        ("entry ", 700),
        ("entry ", 1_100),
        ("index ", 0),
        ("index ", 1),
        ("\n\nledger.exampl", 0),
        ("\n\nledger.example/330502\n", 1),
        ("\n\nledger.example/330502\n36\n", 7),
        ("\n— ledger.example/330502 ", 2),
        ("\n— ledger.example/330502 ", 20),
        ("\n— ledger.example/330502 ", 80),
        ("\n— witness-1.example/w ", 9),
        ("\n— witness-1.example/w ", 40),
        ("\n— witness-2.example/w ", 70),
    ] {
        push(&format!("changed after {at:?} + {skip}"), bumped(&text, at, skip), key.clone(), &[&a, &b], 2, 1);
    }
    let unknown = bumped(&text, "\n— witness-2.example/w ", 40);
    push("a broken cosignature of a stranger", unknown, key.clone(), &[&a], 1, 0);
    let hashes = good.proof.hashes.clone();
    for i in 0..hashes.len() {
        let mut changed = good.clone();
        changed.proof.hashes[i] = leaf_hash(b"other");
        push(&format!("hash {i} changed"), changed.to_string(), key.clone(), &[], 0, 1);
        changed.proof.hashes.remove(i);
        push(&format!("hash {i} left out"), changed.to_string(), key.clone(), &[], 0, 1);
    }
    let mut changed = good.clone();
    changed.proof.hashes.push(hashes[0]);
    push("a hash more", changed.to_string(), key.clone(), &[], 0, 1);
    changed.proof.hashes = hashes.iter().rev().copied().collect();
    push("hashes turned round", changed.to_string(), key.clone(), &[], 0, 1);
    changed.proof.hashes = vec![hashes[0]; 64];
    push("64 hashes", changed.to_string(), key.clone(), &[], 0, 1);
    let mut other = log.receipt(fee + 1, &[]);
    other.entry = good.entry.clone();
    push("the proof of another entry", other.to_string(), key.clone(), &[], 0, 1);
    let mut older = good.clone();
    older.proof.checkpoint = Log { entries: log.entries[..30].to_vec(), ..Log::golden() }.checkpoint(&[]);
    push("an older checkpoint", older.to_string(), key.clone(), &[], 0, 1);
    let extra = text.replace("@v1\n", "@v1\nextra aGVsbG8=\n");
    push("an extra line, which no signature covers", extra, key.clone(), &[], 0, 0);
    for (name, broken) in [
        ("empty", String::new()),
        ("not a receipt", "not a receipt".to_owned()),
        ("half", text[..text.len() / 2].to_owned()),
        ("no last line feed", text[..text.len() - 1].to_owned()),
        ("carriage returns", text.replace('\n', "\r\n")),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("a line more", text.replacen("\nentry", "\nmore\nentry", 1)),
        ("a blank line more", text.replacen("\n\nc2sp", "\n\n\nc2sp", 1)),
        ("another version", text.replacen("receipt/v1", "receipt/v2", 1)),
        ("leading zero", text.replacen("index ", "index 0", 1)),
        ("two hashes on a line", {
            let index = text.find("\nindex ").unwrap();
            let place = index + text[index..].find("=\n").unwrap();
            format!("{}= {}", &text[..place], &text[place + 2..])
        }),
        ("text after the note", format!("{text}more")),
        ("no signature", text[..text.find("\n— ").unwrap() + 1].to_owned()),
        ("an export", log.export()),
    ] {
        push(name, broken, key.clone(), &[], 0, 1);
    }
    for &(entry_type, from, to) in MALFORMED {
        let index = log.first(entry_type);
        let signed = log.replaced(index, from, to).receipt(index, &[]).to_string();
        push(&format!("signed, {entry_type}: {from} is {to}"), signed, key.clone(), &[], 0, 1);
    }
    let renumbered = log.replaced(fee, &format!("\"seq\":\"{fee}\""), "\"seq\":\"35\"").receipt(fee, &[]);
    push("signed, another number", renumbered.to_string(), key.clone(), &[], 0, 1);
    out
}

/// All exports.
pub fn exports() -> Vec<Case> {
    let log = Log::golden();
    let key = Some(log.vkey());
    let fee = log.first("fee_paid");
    let good = log.export();
    let mut out = Vec::new();
    let mut push = |name: &str, text: String, key: Option<String>, exit| {
        out.push(Case { name: name.to_owned(), what: "export", text, key, witnesses: Vec::new(), quorum: 0, exit });
    };
    push("whole", good.clone(), key.clone(), 0);
    let sealed = Log::of("seal-v1.json");
    push("with seals", sealed.export(), Some(sealed.vkey()), 0);
    push("no key", good.clone(), None, 2);
    let stranger = LogKey::from_seed(log.key.verifier().name(), &[9; 32]).unwrap();
    push("another key", good.clone(), Some(stranger.vkey()), 1);
    for entries in [0, 1, 2, 3, 17, 35] {
        let part = Log { entries: log.entries[..entries].to_vec(), ..Log::golden() };
        push(&format!("the first {entries}"), part.export(), key.clone(), 0);
        let cut = good.replacen("size 36", &format!("size {entries}"), 1);
        push(&format!("said to be {entries}"), cut, key.clone(), 1);
    }
    let lines: Vec<&str> = good.split('\n').collect();
    // The head, some entries, and the whole checkpoint.
    let picked = (0..lines.len() - 1).filter(|line| *line < 7 || line % 7 == 0 || *line + 9 > lines.len());
    for line in picked {
        let mut without = lines.clone();
        without.remove(line);
        push(&format!("line {line} left out"), without.join("\n"), key.clone(), 1);
        if line + 2 < lines.len() && lines[line] != lines[line + 1] {
            let mut swapped = lines.clone();
            swapped.swap(line, line + 1);
            push(&format!("lines {line} and the next swapped"), swapped.join("\n"), key.clone(), 1);
        }
    }
    for (entry_type, from, to) in [
        ("fee_paid", "bank_transfer", "cash"),
        ("fee_paid", "340000", "340001"),
        ("policy_adopted", "2026-03-01", "2026-03-02"),
    ] {
        let index = log.first(entry_type);
        let changed = log.replaced(index, from, to);
        push(&format!("signed anew, {entry_type}: {from} is {to}"), changed.export(), key.clone(), 1);
    }
    for (from, to) in [
        ("\"institution_seq\":\"", "\"institution_seq\":\"1"),
        ("\"contract_seq\":\"", "\"contract_seq\":\"1"),
        ("\"ledger\":\"330502\"", "\"ledger\":\"330503\""),
        ("\"recorded_at\":\"2026", "\"recorded_at\":\"2025"),
    ] {
        // The last entry has no successor whose link would not fit.
        let part = Log { entries: log.entries[..=fee].to_vec(), ..Log::golden() };
        let changed = part.replaced(fee, from, to).export();
        push(&format!("the last one, {from} is {to}"), changed, key.clone(), 1);
    }
    push("half", good[..good.len() / 2].to_owned(), key.clone(), 1);
    push("empty", String::new(), key.clone(), 1);
    push("a receipt", log.receipt(fee, &[]).to_string(), key, 1);
    out
}
