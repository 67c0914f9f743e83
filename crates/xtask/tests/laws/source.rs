//! Tracked files, and Rust source with comments and literals blanked out. No laws here.

use std::path::PathBuf;
use std::process::Command;

/// A tracked text file.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// As it is.
    pub text: String,
    /// Rust only: the text with comments, strings and characters replaced by spaces, line by line
    /// the same.
    pub code: String,
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Paths that git tracks, except those just deleted.
pub fn tracked() -> Vec<String> {
    let output = Command::new("git")
        // The tests may run as another user than the one who cloned.
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root())
        .output()
        .expect("git is needed to know which files are tracked");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout).expect("paths are UTF-8");
    paths.split('\0').filter(|p| !p.is_empty() && root().join(p).exists()).map(str::to_owned).collect()
}

/// All tracked files that are text.
pub fn text_files() -> Vec<File> {
    tracked()
        .into_iter()
        .filter_map(|path| {
            let text = String::from_utf8(std::fs::read(root().join(&path)).ok()?).ok()?;
            let code = if path.ends_with(".rs") { code_only(&text) } else { String::new() };
            Some(File { path, text, code })
        })
        .collect()
}

/// The tracked Rust files.
pub fn rust_files() -> Vec<File> {
    let files: Vec<File> = text_files().into_iter().filter(|f| f.path.ends_with(".rs")).collect();
    assert!(files.len() > 20, "git lists only {} Rust files: run this in a checkout", files.len());
    files
}

/// Blanks comments, string literals and character literals; keeps line breaks and length in
/// characters.
pub fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = literal_or_comment(&chars, i);
        if end == i {
            out.push(chars[i]);
            i += 1;
        } else {
            out.extend(chars[i..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            i = end;
        }
    }
    out
}

/// Where the comment or literal that starts at `i` ends; `i` itself when none starts there.
fn literal_or_comment(chars: &[char], i: usize) -> usize {
    let at = |j: usize| chars.get(j).copied().unwrap_or('\0');
    let find = |from: usize, stop: &dyn Fn(usize) -> bool| (from..chars.len()).find(|&j| stop(j));
    let in_word = i > 0 && (at(i - 1).is_alphanumeric() || at(i - 1) == '_');
    match at(i) {
        '/' if at(i + 1) == '/' => find(i, &|j| at(j) == '\n').unwrap_or(chars.len()),
        '/' if at(i + 1) == '*' => {
            let mut depth = 0;
            let mut j = i;
            while j < chars.len() {
                match (at(j), at(j + 1)) {
                    ('/', '*') => (depth, j) = (depth + 1, j + 2),
                    ('*', '/') => (depth, j) = (depth - 1, j + 2),
                    _ => j += 1,
                }
                if depth == 0 {
                    return j;
                }
            }
            chars.len()
        }
        'r' if !in_word || matches!(at(i.wrapping_sub(1)), 'b' | 'c') => {
            let hashes = (i + 1..chars.len()).take_while(|&j| at(j) == '#').count();
            let open = i + 1 + hashes;
            if at(open) != '"' {
                return i;
            }
            let closes = |j: usize| at(j) == '"' && (1..=hashes).all(|k| at(j + k) == '#');
            find(open + 1, &closes).map_or(chars.len(), |j| j + 1 + hashes)
        }
        '"' => {
            let mut j = i + 1;
            while j < chars.len() && at(j) != '"' {
                j += if at(j) == '\\' { 2 } else { 1 };
            }
            (j + 1).min(chars.len())
        }
        // A character, not a lifetime: 'x' or '\…'.
        '\'' if at(i + 1) == '\\' => find(i + 3, &|j| at(j) == '\'').map_or(chars.len(), |j| j + 1),
        '\'' if at(i + 2) == '\'' => i + 3,
        _ => i,
    }
}

/// Line numbers (from 1) on which `needle` stands as a whole word in `haystack`.
pub fn lines_with(haystack: &str, needle: &str) -> Vec<usize> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let bounded = |line: &str, at: usize| {
        let starts = !needle.starts_with(word) || !line[..at].ends_with(word);
        let ends = !needle.ends_with(word) || !line[at + needle.len()..].starts_with(word);
        starts && ends
    };
    haystack
        .lines()
        .enumerate()
        .filter(|(_, line)| line.match_indices(needle).any(|(at, _)| bounded(line, at)))
        .map(|(i, _)| i + 1)
        .collect()
}

#[test]
fn comments_and_literals_are_blanked() {
    let text = "a(\"x { \\\" y\"); // z {\n/* q /* r */ s */ b('{', '\\'', r#\"raw \" {\"#, br\"v\"); &'a c";
    let code = code_only(text);
    assert_eq!(code.lines().count(), 2);
    assert_eq!(code.chars().count(), text.chars().count());
    assert!(!code.contains(['{', 'x', 'y', 'z', 'q', 'r', 's', 'v']), "{code}");
    assert!(code.contains("&'a c") && code.contains("a(") && code.contains("b("), "{code}");
}

#[test]
fn words_are_whole() {
    assert_eq!(lines_with("Instant::now()\nMyInstant::now()\nInstant::nowhere", "Instant::now"), [1]);
    assert_eq!(lines_with("x.begin(\n", ".begin("), [1]);
}
