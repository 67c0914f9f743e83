//! Documents that are made from the code, compared with what is committed. `UPDATE_DOCS=1` writes
//! them anew.

use std::path::PathBuf;

use api::ProblemType;

use crate::world::World;

fn compare(name: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/{name} is not what the code says: UPDATE_DOCS=1 cargo test -p tests --test api writes it"
    );
}

#[test]
fn the_openapi_document_is_what_the_routes_say() {
    compare("openapi.json", &api::openapi_json().unwrap());
}

#[test]
fn every_problem_type_has_its_page() {
    compare("PROBLEMS.md", &api::problems_document());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_documents_are_served_without_the_internet() {
    let world = World::on("2026-11-22").await;
    for kind in ProblemType::ALL {
        let page = world.public(&kind.uri()).await;
        assert_eq!(page.status, 200, "{kind:?}");
        assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    }
    assert_eq!(world.public("/problems/none").await.problem(404), "not-found");
    let served = world.public("/v1/openapi.json").await.expect(200);
    let made: serde_json::Value = serde_json::from_str(&api::openapi_json().unwrap()).unwrap();
    assert_eq!(served, made);
    assert_eq!(served["openapi"], "3.1.0");
    let page = world.public("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("https://") && !page.text.contains("http://"), "{}", page.text);
    for asset in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert_eq!(world.public(&format!("/docs/{asset}")).await.status, 200, "{asset}");
    }
}
