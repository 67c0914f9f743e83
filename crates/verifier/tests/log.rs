//! A log over HTTP, as a C2SP tile log serves it: whole, without its entries, grown meanwhile,
//! broken in every tile, and forked. The log is served by a few lines below, the program is the real one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[expect(dead_code, reason = "the ledger's own tests use more of it")]
#[path = "../../ledger/tests/it/common.rs"]
mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Chain, key, long};
use ledger::tile::{bundle_bytes, tile_bytes};
use ledger::{Checkpoint, Frontier, Node, TileKind, TilePath, WitnessKey};
use serde_json::Value;
use tempfile::TempDir;

/// Entries of the log: full tiles and partial ones on both levels.
const SIZE: u64 = 600;
const TOKEN: &str = "auditor-token";

/// What is served, by path.
type Files = HashMap<String, Vec<u8>>;

/// The tree's hash of a full subtree is in the chain; tiles are made of those.
fn files(chain: &Chain, size: u64) -> Files {
    let mut files = Files::new();
    for level in 0..=1_u8 {
        for index in 0.. {
            let path = TilePath { kind: TileKind::Hashes { level }, index, width: 256 };
            let path = TilePath { width: path.width_at(size), ..path };
            if path.width == 0 {
                break;
            }
            let hashes: Vec<_> = path.nodes().iter().map(|node: &Node| chain.nodes[node]).collect();
            files.insert(path.to_string(), tile_bytes(&hashes));
            if level == 0 {
                let (from, to) = (path.range().start as usize, path.range().end as usize);
                let entries = chain.entries[from..to].iter().map(Vec::as_slice);
                let bundle = TilePath { kind: TileKind::Entries, ..path };
                files.insert(bundle.to_string(), bundle_bytes(entries).unwrap());
            }
        }
    }
    files.insert("checkpoint".to_owned(), note(chain, size).into_bytes());
    files
}

fn checkpoint(chain: &Chain, size: u64) -> Checkpoint {
    let mut frontier = Frontier::new();
    chain.leaves.iter().take(size as usize).for_each(|&leaf| frontier.push(leaf));
    Checkpoint::new(common::ORIGIN, size, frontier.root())
}

fn note(chain: &Chain, size: u64) -> String {
    key().sign_checkpoint(&checkpoint(chain, size)).unwrap()
}

/// Serves files below `/log`; bundles only with the token. The first request is put off when asked.
struct Served {
    url: String,
}

fn answer(mut stream: TcpStream, files: &Files, busy: &AtomicBool) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let request = lines.next().unwrap().unwrap();
    let path = request.split(' ').nth(1).unwrap().trim_start_matches("/log/").to_owned();
    let mut authorized = false;
    for line in lines {
        let line = line.unwrap().to_ascii_lowercase();
        authorized |= line == format!("authorization: bearer {TOKEN}");
        if line.is_empty() {
            break;
        }
    }
    let found = files.get(&path);
    let (status, body): (_, &[u8]) = match found {
        _ if busy.swap(false, Ordering::SeqCst) => ("429 Too Many Requests\r\nretry-after: 1", b""),
        Some(_) if path.starts_with("tile/entries/") && !authorized => ("403 Forbidden", b""),
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", b""),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // A client that has seen enough hangs up.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn serve_busy(files: Files, busy: bool) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/log", listener.local_addr().unwrap());
    let (files, busy) = (Arc::new(files), Arc::new(AtomicBool::new(busy)));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (files, busy) = (Arc::clone(&files), Arc::clone(&busy));
            std::thread::spawn(move || answer(stream.unwrap(), &files, &busy));
        }
    });
    Served { url }
}

fn serve(files: Files) -> Served {
    serve_busy(files, false)
}

fn run(url: &str, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela-verify"));
    let Output { status, stdout, stderr } = command.env_clear().args(["log", url]).args(more).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

impl Served {
    fn check(&self, more: &[&str]) -> (i32, Value) {
        let vkey = key().vkey();
        let (code, out, err) = run(&self.url, &[&["--json", "--key", &vkey], more].concat());
        (code, serde_json::from_str(&out).unwrap_or_else(|_| panic!("{code}: {out}{err}")))
    }
}

fn left_out(answer: &Value) -> Vec<&str> {
    answer["unchecked"].as_array().unwrap().iter().map(|left| left["id"].as_str().unwrap()).collect()
}

fn first(answer: &Value) -> (Option<&str>, &str) {
    let first = &answer["findings"][0];
    (first["seq"].as_str(), first["invariant"].as_str().unwrap())
}

fn write(dir: &TempDir, name: &str, contents: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, contents).unwrap();
    path
}

#[test]
fn a_whole_log_holds() {
    let chain = long(SIZE);
    let dir = TempDir::new().unwrap();
    let earlier = write(&dir, "earlier", &note(&chain, 300));
    let since = ["--since", earlier.to_str().unwrap()];
    let served = serve_busy(files(&chain, SIZE), true);

    let (code, answer) = served.check(&[&since[..], &["--token", TOKEN]].concat());
    assert_eq!(code, 0, "{answer}");
    assert_eq!((answer["verdict"].as_str(), answer["entries"].as_str()), (Some("holds"), Some("600")));
    assert_eq!(answer["root"], checkpoint(&chain, SIZE).root.to_string());
    assert!(!left_out(&answer).contains(&"earlier_checkpoint"), "{answer}");

    // Without a token the tree alone is checked, which is not enough unless it was asked for.
    let (code, answer) = served.check(&since);
    assert_eq!((code, answer["entries"].as_str(), answer["leaves"].as_str()), (2, Some("0"), Some("600")));
    assert!(left_out(&answer).contains(&"entries"), "{answer}");
    let (code, answer) = served.check(&["--tiles-only", "--token", TOKEN]);
    assert_eq!((code, answer["entries"].as_str()), (0, Some("0")), "{answer}");
    assert!(left_out(&answer).contains(&"entries_by_choice"), "{answer}");

    // Without a key nothing says whose log it is.
    let (code, out, _) = run(&served.url, &["--json", "--token", TOKEN]);
    assert_eq!(code, 2, "{out}");
    assert!(out.contains("log_signature"), "{out}");
    let (_, out, _) = run(&served.url, &["--tiles-only"]);
    assert!(out.find("结论：").unwrap() < out.find("verdict: ").unwrap(), "{out}");
}

#[test]
fn a_log_that_has_grown_and_keeps_no_partial_tiles() {
    let chain = long(SIZE);
    let mut grown = files(&chain, 512);
    // Of the level above no tile is full, so the partial one of then is still there.
    let above = "tile/1/000.p/1";
    grown.insert(above.to_owned(), files(&chain, 500)[above].clone());
    grown.insert("checkpoint".to_owned(), note(&chain, 500).into_bytes());
    let (code, answer) = serve(grown).check(&["--token", TOKEN]);
    assert_eq!((code, answer["entries"].as_str()), (0, Some("500")), "{answer}");
}

#[test]
fn whatever_is_broken_is_found() {
    let chain = long(SIZE);
    let whole = files(&chain, SIZE);
    for (path, bytes) in &whole {
        // The last byte of a bundle is the end of its last entry; of the checkpoint, of the signature.
        let mut broken = whole.clone();
        let at = if path == "checkpoint" { bytes.len() - 9 } else { bytes.len() - 1 };
        broken.get_mut(path).unwrap()[at] ^= 1;
        let (code, answer) = serve(broken).check(&["--token", TOKEN]);
        assert_eq!(code, 1, "{path}: {answer}");
        let (seq, invariant) = first(&answer);
        let expected = match path.as_str() {
            "checkpoint" => (None, "ledger.signature"),
            "tile/0/000" => (Some("255"), "ledger.tree"),
            "tile/0/001" => (Some("511"), "ledger.tree"),
            "tile/1/000.p/2" => (Some("256"), "ledger.tree"),
            _ if path.starts_with("tile/entries/") => {
                assert_ne!(seq, None, "{path}: {answer}");
                continue;
            }
            _ => (Some("599"), "ledger.tree"),
        };
        if path.starts_with("tile/0") {
            // Another leaf gives another root, which is found at the end of the tree too.
            assert!(answer["findings"].to_string().contains(expected.1), "{path}: {answer}");
        } else {
            assert_eq!((seq, invariant), expected, "{path}");
        }
        if path == "checkpoint" {
            continue;
        }
        let mut missing = whole.clone();
        missing.remove(path);
        let (code, answer) = serve(missing).check(&["--token", TOKEN]);
        if path == "tile/entries/000" {
            assert_eq!(code, 2, "entries that are not given out: {answer}");
        } else {
            assert_eq!(code, 1, "{path} is missing: {answer}");
        }
    }
}

#[test]
fn a_rollback_and_a_fork_are_found() {
    let chain = long(SIZE);
    let dir = TempDir::new().unwrap();
    let later = write(&dir, "later", &note(&chain, 550));
    let (code, answer) = serve(files(&chain, 512)).check(&["--tiles-only", "--since", later.to_str().unwrap()]);
    assert_eq!((code, first(&answer).1), (1, "ledger.length"), "{answer}");

    let mut other = long(SIZE);
    other.leaves[7] = other.leaves[8];
    let fork = write(&dir, "fork", &note(&other, 300));
    let (code, answer) = serve(files(&chain, 512)).check(&["--tiles-only", "--since", fork.to_str().unwrap()]);
    assert_eq!((code, first(&answer)), (1, (Some("299"), "ledger.tree")), "{answer}");
}

#[test]
fn a_policy_brings_the_key_and_asks_for_witnesses() {
    let chain = long(20);
    let dir = TempDir::new().unwrap();
    let witness = WitnessKey::from_seed("witness.example/bank", &[9; 32]).unwrap();
    let text = format!("log {}\nwitness bank {}\nquorum bank\n", key().vkey(), witness.verifier());
    let policy = write(&dir, "policy", &text);
    let more = ["--json", "--token", TOKEN, "--policy", policy.to_str().unwrap()];
    let mut served = files(&chain, 20);
    let (code, out, err) = run(&serve(served.clone()).url, &more);
    assert_eq!(code, 2, "{out}{err}");
    assert!(out.contains("\"quorum\""), "{out}");
    let line = witness.cosign(&checkpoint(&chain, 20).to_string(), 1_780_000_000).unwrap().to_string();
    served.get_mut("checkpoint").unwrap().extend_from_slice(line.as_bytes());
    let (code, out, err) = run(&serve(served).url, &more);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn what_cannot_be_read_is_not_a_yes() {
    for url in ["https://ledger.example/log", "http://127.0.0.1:1/log", "ledger.example"] {
        let (code, out, err) = run(url, &["--tiles-only"]);
        assert_eq!((code, out.as_str()), (2, ""), "{url}: {err}");
        assert!(!err.is_empty());
    }
    let nothing = Files::from([("checkpoint".to_owned(), b"no note".to_vec())]);
    assert_eq!(run(&serve(nothing).url, &[]).0, 2);
}
