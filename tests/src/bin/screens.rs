//! Looks at the console of a running demo (`tutela serve --demo`) with Chromium:
//! `cargo run -p tests --bin screens -- pictures [ADDRESS]` writes the pictures of docs/screens,
//! `… -- first-render [ADDRESS]` measures when each desk's first page shows something.

#![expect(clippy::unwrap_used, reason = "a tool that cannot go on must stop")]

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use tests::browser::Browser;

/// Where `tutela serve --demo` is found.
const ADDRESS: &str = "http://127.0.0.1:8080";
/// Largest picture, bytes.
const PICTURE_BYTES_MAX: usize = 150_000;
/// How often a page is opened for a measurement, after the first time.
const RUNS: usize = 9;

/// A picture: its name, who looks, in which language, in a window how wide, and at what.
struct Shot {
    name: &'static str,
    who: Option<&'static str>,
    language: &'static str,
    width: u32,
    path: &'static str,
    /// Pressed there one after another, each of which leads to another page.
    press: &'static [&'static str],
}

const fn shot(name: &'static str, who: Option<&'static str>, language: &'static str, path: &'static str) -> Shot {
    Shot { name, who, language, width: 1120, path, press: &[] }
}

const fn phone(name: &'static str, who: Option<&'static str>, language: &'static str, path: &'static str) -> Shot {
    Shot { name, who, language, width: 390, path, press: &[] }
}

const SHOTS: [Shot; 10] = [
    Shot { press: &["main section li a"], ..shot("public-institution.zh", None, "zh", "/?q=hbsf") },
    shot("regulator-board.zh", Some("bureau"), "zh", "/regulator"),
    shot("regulator-board.en", Some("bureau"), "en", "/regulator"),
    Shot {
        press: &["main table a"],
        ..shot("regulator-institution.zh", Some("bureau"), "zh", "/regulator/institutions")
    },
    shot("institution-today.zh", Some("inst-12"), "zh", "/institution"),
    phone("family.zh", Some("family-003"), "zh", "/family"),
    phone("family.en", Some("family-003"), "en", "/family"),
    Shot {
        press: &["#form-verify_now button"],
        ..shot("auditor-verification.en", Some("auditor"), "en", "/auditor/verification/330502")
    },
    shot("bank-lines.zh", Some("bank"), "zh", "/bank"),
    phone("receipts.zh", None, "zh", "/receipts"),
];

/// Who opens which first page.
const FIRST: [(&str, Option<&str>, &str); 7] = [
    ("public", None, "/"),
    ("regulator", Some("bureau"), "/regulator"),
    ("institution", Some("inst-12"), "/institution"),
    ("family", Some("family-003"), "/family"),
    ("auditor", Some("auditor"), "/auditor"),
    ("bank", Some("bank"), "/bank"),
    ("admin", Some("admin"), "/admin"),
];

fn enter(browser: &mut Browser, base: &str, who: Option<&str>, language: &str) {
    browser.forget();
    browser.open(&format!("{base}/demo?lang={language}"));
    if let Some(who) = who {
        browser.press(&format!("main form:has(input[value='{who}']) button"));
    }
}

fn pictures(browser: &mut Browser, base: &str) -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/screens");
    std::fs::create_dir_all(&folder).unwrap();
    let mut too_large = false;
    browser.scrollbars(false);
    for shot in SHOTS {
        browser.window(shot.width, if shot.width < 600 { 780 } else { 720 });
        enter(browser, base, shot.who, shot.language);
        browser.open(&format!("{base}{}", shot.path));
        for selector in shot.press {
            browser.press(selector);
        }
        // What goes on at the moment comes to its end.
        while browser.say("document.querySelector('progress[value]')?.closest('[data-live]') != null") == true {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        browser.say("scrollTo(0, 0)");
        let picture = browser.picture(false);
        println!("{:>7} bytes  docs/screens/{}.png", picture.len(), shot.name);
        too_large |= picture.len() > PICTURE_BYTES_MAX;
        std::fs::write(folder.join(format!("{}.png", shot.name)), picture).unwrap();
    }
    if too_large {
        eprintln!("a picture is larger than {PICTURE_BYTES_MAX} bytes: make its window smaller");
    }
    ExitCode::from(u8::from(too_large))
}

/// When the page showed something, and how much came over the wire for it: milliseconds since the
/// address was opened, bytes.
const PAINTED: &str = "new Promise((done) => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (!paint) return setTimeout(look, 20);
    const parts = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    done([paint.startTime, parts.reduce((sum, part) => sum + part.transferSize, 0)]);
  };
  look();
})";

fn painted(browser: &mut Browser, url: &str) -> (f64, f64) {
    browser.open(url);
    let said: Value = browser.say(PAINTED);
    (said[0].as_f64().unwrap(), said[1].as_f64().unwrap())
}

fn first_render(browser: &mut Browser, base: &str) -> ExitCode {
    browser.window(1280, 800);
    browser.without_cache();
    println!("first contentful paint, nothing kept by the browser: first time, then median and worst of {RUNS}, ms");
    for (desk, who, path) in FIRST {
        enter(browser, base, who, "zh");
        let url = format!("{base}{path}");
        let (first, bytes) = painted(browser, &url);
        let mut times: Vec<f64> = (0..RUNS).map(|_| painted(browser, &url).0).collect();
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[RUNS / 2], times[RUNS - 1]);
        println!("{desk:<12} {first:>6.0} {median:>6.0} {worst:>6.0}   {bytes:>8.0} bytes");
    }
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let base = arguments.next().unwrap_or_else(|| ADDRESS.to_owned());
    let act = match what.as_str() {
        "pictures" => pictures,
        "first-render" => first_render,
        _ => {
            eprintln!("usage: screens pictures|first-render [ADDRESS of tutela serve --demo, {}]", json!(ADDRESS));
            return ExitCode::from(2);
        }
    };
    let Some(mut browser) = Browser::start() else { return ExitCode::from(2) };
    act(&mut browser, base.trim_end_matches('/'))
}
