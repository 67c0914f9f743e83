//! The processes, and a log that can be forked at will.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use ledger::merkle::consistency_proof;
use ledger::{Checkpoint, Frontier, Hash, LogKey, Node, leaf_hash};
use reqwest::{Client, Response};

/// The product's binary in a directory, with nothing of this process's environment.
pub fn tutela(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.current_dir(dir).env_clear().stdin(Stdio::null());
    command
}

/// A process that serves, killed when it goes out of scope.
pub struct Process {
    child: Child,
    pub base: String,
    /// What it printed before it served.
    pub printed: Vec<String>,
}

impl Process {
    pub fn start(mut command: Command) -> Process {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut printed = Vec::new();
        let base = loop {
            let line = lines.next().expect("it says where it serves").unwrap();
            if let Some((_, rest)) = line.split_once("serving ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            printed.push(line);
        };
        // Whatever it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Process { child, base, printed }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A witness's directory: it can be started, killed, and started again.
pub struct WitnessDir {
    pub dir: tempfile::TempDir,
    pub name: String,
}

impl WitnessDir {
    /// That knows these logs.
    pub fn new(name: &str, logs: &str) -> WitnessDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("logs"), logs).unwrap();
        WitnessDir { dir, name: name.to_owned() }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub fn command(&self, listen: &str) -> Command {
        let mut command = tutela(self.dir.path());
        command.args(["--log", "error", "--listen", listen, "witness", "--name", &self.name, "--state", "."]);
        command
    }

    pub fn start(&self) -> Process {
        self.start_at("127.0.0.1:0")
    }

    pub fn start_at(&self, listen: &str) -> Process {
        Process::start(self.command(listen))
    }

    /// A start that must fail: what it says.
    pub fn fails(&self) -> String {
        let Output { status, stderr, .. } = self.command("127.0.0.1:0").output().unwrap();
        assert!(!status.success());
        String::from_utf8(stderr).unwrap()
    }
}

/// The vkey that a witness printed.
pub fn vkey(process: &Process) -> String {
    let line = process.printed.iter().find_map(|line| line.split_once("vkey of this witness: ")).unwrap();
    line.1.trim().to_owned()
}

/// A log with a key, of as many leaves as one likes; `forked` has another second leaf.
pub struct Log {
    pub key: LogKey,
    leaves: Vec<Hash>,
}

impl Log {
    pub fn new(origin: &str, forked: bool) -> Log {
        let leaf = |i: u64| leaf_hash(format!("{i}{}", if forked && i == 1 { "!" } else { "" }).as_bytes());
        Log { key: LogKey::from_seed(origin, &[7; 32]).unwrap(), leaves: (0..300).map(leaf).collect() }
    }

    fn root(&self, from: usize, to: usize) -> Hash {
        let mut frontier = Frontier::new();
        self.leaves[from..to].iter().for_each(|&leaf| frontier.push(leaf));
        frontier.root()
    }

    pub fn note(&self, size: usize) -> String {
        let checkpoint = Checkpoint::new(self.key.verifier().name(), size as u64, self.root(0, size));
        self.key.sign_checkpoint(&checkpoint).unwrap()
    }

    /// The body of a request with the proof that belongs to it.
    pub fn request(&self, old: usize, new: usize) -> String {
        let node = |node: Node| {
            let from = usize::try_from(node.index << node.level).unwrap();
            Some(self.root(from, from + (1 << node.level)))
        };
        let proof =
            if old == 0 || old > new { Vec::new() } else { consistency_proof(old as u64, new as u64, &node).unwrap() };
        let note = self.note(new);
        ledger::AddCheckpoint::new(old as u64, proof, &note).unwrap().to_string()
    }
}

/// Sends a request and gives status, content type and body.
pub async fn add(client: &Client, witness: &Process, body: String) -> (u16, String, String) {
    add_at(client.clone(), witness.base.clone(), body).await
}

pub async fn add_at(client: Client, base: String, body: String) -> (u16, String, String) {
    told(client.post(format!("{base}/add-checkpoint")).body(body).send().await.unwrap()).await
}

pub async fn told(answer: Response) -> (u16, String, String) {
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}
