//! Who may open which page: each page of each desk, by each role. The API refuses besides.

use axum::http::StatusCode;

use crate::upstream::console;

const ROLES: [&str; 6] = ["regulator", "institution", "guardian", "bank", "auditor", "admin"];

fn address(pattern: &str) -> String {
    pattern.split('/').map(|part| if part.starts_with('{') { "a" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_page_is_refused_to_whom_it_is_not_for() {
    let console = console(false);
    let mut refused = 0;
    for desk in web::DESKS {
        let pages = desk.pages.iter().map(|page| page.path);
        let files = desk.downloads.iter().map(|file| file.path);
        for path in pages.chain(files).map(address) {
            for role in ROLES {
                let cookies = format!("tutela_session=as-{role}; tutela_form=word");
                let page = console.get(&path, &cookies).await;
                if desk.admits(Some(role)) {
                    assert_ne!(page.status, StatusCode::FORBIDDEN, "{role} {path}");
                } else {
                    assert_eq!(page.status, StatusCode::FORBIDDEN, "{role} {path}");
                    assert!(console.taken().is_empty(), "{role} {path}: nothing may be read before");
                    refused += 1;
                }
                console.taken();
            }
            let page = console.get(&path, "").await;
            if desk.roles.is_empty() {
                assert_ne!(page.status, StatusCode::SEE_OTHER, "{path}");
            } else {
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
                assert!(page.location().starts_with("/login?then=%2F"), "{path}");
                assert!(console.taken().is_empty(), "{path}");
            }
            console.taken();
        }
    }
    assert!(refused > 100, "{refused}");
}

#[tokio::test]
async fn a_form_is_refused_to_whom_its_page_is_not_for() {
    let console = console(false);
    for desk in web::DESKS {
        for page in desk.pages {
            for form in page.forms {
                for role in ROLES.into_iter().filter(|role| !desk.admits(Some(role))) {
                    let cookies = format!("tutela_session=as-{role}; tutela_form=word");
                    let fields = [("_csrf", "word"), ("_form", form.name)];
                    let page = console.post(&address(page.path), &cookies, &fields).await;
                    assert_eq!(page.status, StatusCode::FORBIDDEN, "{role} {}", form.name);
                    assert!(console.taken().is_empty(), "{role} {}", form.name);
                }
            }
        }
    }
}
