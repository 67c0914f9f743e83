//! Runs the three verifiers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cases::Case;

/// A file of this repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The first of these programs that runs; `None` with a line about it, which under `CI` is a failure.
fn program(names: &[&str]) -> Option<String> {
    let found = names.iter().find(|name| {
        let status = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    });
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs {}", names[0]);
        println!("skipped: no {}", names[0]);
    }
    found.map(|name| (*name).to_owned())
}

pub fn python() -> Option<String> {
    program(&["python3"])
}

pub fn chromium() -> Option<String> {
    program(&["chromium", "chromium-browser", "google-chrome"])
}

fn options(case: &Case) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(key) = &case.key {
        out.extend(["--key".to_owned(), key.clone()]);
    }
    for witness in &case.witnesses {
        out.extend(["--witness".to_owned(), witness.clone()]);
    }
    if case.quorum > 0 {
        out.extend(["--quorum".to_owned(), case.quorum.to_string()]);
    }
    out
}

fn exit(mut command: Command, case: &Case) -> (i32, String) {
    let output = command.args(options(case)).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&said).into_owned())
}

/// Exit code and output of `tutela-verify`.
pub fn rust(file: &Path, case: &Case) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela-verify"));
    command.arg(case.what).arg(file);
    exit(command, case)
}

/// Exit codes and outputs of the Python verifier, run as a program for each case, but within one
/// process: to start Python two hundred times takes longer than what it then does.
pub fn by_python(python: &str, files: &[PathBuf], cases: &[Case]) -> Vec<(i32, String)> {
    const RUNNER: &str = "import contextlib, io, json, sys\n\
        code = compile(open(sys.argv[1], encoding='utf-8').read(), 'tutela_verify', 'exec')\n\
        for given in json.load(sys.stdin):\n    \
            out, sys.argv = io.StringIO(), ['tutela_verify.py', *given]\n    \
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):\n        \
                try:\n            \
                    exec(code, {'__name__': '__main__'})\n            \
                    status = 'no exit'\n        \
                except SystemExit as end:\n            \
                    status = end.code\n    \
            print(json.dumps([status, out.getvalue()]), flush=True)\n";
    let given: Vec<Vec<String>> = cases
        .iter()
        .zip(files)
        .map(|(case, file)| [vec![case.what.to_owned(), file.display().to_string()], options(case)].concat())
        .collect();
    let mut child = Command::new(python)
        .args(["-c", RUNNER])
        .arg(repository("docs/verify/tutela_verify.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(json!(given).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len());
    let answer = |a: &Value| (i32::try_from(a[0].as_i64().unwrap()).unwrap(), a[1].as_str().unwrap().to_owned());
    answers.iter().map(answer).collect()
}

/// A script that takes the browser's Ed25519 away, as older browsers have none.
pub const fn without_native() -> &'static str {
    "const original = crypto.subtle.importKey.bind(crypto.subtle); \
     crypto.subtle.importKey = (...given) => given[2].name === 'Ed25519' \
     ? Promise.reject(new DOMException('', 'NotSupportedError')) : original(...given);"
}

/// Runs the page in Chromium, with this script before its own and that one after, until the latter
/// calls `tell(text)`; the text. `fragment` is what stands behind the `#` of the address.
pub fn page(chromium: &str, before: &str, after: &str, fragment: &str) -> String {
    let page = std::fs::read_to_string(repository("docs/verify/verify.html")).unwrap();
    let (head, rest) = page.split_once("<meta http-equiv").unwrap();
    // Without its policy, which would rightly stop it from telling anybody.
    let (_, rest) = rest.split_once('>').unwrap();
    let tell = "const tell = (text) => fetch('/answer', { method: 'POST', body: text });";
    let page = format!("{head}{rest}").replacen("<script>", &format!("<script>{before}</script><script>"), 1).replacen(
        "</body>",
        &format!("<script>{tell}\n{after}</script></body>"),
        1,
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/#{fragment}", listener.local_addr().unwrap());
    let home = TempDir::new().unwrap();
    let mut browser = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .arg(format!("--user-data-dir={}", home.path().display()))
        .args(["--remote-debugging-port=0", &address])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let answer = serve(&listener, &page, || browser.try_wait().unwrap().is_some());
    let _ = browser.kill();
    let _ = browser.wait();
    answer.unwrap()
}

/// Serves the page until an answer is posted. `Err` after five minutes, or when the browser is gone.
fn serve(listener: &TcpListener, page: &str, gone: impl FnMut() -> bool) -> Result<String, &'static str> {
    let mut gone = gone;
    // Looks every 20 ms.
    let mut looks = 5 * 60 * 50;
    listener.set_nonblocking(true).unwrap();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                if let Some(answer) = answer_to(stream, page) {
                    return Ok(answer);
                }
            }
            Err(_) if gone() => return Err("Chromium ended before the page answered"),
            Err(_) if looks == 0 => return Err("no answer in five minutes"),
            Err(_) => {
                looks -= 1;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// Answers one request: the page, or thanks for what was posted, which is returned.
fn answer_to(stream: TcpStream, page: &str) -> Option<String> {
    // A browser opens connections that it may never use.
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if first.is_empty() {
            first.clone_from(&line);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let posted = first.starts_with("POST /answer ");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = if posted { "" } else { page };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
    write!(reader.get_mut(), "{head}Content-Length: {}\r\n\r\n{answer}", answer.len()).ok()?;
    posted.then(|| String::from_utf8(body).unwrap())
}

/// The page's answers on all cases: exits, and what it says. `before` runs before the page's own script.
pub fn by_page(chromium: &str, cases: &[Case], before: &str) -> Vec<(i64, String)> {
    let given: Vec<Value> = cases
        .iter()
        .map(|case| {
            let key = case.key.as_deref().unwrap_or("");
            json!([case.text, { "key": key, "witnesses": case.witnesses, "quorum": case.quorum }])
        })
        .collect();
    let given = Value::from(given).to_string().replace("</", "<\\/");
    let after = format!(
        "(async () => {{ const out = []; for (const [text, given] of {given}) {{ \
         const a = await check(text, given); \
         out.push([a.exit, [...a.wrong, ...a.unchecked].map((w) => w.en).join('; ')]); }} \
         await tell(JSON.stringify(out)); }})();"
    );
    let results: Value = serde_json::from_str(&page(chromium, before, &after, "")).unwrap();
    let results = results.as_array().unwrap();
    results.iter().map(|r| (r[0].as_i64().unwrap(), r[1].as_str().unwrap().to_owned())).collect()
}

/// The document after the page has answered about what stands in its address.
pub fn opened(chromium: &str, before: &str, fragment: &str) -> String {
    let after = "(async () => { while (!document.documentElement.dataset.exit) \
                 await new Promise((next) => setTimeout(next, 20)); \
                 await tell(document.documentElement.outerHTML); })();";
    page(chromium, before, after, fragment)
}
