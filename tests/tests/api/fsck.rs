//! A client that knows C2SP tlog-tiles and nothing of this server: it fetches the checkpoint and
//! every tile, builds the tree again, and reads every entry as an auditor.

use ledger::tile::TILE_WIDTH;
use ledger::{Checkpoint, Frontier, Hash, VerifierKey, leaf_hash};
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::world::{PASSWORD, World, text};

/// A log as a stranger sees it: an address, a key, and for bundles a token.
struct Log {
    client: Client,
    prefix: String,
    token: Option<String>,
}

/// The path of a tile, written here once more, from the text of the specification.
fn path(level: &str, index: u64, width: u64) -> String {
    let mut groups = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        groups = format!("x{:03}/{groups}", rest % 1000);
        rest /= 1000;
    }
    let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
    format!("tile/{level}/{groups}{partial}")
}

impl Log {
    async fn get(&self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = self.client.get(format!("{}/{path}", self.prefix));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
    }

    async fn checkpoint(&self, key: &VerifierKey) -> Checkpoint {
        let (status, headers, note) = self.get("checkpoint").await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
        // It changes; caches may keep it for a few seconds at most.
        let cache = headers["cache-control"].to_str().unwrap();
        let age: u32 = cache.split("max-age=").nth(1).unwrap().parse().unwrap();
        assert!(age <= 5 && !cache.contains("immutable"), "{cache}");
        Checkpoint::open(&note, key, &[]).unwrap().0
    }

    /// A resource that never changes.
    async fn immutable(&self, path: &str, public: &str) -> Vec<u8> {
        let (status, headers, bytes) = self.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["content-type"], "application/octet-stream", "{path}");
        let cache = headers["cache-control"].to_str().unwrap();
        assert!(cache.starts_with(public) && cache.contains("max-age=31536000, immutable"), "{path}: {cache}");
        bytes
    }

    async fn missing(&self, path: &str) {
        assert_eq!(self.get(path).await.0, 404, "{path}");
    }

    /// All hashes of a tile level in a tree of this size: first what is full, then the partial tile.
    async fn level(&self, level: u8, size: u64) -> Vec<Hash> {
        let items = size >> (8 * u32::from(level));
        let mut hashes = Vec::new();
        for index in 0..items.div_ceil(256) {
            let width = (items - index * 256).min(256);
            let bytes = self.immutable(&path(&level.to_string(), index, width), "public").await;
            assert_eq!(bytes.len() as u64, width * 32);
            hashes.extend(bytes.chunks(32).map(|hash| Hash::try_from_slice(hash).unwrap()));
        }
        // Nothing beyond the tree: not wider than it is, not the next tile, no empty tile.
        let (last, width) = (items / 256, items % 256);
        self.missing(&path(&level.to_string(), last, 256)).await;
        if width < 255 {
            self.missing(&path(&level.to_string(), last, width + 1)).await;
        }
        self.missing(&path(&level.to_string(), last + 1, 1)).await;
        hashes
    }
}

fn root(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    hashes.iter().for_each(|&hash| frontier.push(hash));
    frontier.root()
}

/// Fetches and compares everything; the entries where there is a token.
async fn fsck(log: &Log, key: &VerifierKey) -> Checkpoint {
    let checkpoint = log.checkpoint(key).await;
    let leaves = log.level(0, checkpoint.size).await;
    assert_eq!(leaves.len() as u64, checkpoint.size);
    assert_eq!(root(&leaves), checkpoint.root);
    let mut below = leaves.clone();
    for level in 1..4 {
        let hashes = log.level(level, checkpoint.size).await;
        let full: Vec<Hash> = below.chunks_exact(256).map(root).collect();
        assert_eq!(hashes, full, "level {level}");
        below = hashes;
    }
    for index in 0..checkpoint.size.div_ceil(256) {
        let width = (checkpoint.size - index * 256).min(256);
        let bundle = path("entries", index, width);
        if log.token.is_none() {
            assert_eq!(log.get(&bundle).await.0, 401, "entries are for auditors");
            continue;
        }
        let bytes = log.immutable(&bundle, "private").await;
        let mut rest = bytes.as_slice();
        for leaf in leaves.iter().skip(usize::try_from(index).unwrap() * 256).take(usize::try_from(width).unwrap()) {
            let (length, after) = rest.split_first_chunk::<2>().unwrap();
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            assert_eq!(leaf_hash(entry), *leaf);
            rest = after;
        }
        assert!(rest.is_empty(), "nothing behind the last entry");
    }
    checkpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn any_tile_client_can_check_the_whole_log() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let ledger = world.public("/v1/ledgers").await.expect(200)["items"][0].clone();
    let key: VerifierKey = text(&ledger["vkey"]).parse().unwrap();
    let prefix = format!("{}/log/{}", world.base, text(&ledger["id"]));
    let public = Log { client: world.client.clone(), prefix: prefix.clone(), token: None };
    let body = json!({"username": "auditor", "password": PASSWORD});
    let token =
        text(&world.ask(None, reqwest::Method::POST, "/v1/sessions").json(&body).send().await.expect(201)["token"]);
    let auditor = Log { client: world.client.clone(), prefix, token: Some(token) };
    // A small tree, one full tile to the entry, and more than one.
    let mut sizes = Vec::new();
    let holds = format!("/v1/institutions/{}/holds", shop.institution);
    for target in [20, u64::from(TILE_WIDTH), 300] {
        loop {
            let size: u64 = text(&world.public("/v1/ledgers").await.expect(200)["items"][0]["size"]).parse().unwrap();
            let last = size + 1 >= target;
            let ask = world.ask(Some("bureau"), reqwest::Method::POST, &holds).keyed();
            let ask = if last { ask.header("prefer", "wait=checkpoint") } else { ask };
            ask.json(&json!({})).send().await.expect(201);
            if last {
                break;
            }
        }
        let checkpoint = fsck(&public, &key).await;
        assert_eq!(checkpoint.size, target);
        assert_eq!(fsck(&auditor, &key).await, checkpoint);
        sizes.push(checkpoint.size);
    }
    // What an earlier checkpoint needs is still there.
    for (level, index, width) in [("0", 0, 20), ("0", 0, 256), ("1", 0, 1)] {
        public.immutable(&path(level, index, width), "public").await;
    }
    auditor.immutable(&path("entries", 0, 20), "private").await;
    assert_eq!(sizes, [20, 256, 300]);
}
