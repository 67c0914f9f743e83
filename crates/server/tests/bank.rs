//! Statements by the watched folder and by `tutela bank import`: a half-written file waits, a file twice
//! changes nothing, a refused one is kept with its reason, and a crash in between loses nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use app::App;
use kernel::{Day, InstitutionId};
use process::{Server, county, payment, tutela};
use server::bank_inbox::{Look, folder, look};
use server::settings::{Inputs, Settings};
use server::system;

/// The custody account of the county's institution.
const ACCOUNT: &str = "62000001";

/// A statement of a day: its number, balances in yuan, and one credit of the difference.
fn csv(sequence: u32, on: Day, opening: &str, closing: &str, credit: &str, reference: &str) -> String {
    format!(
        "account_number,sequence,statement_on,opening,closing,booked_on,direction,amount,reference\n\
         {ACCOUNT},{sequence},{on},{opening},{closing},{on},credit,{credit},{reference}\n"
    )
}

/// A county that was served, paid one fen into, and stopped.
async fn stopped_county(data: &Path) -> (InstitutionId, Day) {
    let server = Server::start(data, None);
    let (bank, institution, contracts) = county(&server.base, server.admin_password.as_deref().unwrap()).await;
    let url = format!("{}/v1/contracts/{}/payments", server.base, contracts.first().unwrap());
    bank.ok(url, payment(1)).await;
    server.kill();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
    let today = kernel::Instant::try_from_micros(i64::try_from(now).unwrap()).unwrap().day();
    (institution.parse().unwrap(), today)
}

async fn open(data: &Path) -> Arc<App> {
    let flags = BTreeMap::from([("data_dir", data.display().to_string())]);
    let settings = Settings::resolve(&Inputs { flags, ..Inputs::default() }).unwrap();
    system::open(&settings).await.unwrap()
}

async fn close(app: Arc<App>) {
    app.store().clone().close().await.unwrap();
}

/// Writes a file as one that nobody has touched for a while.
fn lay(at: &Path, name: &str, content: &[u8]) -> PathBuf {
    std::fs::create_dir_all(at).unwrap();
    let path = at.join(name);
    std::fs::write(&path, content).unwrap();
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    path
}

fn names(at: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(at) else { return Vec::new() };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "done" && name != "refused")
        .collect();
    names.sort();
    names
}

/// Fen in custody that nothing explains.
async fn suspended(app: &App, institution: InstitutionId) -> i64 {
    let ledger = app.all_ledgers().await.pop().unwrap();
    let rows = store::institution_load(&app.store().read(), ledger.id(), &[institution]).await.unwrap();
    rows.first().unwrap().suspended_in.fen()
}

async fn looked(app: &App, at: &Path) -> (u64, u64) {
    let Look { done, refused } = look(app, at, app.effects().now()).await.unwrap();
    (done, refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watched_folder_takes_each_statement_once() {
    let dir = tempfile::tempdir().unwrap();
    let (institution, today) = stopped_county(dir.path()).await;
    let before = today.plus_days(-1).unwrap();
    let app = open(dir.path()).await;
    let inbox = folder(dir.path());
    assert_eq!(looked(&app, &inbox).await, (0, 0), "no folder, nothing to do");
    // Still being written: it waits, whole or not.
    let first = csv(1, before, "0.00", "0.01", "0.01", "K1");
    let half = first.get(..first.len() - 20).unwrap();
    std::fs::create_dir_all(&inbox).unwrap();
    std::fs::write(inbox.join("001.csv"), half).unwrap();
    std::fs::write(inbox.join("readme.txt"), "not a statement").unwrap();
    assert_eq!(looked(&app, &inbox).await, (0, 0));
    assert_eq!(names(&inbox), ["001.csv", "readme.txt"]);
    // Two of them, in the order of their names, and one that does not continue.
    lay(&inbox, "001.csv", first.as_bytes());
    lay(&inbox, "002.csv", csv(2, today, "0.01", "5.01", "5.00", "X-2").as_bytes());
    lay(&inbox, "009.csv", csv(9, today, "7.00", "8.00", "1.00", "X-9").as_bytes());
    assert_eq!(looked(&app, &inbox).await, (2, 1));
    assert_eq!(
        (names(&inbox), names(&inbox.join("done"))),
        (vec!["readme.txt".to_owned()], vec!["001.csv".to_owned(), "002.csv".to_owned()])
    );
    assert_eq!(names(&inbox.join("refused")), ["009.csv", "009.csv.txt"]);
    let why = std::fs::read_to_string(inbox.join("refused/009.csv.txt")).unwrap();
    assert!(why.contains("不得替换") && why.contains("cannot be replaced"), "{why}");
    assert_eq!(suspended(&app, institution).await, 500, "the first was the payment, the second nothing known");
    // The same content under the same name: recognised, and the earlier file is not overwritten.
    lay(&inbox, "002.csv", csv(2, today, "0.01", "5.01", "5.00", "X-2").as_bytes());
    assert_eq!(looked(&app, &inbox).await, (1, 0));
    assert_eq!(names(&inbox.join("done")), ["001.csv", "002.2.csv", "002.csv"]);
    // What is no statement, and what breaks off in the middle.
    lay(&inbox, "half.csv", half.as_bytes());
    lay(&inbox, "009.csv", b"nonsense");
    lay(&inbox, "bomb.xml", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>");
    assert_eq!(looked(&app, &inbox).await, (0, 3));
    assert_eq!(
        names(&inbox.join("refused")),
        [
            "009.2.csv",
            "009.2.csv.txt",
            "009.csv",
            "009.csv.txt",
            "bomb.xml",
            "bomb.xml.txt",
            "half.csv",
            "half.csv.txt"
        ]
    );
    assert_eq!(suspended(&app, institution).await, 500, "nothing was counted twice");
    close(app).await;
}

/// Imported and not yet put away; half of the lines kept and the statement not recorded; the reason written
/// and the file not moved: the next look of another process finishes each.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_between_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (institution, today) = stopped_county(dir.path()).await;
    let inbox = folder(dir.path());
    let mut file = csv(1, today, "0.00", "12.00", "0.01", "K1");
    file.push_str(&format!("{ACCOUNT},1,{today},0.00,12.00,{today},credit,11.99,X-1\n"));
    let app = open(dir.path()).await;
    lay(&inbox, "001.csv", file.as_bytes());
    assert_eq!(looked(&app, &inbox).await, (1, 0));
    // The process died before it put the file away.
    std::fs::rename(inbox.join("done/001.csv"), inbox.join("001.csv")).unwrap();
    close(app).await;
    let app = open(dir.path()).await;
    assert_eq!(looked(&app, &inbox).await, (1, 0));
    assert_eq!((names(&inbox), names(&inbox.join("done"))), (vec![], vec!["001.csv".to_owned()]));
    assert_eq!(suspended(&app, institution).await, 1_199);
    // It died after the reason, before the file.
    let bad = lay(&inbox, "002.csv", b"nonsense");
    std::fs::create_dir_all(inbox.join("refused")).unwrap();
    std::fs::write(inbox.join("refused/002.csv.txt"), "half a rea").unwrap();
    assert_eq!(looked(&app, &inbox).await, (0, 1));
    assert!(!bad.exists());
    let why = std::fs::read_to_string(inbox.join("refused/002.csv.txt")).unwrap();
    assert!(why.contains("docs/BANK.md"), "{why}");
    close(app).await;
}

fn import(data: &Path, file: &Path) -> (i32, String) {
    let Output { status, stdout, stderr } =
        tutela(data, None).args(["--log", "error", "bank", "import"]).arg(file).output().unwrap();
    (status.code().unwrap(), [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_imports_and_says_by_its_code_what_became_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (institution, today) = stopped_county(dir.path()).await;
    let file = lay(dir.path(), "s.csv", csv(1, today, "0.00", "3.00", "3.00", "X-1").as_bytes());
    let (code, said) = import(dir.path(), &file);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("挂账 1") && said.contains("1 suspended"), "{said}");
    let (code, said) = import(dir.path(), &file);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("此前已导入") && said.contains("imported before"), "{said}");
    let other = lay(dir.path(), "o.csv", csv(7, today.plus_days(-1).unwrap(), "9.00", "10.00", "1.00", "X").as_bytes());
    let (code, said) = import(dir.path(), &other);
    assert_eq!(code, 1, "it does not continue the last: {said}");
    assert!(said.contains("bank.statement_sequence"), "{said}");
    for (name, content) in [("n.csv", "nonsense\n"), ("e.csv", "")] {
        let (code, said) = import(dir.path(), &lay(dir.path(), name, content.as_bytes()));
        assert_eq!(code, 2, "{name}: {said}");
    }
    let (code, said) = import(dir.path(), Path::new("nowhere.csv"));
    assert_eq!(code, 2, "{said}");
    let app = open(dir.path()).await;
    assert_eq!(suspended(&app, institution).await, 300);
    close(app).await;
}
