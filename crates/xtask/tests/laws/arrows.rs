//! Who may use whom. The first table is the drawing of docs/ARCHITECTURE.md, the second says which
//! outside crate may be named where. Only what ships is judged; `[dev-dependencies]` are free,
//! except that `testdb` and `tests` never ship.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::assert_none;
use crate::source::root;

/// Pure crates: no async, no IO, no clock, no randomness.
const PURE: &[&str] = &["kernel", "policy", "registry", "contract", "escrow", "ledger", "access"];

/// Each of our packages and which of ours it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("policy", &["kernel"]),
    ("registry", &["kernel", "policy"]),
    ("contract", &["kernel", "policy", "registry"]),
    ("escrow", &["kernel", "policy", "registry", "contract"]),
    ("ledger", &["kernel"]),
    // Pages and PDFs of contracts: no HTTP, no database.
    ("document", &["contract"]),
    ("access", &["kernel"]),
    ("store", &["kernel", "policy", "registry", "contract", "escrow", "ledger", "access"]),
    ("app", &["kernel", "policy", "registry", "contract", "escrow", "ledger", "access", "store"]),
    ("api", &["kernel", "policy", "registry", "contract", "escrow", "ledger", "document", "access", "app"]),
    // The console is a client of the API; kernel is for amounts and days as people write them.
    ("web", &["kernel"]),
    // The demo county speaks to the use cases in values of the domain, as api does.
    (
        "server",
        &[
            "kernel",
            "policy",
            "registry",
            "contract",
            "escrow",
            "ledger",
            "access",
            "store",
            "app",
            "api",
            "web",
            "migrations",
        ],
    ),
    ("verifier", &["kernel", "ledger"]),
    ("migrations", &[]),
    ("xtask", &[]),
];

/// Packages that hold tests or help them; they may use everything and nothing that ships uses them.
const TEST_ONLY: &[&str] = &["testdb", "tests"];

/// Each outside crate that ships, and which of our packages may name it.
const OUTSIDE: &[(&str, &[&str])] = &[
    // Values.
    ("jiff", &["kernel", "policy"]),
    ("num-bigint", &["kernel"]),
    ("num-rational", &["kernel"]),
    ("num-traits", &["kernel"]),
    ("rust_decimal", &["kernel", "contract"]),
    ("toml", &["policy", "web", "server"]),
    ("unicode-normalization", &["kernel", "ledger"]),
    ("uuid", &["kernel", "ledger", "store", "app", "api", "server"]),
    // Shapes of data. The domain crates are absent: their types have no serde.
    ("serde", &["policy", "ledger", "store", "app", "api", "server"]),
    ("serde_json", &["ledger", "store", "app", "api", "web", "server", "verifier"]),
    ("serde_path_to_error", &["api"]),
    (
        "thiserror",
        &[
            "kernel",
            "policy",
            "registry",
            "contract",
            "escrow",
            "ledger",
            "access",
            "document",
            "migrations",
            "store",
            "app",
            "api",
        ],
    ),
    // Pictures of measurements.
    ("plotters", &["server"]),
    // Names are searched by their bytes and by their sound.
    ("memchr", &["registry"]),
    ("pinyin", &["registry"]),
    // Tables for spreadsheet programs.
    ("rust_xlsxwriter", &["api", "app"]),
    // What a file that was handed in is.
    ("infer", &["app"]),
    // Proof: the bytes of an entry, its hash and the signatures are the ledger's alone.
    ("base64", &["ledger"]),
    ("ed25519-dalek", &["ledger"]),
    ("flate2", &["ledger", "document"]),
    ("hex", &["ledger"]),
    ("hmac", &["ledger", "access"]),
    // One-time codes of RFC 6238 are made with SHA-1, by every phone.
    ("sha1", &["access"]),
    ("sha2", &["ledger"]),
    ("subtle", &["ledger", "access"]),
    ("zeroize", &["ledger", "store", "app", "server"]),
    // Secrets at rest.
    ("argon2", &["app"]),
    ("chacha20poly1305", &["store"]),
    // Files that people hand in.
    ("calamine", &["app"]),
    ("csv", &["app"]),
    ("quick-xml", &["app"]),
    ("encoding_rs", &["app"]),
    ("zip", &["app"]),
    // Log-in with somebody else's identity provider.
    ("openidconnect", &["server"]),
    ("chrono", &["server"]),
    // Notices: mail and webhooks.
    ("http-body-util", &["server"]),
    ("hyper", &["server"]),
    ("hyper-rustls", &["server"]),
    ("hyper-util", &["server"]),
    ("lettre", &["server"]),
    ("rustls", &["server"]),
    ("rustls-native-certs", &["server"]),
    ("tower-service", &["server"]),
    // Storage.
    ("krilla", &["document"]),
    ("skrifa", &["document"]),
    ("libsqlite3-sys", &["store", "migrations"]),
    ("rusqlite", &["store"]),
    ("sea-orm", &["store", "migrations"]),
    ("sea-orm-migration", &["store", "migrations"]),
    // Service.
    ("axum", &["api", "web"]),
    // Pages of the console.
    ("minijinja", &["web"]),
    ("tower", &["web"]),
    // Codes in photographs.
    ("image", &["web"]),
    ("rqrr", &["web"]),
    ("governor", &["api"]),
    ("qrcodegen", &["api"]),
    // The console reads photographs off the threads that answer.
    ("tokio", &["migrations", "store", "app", "api", "web", "server"]),
    ("tokio-stream", &["api"]),
    ("tower-http", &["api"]),
    ("tracing", &["migrations", "store", "app", "api", "server"]),
    ("utoipa", &["api"]),
    ("utoipa-axum", &["api"]),
    ("utoipa-swagger-ui", &["api"]),
    // The outermost layer.
    ("anyhow", &["server", "verifier", "xtask"]),
    ("clap", &["server", "verifier", "xtask"]),
    ("indicatif", &["server", "verifier", "xtask"]),
    ("mimalloc", &["server", "verifier"]),
    ("rand", &["server", "verifier", "xtask"]),
    ("reqwest", &["server"]),
    ("ureq", &["verifier"]),
    ("rand_chacha", &["server", "verifier", "xtask"]),
    ("tracing-subscriber", &["server", "verifier", "xtask"]),
];

/// A pure crate with one of these would no longer be pure, whatever the table above says.
const NEVER_IN_PURE: &[&str] = &["tokio", "axum", "sea-orm", "rand", "tracing"];

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        // Declarations are enough, and need neither lock file nor network.
        .no_deps()
        .exec()
        .expect("cargo metadata");
    metadata.packages
}

/// What ships with a package: normal and build dependencies.
fn shipped(package: &Package) -> impl Iterator<Item = &str> {
    package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development).map(|d| d.name.as_str())
}

fn ours(packages: &[Package]) -> BTreeSet<&str> {
    packages.iter().map(|p| p.name.as_str()).collect()
}

#[test]
fn packages_use_only_what_the_drawing_allows() {
    let packages = packages();
    let ours = ours(&packages);
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut findings = Vec::new();
    for package in packages.iter().filter(|p| !TEST_ONLY.contains(&p.name.as_str())) {
        let Some(allowed) = arrows.get(package.name.as_str()) else {
            findings.push(format!("{} has no row", package.name));
            continue;
        };
        for name in shipped(package).filter(|name| ours.contains(name) && !allowed.contains(name)) {
            findings.push(format!("{} → {name}", package.name));
        }
    }
    assert_none(
        "An arrow that the drawing in docs/ARCHITECTURE.md does not have. Move the code to the crate below, or hand \
         the value down as an argument. A new crate gets a row in ARROWS.",
        &findings,
    );
}

#[test]
fn the_drawing_has_no_circle() {
    for (i, (name, allowed)) in ARROWS.iter().enumerate() {
        for used in *allowed {
            let at = ARROWS.iter().position(|(n, _)| n == used);
            // `migrations` stands after its only user in the table.
            assert!(at.is_some_and(|at| at < i || *used == "migrations"), "{name} → {used}: rows stand below to above");
        }
    }
}

#[test]
fn outside_crates_are_named_only_where_they_belong() {
    let packages = packages();
    let ours = ours(&packages);
    let outside: BTreeMap<_, _> = OUTSIDE.iter().copied().collect();
    let mut findings = Vec::new();
    for package in packages.iter().filter(|p| !TEST_ONLY.contains(&p.name.as_str())) {
        for name in shipped(package).filter(|name| !ours.contains(name)) {
            match outside.get(name) {
                None => findings.push(format!("{} uses {name}, which has no row in OUTSIDE", package.name)),
                Some(allowed) if !allowed.contains(&package.name.as_str()) => {
                    findings.push(format!("{} uses {name}; it belongs to {}", package.name, allowed.join(", ")));
                }
                Some(_) => {}
            }
        }
    }
    assert_none(
        "An outside crate where it does not belong. Call the crate of ours that owns it instead; a crate new to the \
         workspace gets a row in OUTSIDE and a line in docs/adr/0010.",
        &findings,
    );
}

#[test]
fn pure_crates_stay_pure() {
    for (name, users) in OUTSIDE.iter().filter(|(name, _)| NEVER_IN_PURE.contains(name)) {
        assert!(users.iter().all(|u| !PURE.contains(u)), "{name} in a pure crate: no async, IO, clock or randomness");
    }
}

#[test]
fn every_package_follows_the_house() {
    let mut findings = Vec::new();
    for package in packages() {
        let folder = package.manifest_path.parent().and_then(|p| p.file_name()).unwrap_or_default();
        if folder != package.name.as_str() {
            findings.push(format!("{}: folder is called {folder}; name both the same", package.name));
        }
        if package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
            findings.push(format!("{}: add publish.workspace = true", package.name));
        }
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("manifest");
        if !manifest.contains("[lints]\nworkspace = true") {
            findings.push(format!("{}: add [lints] workspace = true", package.name));
        }
        for dependency in &package.dependencies {
            if TEST_ONLY.contains(&dependency.name.as_str())
                && dependency.kind != DependencyKind::Development
                && !TEST_ONLY.contains(&package.name.as_str())
            {
                findings.push(format!("{}: {} is for [dev-dependencies] only", package.name, dependency.name));
            }
        }
    }
    assert_none("A package that does not follow the house.", &findings);
}
