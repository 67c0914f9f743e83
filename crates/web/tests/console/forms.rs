//! Forms: only from our own pages, once, with what was typed kept; cookies and headers.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::upstream::{console, encoded};

const READER: &str = "tutela_session=as-regulator; tutela_form=word";

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let console = console(false);
    let fields = [("_form", "alert_close"), ("_csrf", "word"), ("_key", "k"), ("words", "x")];
    for (cookies, headers, csrf) in [
        (READER, &[("sec-fetch-site", "cross-site")][..], "word"),
        (READER, &[("origin", "https://evil.example"), ("host", "tutela.cn")], "word"),
        (READER, &[], "other"),
        ("tutela_session=as-regulator", &[], "word"),
    ] {
        let mut all = vec![("cookie", cookies)];
        all.extend_from_slice(headers);
        let mut fields = fields;
        fields[1].1 = csrf;
        let page = console.send(Method::POST, "/regulator/alerts/a", &all, encoded(&fields)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(console.taken().iter().all(|call| call.0 == "GET"), "{headers:?}");
    }
    let own =
        [("cookie", READER), ("origin", "https://tutela.cn"), ("host", "tutela.cn"), ("sec-fetch-site", "same-origin")];
    let page = console.send(Method::POST, "/regulator/alerts/a", &own, encoded(&fields)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/regulator/alerts/a?done=alert_close"));
    let expected = ("POST".to_owned(), "/v1/alerts/a/closure".to_owned(), "k".to_owned(), json!({"text": "x"}));
    assert_eq!(console.taken(), [expected]);
}

#[tokio::test]
async fn what_was_typed_comes_back_with_the_refusal() {
    let console = console(false);
    let fields = [("_form", "alert_close"), ("_csrf", "word"), ("_key", "k"), ("words", "stale")];
    let page = console.post("/regulator/alerts/a", READER, &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains(">stale</textarea>") && page.text.contains("aria-invalid=\"true\""), "{}", page.text);
    // The problem's words are data too.
    assert!(page.text.contains("&lt;b&gt;不行&lt;&#x2f;b&gt;") || page.text.contains("&lt;b&gt;不行&lt;/b&gt;"));
}

#[tokio::test]
async fn work_that_meets_the_end_of_a_session_goes_on_after_log_in() {
    let console = console(true);
    let cookies = "tutela_session=over; tutela_form=word";
    let fields = [("_form", "alert_close"), ("_csrf", "word"), ("_key", "k7"), ("words", "三行\n\"字\"")];
    let waiting = console.post("/regulator/alerts/a", cookies, &fields).await;
    assert_eq!(waiting.status, StatusCode::UNAUTHORIZED);
    assert!(console.taken().iter().all(|call| call.0 == "GET"));
    assert!(waiting.cookies().iter().any(|line| line.starts_with("tutela_session=;")), "the old token is dropped");
    let kept = waiting.hidden("kept");
    // A wrong password keeps it too.
    let wrong = [("_csrf", "word"), ("kept", kept.as_str()), ("username", "regulator"), ("password", "wrong")];
    let again = console.post("/login", "tutela_form=word", &wrong).await;
    assert_eq!((again.status, again.hidden("kept")), (StatusCode::UNAUTHORIZED, kept.clone()));
    console.taken();
    let right = [("_csrf", "word"), ("kept", kept.as_str()), ("username", "regulator"), ("password", "right")];
    let done = console.post("/login", "tutela_form=word", &right).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/regulator/alerts/a?done=alert_close"));
    let calls = console.taken();
    let sent = calls.last().unwrap();
    assert_eq!((sent.1.as_str(), sent.2.as_str()), ("/v1/alerts/a/closure", "k7"));
    assert_eq!(sent.3, json!({"text": "三行\n\"字\""}));
    let session = done.cookies().into_iter().find(|line| line.starts_with("tutela_session=as-regulator")).unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(session.contains(part), "{session}");
    }
}

#[tokio::test]
async fn a_trial_has_no_effect_and_a_key_of_its_own() {
    let console = console(false);
    let fields =
        [("_form", "suspend"), ("_csrf", "word"), ("_key", "k"), ("_trial", "yes"), ("licence", "l"), ("reason", "r")];
    console.post("/regulator/institutions/i/case", READER, &fields).await;
    let calls = console.taken();
    let sent = calls.iter().find(|call| call.0 == "POST").unwrap();
    assert_eq!((sent.1.as_str(), &sent.3), ("/v1/licences/l/suspension?dry_run=true", &json!({"reason": "r"})));
    assert!(!sent.2.is_empty() && sent.2 != "k");
}

#[tokio::test]
async fn amounts_that_are_none_never_leave() {
    let console = console(false);
    let fields = [("_form", "refund"), ("_csrf", "word"), ("price", "12.345"), ("paid_hours", "20")];
    let page = console.post("/calculators/refund", "tutela_form=word", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"12.345\"") && page.text.contains("1234.50"));
    assert!(console.taken().iter().all(|call| call.0 == "GET"));
}

#[tokio::test]
async fn a_change_names_the_version_that_was_read() {
    let console = console(false);
    let fields =
        [("_form", "user_change"), ("_csrf", "word"), ("etag", "\"v1\""), ("active", "yes"), ("post", "staff")];
    console.post("/regulator/users/u", READER, &fields).await;
    let expected = json!({"active": true, "post": "staff"});
    let calls = console.taken();
    let sent = calls.iter().find(|call| call.0 == "PATCH").unwrap();
    assert_eq!((sent.1.as_str(), sent.2.as_str(), &sent.3), ("/v1/users/u", "\"v1\"", &expected));
    // What is taken away with a code carries it.
    let fields = [("_form", "factor_remove"), ("_csrf", "word"), ("code", "123456")];
    console.post("/account", READER, &fields).await;
    let calls = console.taken();
    let sent = calls.iter().find(|call| call.0 == "DELETE").unwrap();
    assert_eq!((sent.1.as_str(), &sent.3), ("/v1/me/second-factor", &json!({"code": "123456"})));
}

#[tokio::test]
async fn lists_times_and_files_are_sent_as_the_api_reads_them() {
    let console = console(false);
    let owner = "tutela_session=as-institution; tutela_form=word";
    let fields = [
        ("_form", "weekly"),
        ("_csrf", "word"),
        ("weekdays", "6"),
        ("weekdays", "7"),
        ("begins", "09:00"),
        ("ends", "10:30"),
        ("from_on", "2026-12-01"),
        ("until_on", "2026-12-31"),
    ];
    console.post("/institution/classes/c", owner, &fields).await;
    let weekly = json!({"weekdays": [6, 7], "from": "09:00", "until": "10:30",
        "from_on": "2026-12-01", "until_on": "2026-12-31"});
    let calls = console.taken();
    assert_eq!(calls.iter().find(|call| call.0 == "POST").unwrap().3, json!({"weekly": weekly}));
    let bank = "tutela_session=as-bank; tutela_form=word";
    let fields = [("_form", "import"), ("_csrf", "word"), ("statement_text", "账号,金额\n1,2\n")];
    console.post("/bank/statements", bank, &fields).await;
    let calls = console.taken();
    assert_eq!(calls.iter().find(|call| call.0 == "POST").unwrap().3, json!("账号,金额\n1,2\n"));
    let fields = [
        ("_form", "record_payment"),
        ("_csrf", "word"),
        ("contract", "c"),
        ("amount", "20"),
        ("method", "card"),
        ("bank_reference", "B1"),
        ("paid_at", "2026-11-22T09:00"),
    ];
    console.post("/bank/institutions/i", bank, &fields).await;
    let body = json!({"amount_fen": 2000, "method": "card", "bank_reference": "B1",
        "paid_at": "2026-11-22T01:00:00.000000Z"});
    let calls = console.taken();
    assert_eq!(calls.iter().find(|call| call.0 == "POST").unwrap().3, body);
}

#[tokio::test]
async fn papers_are_handed_in_first_and_named_by_their_hash() {
    let console = console(false);
    let owner = "tutela_session=as-institution; tutela_form=word";
    let fields = |kind| [("_form", "apply"), ("_csrf", "word"), ("_key", "k"), ("kind", kind)];
    let files = [("paper_charter", &b"%PDF"[..]), ("paper_charter", b"%PDF 2")];
    let done = console.hand_in("/institution/applications", owner, &fields("new"), &files).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let calls: Vec<_> = console.taken().into_iter().filter(|call| call.0 == "POST").collect();
    let paths: Vec<&str> = calls.iter().map(|call| call.1.rsplit('/').next().unwrap()).collect();
    assert_eq!(paths, ["files", "files", "licence-applications"]);
    let hash = "ab".repeat(32);
    let paper = json!({"kind": "charter", "sha256": hash});
    assert_eq!(calls[2].3, json!({"kind": "new", "documents": [paper, paper]}));
    // What is refused keeps the paper by its hash; it goes along without the file.
    let again = console.hand_in("/institution/applications", owner, &fields("branch"), &files[..1]).await;
    assert_eq!((again.status, again.hidden("paper_charter")), (StatusCode::UNPROCESSABLE_ENTITY, hash.clone()));
    console.taken();
    let kept = [("_form", "apply"), ("_csrf", "word"), ("_key", "k"), ("kind", "new"), ("paper_charter", &hash)];
    console.hand_in("/institution/applications", owner, &kept, &[]).await;
    let calls: Vec<_> = console.taken().into_iter().filter(|call| call.0 == "POST").collect();
    assert_eq!(calls[0].3, json!({"kind": "new", "documents": [paper]}));
    // A paper that is refused stops the form.
    let bad = console.hand_in("/institution/applications", owner, &fields("new"), &[("paper_fire", b"no paper")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(console.taken().iter().filter(|call| call.0 == "POST").count(), 1);
    // From elsewhere nothing is handed in.
    let mut foreign = fields("new");
    foreign[1].1 = "other";
    let refused = console.hand_in("/institution/applications", owner, &foreign, &files).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(console.taken().iter().all(|call| call.0 == "GET"));
}

#[tokio::test]
async fn a_file_is_the_body_of_its_call() {
    let console = console(false);
    let cookies = "tutela_session=as-institution; tutela_form=word";
    let fields = [("_form", "import_lessons"), ("_csrf", "word")];
    let none = console.hand_in("/institution/imports", cookies, &fields, &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(console.taken().iter().all(|call| call.0 == "GET"));
    let table = "contract,hours,held_on\n";
    console.hand_in("/institution/imports", cookies, &fields, &[("lessons_file", table.as_bytes())]).await;
    let calls = console.taken();
    assert_eq!(calls.iter().find(|call| call.0 == "POST").unwrap().3, json!(table));
    // Where no page takes files, little is read.
    let large = vec![b'x'; 3 * 1024 * 1024];
    let page = console.hand_in("/institution/alerts/a", cookies, &fields, &[("lessons_file", &large)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_the_api_says_is_data_and_no_page() {
    let page = console(false).get("/regulator/alerts/a", READER).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("¥1,234.50") && page.text.contains("2026年1月2日"), "{}", page.text);
    assert!(!page.text.contains("<script>alert") && !page.text.contains("<i>u</i>") && !page.text.contains("<y>"));
}

#[tokio::test]
async fn headers_keep_a_browser_safe() {
    let console = console(false);
    for (path, status) in [("/", 200), ("/login", 200), ("/regulator", 303), ("/nowhere/here", 404), ("/assets/x", 404)]
    {
        let page = console.send(Method::GET, path, &[("accept", "text/html,*/*")], String::new()).await;
        assert_eq!(page.status, status, "{path}");
        if path == "/assets/x" {
            continue;
        }
        let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!([header("x-content-type-options"), header("cache-control")], ["nosniff", "no-store"], "{path}");
    }
    // Machines are answered as before.
    let missing = console.get("/v1/nothing", "").await;
    assert_eq!((missing.status, missing.text.starts_with('{')), (StatusCode::NOT_FOUND, true));
}

#[tokio::test]
async fn language_and_size_are_remembered_and_lead_nowhere_else() {
    let console = console(false);
    let page = console.get("/lists/white?after=x%26y&lang=en", "").await;
    assert_eq!(page.location(), "/lists/white?after=x%26y");
    assert!(page.cookies().iter().any(|line| line.starts_with("tutela_lang=en;")));
    let english = console.get("/login", "tutela_lang=en; tutela_type=large").await;
    assert!(english.text.contains("<html lang=\"en\" class=\"large\">") && english.text.contains("Log in"));
    for then in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let fields = [("_csrf", "word"), ("then", then), ("username", "auditor"), ("password", "right")];
        let page = console.post("/login", "tutela_form=word", &fields).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/"), "{then}");
    }
}
