//! Checks that the server makes: a whole ledger for an auditor, with its progress; receipts by text,
//! file and photograph; and the code of a certificate, which leads to a page for people.

use std::io::Cursor;

use api::ApiOptions;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World, payment_body, text};

const VERIFICATION: &str = "/v1/ledgers/330502/verification";

/// The verification of the ledger when it is no longer running.
async fn ended(world: &World) -> Value {
    loop {
        let run = world.get("auditor", VERIFICATION).await.expect(200);
        if run["state"] != "running" {
            return run;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_verifies_the_ledger_while_it_is_in_use() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &path, &payment_body(150_000, "R")).await.expect(201);
    let before = world.get("auditor", VERIFICATION).await.expect(200);
    assert_eq!((&before["state"], &before["by"]), (&json!("none"), &Value::Null));
    assert_eq!(before["server_since"], "2026-11-22T01:00:00.000000Z");
    for who in ["bureau", "owner", "admin", "bank", "neighbour"] {
        assert_eq!(world.post(who, VERIFICATION, &json!({})).await.status, 403, "{who}");
        assert_eq!(world.get(who, VERIFICATION).await.status, 403, "{who}");
    }
    let begun = world.post("auditor", VERIFICATION, &json!({})).await.expect(202);
    assert_eq!(begun["by"], "auditor");
    let run = ended(&world).await;
    let size = world.public("/v1/ledgers").await.expect(200)["items"][0]["size"].clone();
    assert_eq!((&run["state"], &run["checked"], &run["entries"]), (&json!("done"), &size, &size), "{run}");
    let result = &run["result"];
    assert_eq!((&result["verdict"], &result["findings"]), (&json!("holds"), &json!([])), "{run}");
    let checks = result["checks"].as_array().unwrap();
    assert!(checks.len() > 20 && checks.iter().all(|check| check["holds"] == true), "{checks:?}");
    assert_eq!(world.get("auditor", "/v1/ledgers/330503/verification").await.problem(404), "not-found");
    // An amount raised by somebody with the database in hand.
    world.tamper("DROP TRIGGER IF EXISTS tg_entry_no_update").await;
    let raised = "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '150000', '150001') AS BLOB) \
                  WHERE entry_type = 'fee_paid'";
    world.tamper(raised).await;
    world.post("auditor", VERIFICATION, &json!({})).await.expect(202);
    let run = ended(&world).await;
    assert_eq!(run["result"]["verdict"], "does_not_hold", "{run}");
    let checks = run["result"]["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["holds"] == false), "{run}");
    assert!(run["result"]["findings"][0]["what"].is_string(), "{run}");
}

/// The modules of a code as the API draws it, as a picture with so many pixels for each.
fn photograph(svg: &str, scale: u32, format: ImageFormat) -> Vec<u8> {
    let (_, size) = svg.split_once("viewBox=\"0 0 ").unwrap();
    let size: u32 = size.split(' ').next().unwrap().parse().unwrap();
    let (_, path) = svg.rsplit_once(" d=\"").unwrap();
    let dark: std::collections::BTreeSet<(u32, u32)> = path
        .split('M')
        .filter_map(|step| {
            let (x, y) = step.split_once('h')?.0.split_once(' ')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        })
        .collect();
    let picture = GrayImage::from_fn(size * scale, size * scale, |x, y| {
        Luma([if dark.contains(&(x / scale, y / scale)) { 20 } else { 240 }])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What a reader of codes sees in a picture.
fn seen(picture: &[u8]) -> String {
    let picture = image::load_from_memory(picture).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    let at = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32)[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, at);
    prepared.detect_grids()[0].decode().unwrap().1
}

/// Sends a file as the form of a page does.
async fn sent(world: &World, word: &str, name: &str, file: &[u8]) -> Answer {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{word}\r\n--edge\r\n\
         Content-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let ask = world.ask(None, Method::POST, "/scan").header("cookie", "tutela_form=word");
    ask.header("content-type", "multipart/form-data; boundary=edge").body(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_certificate_leads_to_the_page_of_its_holder() {
    let public_url = "https://ledger.example/".to_owned();
    let mut world = World::with("2026-11-22", ApiOptions { public_url, ..ApiOptions::default() }).await;
    let shop = world.shop().await;
    let drawn = world.public(&format!("/v1/licences/{}/qr", shop.licence)).await;
    let picture = photograph(&drawn.text, 6, ImageFormat::Png);
    assert_eq!(seen(&picture), format!("https://ledger.example/i/{}", shop.institution));
    // Where it leads: live state, what may be taught, and the account.
    let page = world.public(&format!("/i/{}", shop.institution)).await;
    for said in ["丹青画室", "已许可", "艺术", "线下", "6222000000000001"] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    // A photograph of it, handed in, opens the same page of this server.
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let page = sent(&world, "word", "a.png", &photograph(&drawn.text, 6, format)).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("丹青画室") && page.text.contains("6222000000000001"), "{}", page.text);
    }
    // Older certificates name the licence in the API; a copied address names the host.
    let old = format!("https://ledger.example/v1/licences/{}/certificate", shop.licence);
    assert!(sent(&world, "word", "code.txt", old.as_bytes()).await.text.contains("6222000000000001"));
    // Without the operator's word codes lead to the host that was asked.
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let drawn = world.public(&format!("/v1/licences/{}/qr", shop.licence)).await;
    let base = &world.base;
    assert_eq!(seen(&photograph(&drawn.text, 6, ImageFormat::Png)), format!("{base}/i/{}", shop.institution));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_checked_by_text_file_and_photograph() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}/payments");
    let paid = world.post("bank", &path, &payment_body(200_000, "R")).await.expect(201);
    let leaf = text(&paid["entries"][0]["leaf_hash"]);
    let file = world.get("guardian", &format!("/v1/receipts/{leaf}")).await.text;
    let drawn = world.get("guardian", &format!("/v1/receipts/{leaf}/qr")).await.text;
    let picture = photograph(&drawn, 5, ImageFormat::Png);
    let code = seen(&picture);
    let check = async |receipt: &str, key: Option<&str>| {
        let body = json!({"receipt": receipt, "key": key});
        world.ask(None, Method::POST, "/v1/receipt-checks").json(&body).send().await
    };
    let vkey = text(&world.public("/v1/ledgers").await.expect(200)["items"][0]["vkey"]);
    for (receipt, key) in [(&file, None), (&code, None), (&file, Some(vkey.as_str()))] {
        let answer = check(receipt, key).await.expect(200);
        assert_eq!(answer["verdict"], "holds", "{answer}");
        assert_eq!(answer["leaf_hash"], leaf);
        assert_eq!(answer["key_source"], if key.is_some() { "given" } else { "this_server" });
        assert_eq!((&answer["entry"]["type"], &answer["entry"]["role"]), (&json!("fee_paid"), &json!("bank")));
    }
    // A form cuts the last line feed and ends lines as the network does.
    let typed = file.trim_end().replace('\n', "\r\n");
    assert_eq!(check(&typed, None).await.expect(200)["verdict"], "holds");
    let other = "tutela.example/log/330502+8e3b9c4d+AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
    assert_eq!(check(&file, Some(other)).await.problem(400), "invalid-field");
    assert_eq!(check("tutela-receipt/v1\n", None).await.problem(400), "invalid-field");
    assert_eq!(check(&file.replacen("\nlog tutela.example", "\nlog other.example", 1), None).await.status, 400);
    // Somebody else's amount in the same proof.
    let (head, rest) = file.split_once("\nentry ").unwrap();
    let (entry, proof) = rest.split_once('\n').unwrap();
    let engine = base64::prelude::BASE64_STANDARD;
    let entry = String::from_utf8(base64::Engine::decode(&engine, entry).unwrap()).unwrap();
    let forged = base64::Engine::encode(&engine, entry.replace("200000", "900000"));
    let forged = format!("{head}\nentry {forged}\n{proof}");
    let answer = check(&forged, None).await.expect(200);
    assert_eq!(answer["verdict"], "does_not_hold", "{answer}");
    assert!(answer["finding"].is_string());
    // The same through the page: as a photograph, as a file, and as text.
    for (name, bytes) in [("r.png", picture.as_slice()), ("r.txt", file.as_bytes()), ("r.txt", code.as_bytes())] {
        let page = sent(&world, "word", name, bytes).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("v-holds") && page.text.contains("¥2,000.00"), "{name}: {}", page.text);
    }
    let jpeg = photograph(&drawn, 9, ImageFormat::Jpeg);
    assert!(sent(&world, "word", "r.jpg", &jpeg).await.text.contains("v-holds"));
    let page = sent(&world, "word", "r.txt", forged.as_bytes()).await;
    assert!(page.text.contains("v-does_not_hold"), "{}", page.text);
    // What cannot be read is said, and a form from elsewhere is not read at all.
    for (bytes, said) in [
        (b"\x89PNG\r\n\x1a\nbroken".as_slice(), "PNG"),
        (b"".as_slice(), "选择文件"),
        (b"https://evil.example/".as_slice(), "来历不明"),
    ] {
        let page = sent(&world, "word", "x", bytes).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(sent(&world, "other", "r.png", &picture).await.status, 403);
    let large = vec![b'x'; 13 * 1024 * 1024];
    assert_eq!(sent(&world, "word", "x", &large).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auditors_page_follows_a_verification() {
    let mut world = World::on("2026-11-22").await;
    world.shop().await;
    let body = json!({"username": "auditor", "password": PASSWORD});
    let session = world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
    let cookies = format!("tutela_session={}; tutela_form=word", text(&session["token"]));
    let path = "/auditor/verification/330502";
    let page = async || world.ask(None, Method::GET, path).header("cookie", &cookies).send().await.text;
    assert!(page().await.contains("还没有核验过"));
    let ask = world.ask(None, Method::POST, path).header("cookie", &cookies);
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(ask.body("_csrf=word&_form=verify_now&_key=k").send().await.status, 200);
    ended(&world).await;
    let shown = page().await;
    for said in ["v-done", "v-holds", "<progress", "auditor"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("http-equiv"), "a page of what has ended stands still");
}
