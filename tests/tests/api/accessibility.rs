//! Every page of every desk before axe-core: WCAG 2.2, levels A and AA, on a wide window in Chinese and,
//! what stands in a menu, on a phone's in English.

use tests::browser::Browser;

use crate::console::{Places, READERS, log_in, world};

/// What axe has to say of the page, one line for each rule, with the first place.
const AXE: &str = r#"axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  resultTypes: ['violations'],
}).then((found) => found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 200)}`))"#;

/// Looks at the pages of the desks that one in this role may open.
fn look(
    browser: &mut Browser,
    base: &str,
    places: &Places,
    role: Option<&str>,
    menu: bool,
    wrong: &mut Vec<String>,
) -> u32 {
    let mut looked = 0;
    for desk in web::DESKS.iter().filter(|desk| role.map_or(desk.roles.is_empty(), |role| desk.roles.contains(&role))) {
        let pages = desk.pages.iter().filter(|page| !menu || page.menu);
        for path in pages.filter_map(|page| places.fill(page.path)) {
            browser.open(&format!("{base}{path}"));
            let found = browser.say(AXE);
            for line in found.as_array().unwrap() {
                wrong.push(format!("{path}: {}", line.as_str().unwrap()));
            }
            looked += 1;
        }
    }
    looked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_breaks_a_rule_of_wcag() {
    let (world, places) = world(2).await;
    let base = world.base.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let (mut wrong, mut pages) = (Vec::new(), 0);
        let Some(mut browser) = Browser::start() else { return wrong };
        if !browser.with_axe() {
            return wrong;
        }
        for (language, width, menu) in [("zh", 1280, false), ("en", 390, true)] {
            browser.window(width, 844);
            browser.forget();
            browser.open(&format!("{base}/login?lang={language}"));
            wrong.extend(browser.say(AXE).as_array().unwrap().iter().map(|line| format!("/login: {line}")));
            pages += look(&mut browser, &base, &places, None, menu, &mut wrong);
            for (at, (role, name)) in READERS.iter().enumerate() {
                log_in(&mut browser, &base, name);
                browser.open(&format!("{base}/?lang={language}"));
                pages += look(&mut browser, &base, &places, Some(role), menu, &mut wrong);
                if at == 0 {
                    pages += look(&mut browser, &base, &places, Some("*"), menu, &mut wrong);
                }
            }
        }
        assert!(pages > 80, "{pages}");
        wrong
    });
    let wrong = looked.await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
