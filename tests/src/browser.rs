//! A real browser: Chromium, spoken to over two pipes by its own protocol. Pictures of what it saw
//! are kept under `target/console`.

#![expect(clippy::unwrap_used, reason = "whoever drives a browser that does not answer must stop")]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The checker of accessibility, where `.ci/run` puts it.
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/axe/package/axe.min.js");

/// The browser with one page.
pub struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    session: String,
    asked: u64,
    /// What the page complained of: errors of scripts, and what its policy forbade.
    pub complaints: Vec<String>,
    _home: TempDir,
}

/// The browser's program; `None` with a line about it, which under `CI` is a failure.
fn program() -> Option<&'static str> {
    let runs = |name: &&str| {
        let status = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| runs(name));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs chromium");
        println!("skipped: no chromium");
    }
    found
}

impl Browser {
    /// Starts it; none where there is no Chromium.
    pub fn start() -> Option<Browser> {
        let program = program()?;
        let home = TempDir::new().unwrap();
        let pipe = |name: &str| {
            let path = home.path().join(name);
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        let script = "exec \"$0\" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                      --remote-debugging-pipe --user-data-dir=\"$3\" about:blank 3<\"$1\" 4>\"$2\"";
        let child = Command::new("sh")
            .args(["-c", script, program])
            .args([to.as_path(), from.as_path(), &home.path().join("profile")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // In the order in which the shell opens them.
        let to = File::options().write(true).open(&to).unwrap();
        let from = BufReader::new(File::open(&from).unwrap());
        let mut browser =
            Browser { child, to, from, session: String::new(), asked: 0, complaints: Vec::new(), _home: home };
        let target = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", attach);
        attached["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            browser.ask(domain, json!({}));
        }
        Some(browser)
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        assert!(self.from.read_until(0, &mut message).unwrap() > 0, "the browser is gone");
        message.pop();
        let message: Value = serde_json::from_slice(&message).unwrap();
        match message["method"].as_str() {
            Some("Log.entryAdded") if message["params"]["entry"]["level"] == "error" => {
                let entry = &message["params"]["entry"];
                // An answer with an error status is what some steps are about.
                if entry["source"] != "network" {
                    self.complaints.push(entry["text"].to_string());
                }
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(message["params"]["exceptionDetails"].to_string()),
            _ => {}
        }
        message
    }

    fn send(&mut self, method: &str, params: Value) -> u64 {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        self.asked
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        loop {
            let mut message = self.read();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
        }
    }

    /// The window's size; a small one is a phone's.
    pub fn window(&mut self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.ask("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Do scripts of pages run?
    pub fn scripts(&mut self, on: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({"value": !on}));
    }

    /// Forgets who was logged in.
    pub fn forget(&mut self) {
        self.ask("Network.clearBrowserCookies", json!({}));
    }

    fn loaded(&mut self) {
        while self.read()["method"] != "Page.loadEventFired" {}
    }

    /// Opens an address.
    pub fn open(&mut self, url: &str) {
        let id = self.send("Page.navigate", json!({"url": url}));
        let mut answered = false;
        let mut loaded = false;
        while !(answered && loaded) {
            let message = self.read();
            answered |= message["id"] == id;
            loaded |= message["method"] == "Page.loadEventFired";
        }
    }

    /// Has every page from now on the checker of accessibility; false with a line about it where it is
    /// not there, which under `CI` is a failure.
    pub fn with_axe(&mut self) -> bool {
        let Ok(source) = std::fs::read_to_string(AXE) else {
            assert!(std::env::var_os("CI").is_none(), "CI needs {AXE}");
            println!("skipped: no {AXE}; .ci/run puts it there");
            return false;
        };
        self.ask("Page.addScriptToEvaluateOnNewDocument", json!({"source": source}));
        true
    }

    /// What a script says of the page, when it has thought.
    pub fn say(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let mut result = self.ask("Runtime.evaluate", asked);
        assert!(result["exceptionDetails"].is_null(), "{script}: {}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Types into the field of a name within a form, as `f:name`, or of a selector.
    pub fn fill(&mut self, selector: &str, value: &str) {
        let found =
            self.say(&format!("(e=>e&&(e.value={},true))(document.querySelector({}))", json!(value), json!(selector)));
        assert_eq!(found, true, "{selector}");
    }

    /// Presses what leads to another page, and waits for it.
    pub fn press(&mut self, selector: &str) {
        let found = self.say(&format!("(e=>e&&(e.click(),true))(document.querySelector({}))", json!(selector)));
        assert_eq!(found, true, "{selector}");
        self.loaded();
    }

    /// Are bars for scrolling seen?
    pub fn scrollbars(&mut self, seen: bool) {
        self.ask("Emulation.setScrollbarsHidden", json!({"hidden": !seen}));
    }

    /// Forgets files of pages that it has kept, and keeps none.
    pub fn without_cache(&mut self) {
        self.ask("Network.setCacheDisabled", json!({"cacheDisabled": true}));
    }

    /// A PNG of the window, or of the whole page.
    pub fn picture(&mut self, whole: bool) -> Vec<u8> {
        let asked = json!({"format": "png", "captureBeyondViewport": whole, "optimizeForSpeed": false});
        let picture = self.ask("Page.captureScreenshot", asked);
        base64::Engine::decode(&base64::prelude::BASE64_STANDARD, picture["data"].as_str().unwrap()).unwrap()
    }

    /// Keeps a picture of the whole page.
    pub fn keep(&mut self, name: &str) {
        let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/console");
        std::fs::create_dir_all(&folder).unwrap();
        let picture = self.picture(true);
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
