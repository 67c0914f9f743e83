//! The sample accounts of a demo server: the situation board at once, and one click to each desk.

use axum::http::StatusCode;
use web::{Demo, DemoAccount};

use crate::upstream::{console, console_with};

fn demo() -> Demo {
    let account = |username: &str, role| DemoAccount {
        username: username.to_owned(),
        role,
        who: [username.to_owned(), username.to_owned()],
    };
    let accounts = vec![account("regulator", "regulator"), account("city", "regulator"), account("bank", "bank")];
    Demo { password: "right".to_owned(), accounts }
}

#[tokio::test]
async fn the_address_that_is_printed_opens_the_situation_board() {
    let console = console_with(Some(demo()));
    let page = console.get("/demo/board", "").await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/regulator"));
    assert!(page.cookies().iter().any(|line| line.starts_with("tutela_session=as-regulator;")), "{:?}", page.cookies());
    // Whoever is there already gets no second session.
    console.taken();
    let page = console.get("/demo/board", "tutela_session=as-regulator").await;
    assert_eq!(page.location(), "/regulator");
}

#[tokio::test]
async fn every_page_of_a_demo_leads_to_each_desk() {
    let console = console_with(Some(demo()));
    for path in ["/", "/login", "/demo", "/receipts", "/nowhere-but-here"] {
        let page = console.get(path, "tutela_form=word").await;
        if page.status == StatusCode::OK {
            // One for each role; the second regulator stands among the sample accounts alone.
            assert_eq!(page.text.matches("<nav class=\"desks\"").count(), 1, "{path}");
            let bar = page.text.split("<nav class=\"desks\"").nth(1).unwrap().split("</nav>").next().unwrap();
            assert_eq!(bar.matches("action=\"/demo\"").count(), 2, "{path}");
        }
    }
    let page = console.post("/demo", "tutela_form=word", &[("_csrf", "word"), ("username", "bank")]).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/bank"));
    let page = console.post("/demo", "tutela_form=word", &[("_csrf", "word"), ("username", "root")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = console.post("/demo", "tutela_form=word", &[("_csrf", "other"), ("username", "bank")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn where_no_demo_runs_there_is_none_of_it() {
    let console = console(false);
    for path in ["/demo", "/demo/board"] {
        let page = console.get(path, "").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.cookies().iter().all(|line| !line.starts_with("tutela_session")), "{path}");
    }
    let fields = [("_csrf", "word"), ("username", "regulator")];
    assert_eq!(console.post("/demo", "tutela_form=word", &fields).await.status, StatusCode::NOT_FOUND);
    assert!(console.taken().is_empty());
    assert!(!console.get("/", "").await.text.contains("class=\"desks\""));
}
