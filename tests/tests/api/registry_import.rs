//! An existing registry from a file: shown first, then whole or not at all.

use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, text};

const HEADER: &str = "统一社会信用代码,机构名称,法定代表人,办学地址,类别,培训方式,学段,许可证编号,有效期起,有效期止\n";

fn code(number: u32) -> String {
    kernel::CreditCode::complete(&format!("52330502MJ8{number:06}")).unwrap().to_string()
}

fn row(number: u32) -> String {
    format!(
        "{},第{number}培训中心,王{number},某路 {number} 号,文化艺术,线下,小学、初中,13305027{number:07},2024-09-01,2027-08-31\n",
        code(number)
    )
}

fn file(rows: std::ops::Range<u32>) -> String {
    rows.fold(HEADER.to_owned(), |mut text, number| {
        text.push_str(&row(number));
        text
    })
}

async fn send(world: &World, who: Option<&str>, commit: bool, bytes: impl Into<reqwest::Body>) -> Answer {
    let path = format!("/v1/registry-imports?region=330502&commit={commit}");
    world.ask(who, Method::POST, &path).keyed().body(bytes).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_is_shown_then_taken_over_whole() {
    let world = World::on("2026-11-22").await;
    let text_file = file(1..4);
    assert_eq!(send(&world, None, false, text_file.clone()).await.problem(401), "not-signed-in");
    for who in ["city", "neighbour", "bank", "auditor", "admin", "approver"] {
        assert_eq!(send(&world, Some(who), false, text_file.clone()).await.problem(403), "forbidden", "{who}");
    }
    let shown = send(&world, Some("officer"), false, text_file.clone()).await.expect(200);
    assert_eq!((&shown["rows"], &shown["licences"], &shown["committed"]), (&json!(3), &json!(3), &json!(false)));
    assert_eq!(world.public("/v1/institutions").await.expect(200)["items"], json!([]), "only shown");
    // Licences are carried over by who may grant them.
    assert_eq!(send(&world, Some("officer"), true, text_file.clone()).await.problem(403), "forbidden");
    assert_eq!(world.public("/v1/institutions").await.expect(200)["items"], json!([]));
    let done = send(&world, Some("bureau"), true, text_file.clone()).await.expect(201);
    assert_eq!(done["committed"], true);
    let listed = world.public("/v1/institutions").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert_eq!(listed["items"][0]["state"], "licensed");
    let licence = world.public("/v1/licences?number=133050270000002").await.expect(200);
    assert_eq!(licence["items"][0]["valid_until_on"], "2027-08-31");
    // Once more: everything is there already, and every row says so.
    let again = send(&world, Some("bureau"), true, text_file).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["committed"], false);
    assert_eq!((&again.json()["faults_count"], &again.json()["faults"][0]["fault"]), (&json!(6), &json!("in_ledger")));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_its_row_and_column_and_nothing_is_half_done() {
    let world = World::on("2026-11-22").await;
    let good = row(1);
    let wrong_code =
        good.replace(&code(1), &format!("{}0", &code(1)[..17])).replace("133050270000001", "133050270000009");
    let wrong_code = if wrong_code.contains(&code(1)) { wrong_code.replace(&code(1), "x") } else { wrong_code };
    let same_number = row(2).replace("133050270000002", "133050270000001");
    let expired = row(3).replace("2027-08-31", "2026-08-31");
    let file = [HEADER, &good, &wrong_code, &same_number, &expired].concat();
    for commit in [false, true] {
        let answer = send(&world, Some("bureau"), commit, file.clone()).await;
        let body = answer.expect(200);
        assert_eq!(body["committed"], false);
        let found: Vec<(u64, String, String)> = body["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| (fault["row"].as_u64().unwrap(), text(&fault["column"]), text(&fault["fault"])))
            .collect();
        let expected = [
            (3, "credit_code", "credit_code"),
            (4, "licence_number", "twice_in_file"),
            (5, "valid_until_on", "expired"),
        ];
        assert_eq!(found, expected.map(|(row, column, fault)| (row, column.to_owned(), fault.to_owned())));
        for fault in body["faults"].as_array().unwrap() {
            assert!(!text(&fault["zh"]).is_empty() && !text(&fault["en"]).is_empty());
        }
    }
    assert_eq!(world.public("/v1/institutions").await.expect(200)["items"], json!([]), "nothing half-done");
    // Columns that are missing or unknown.
    let columns = send(&world, Some("bureau"), false, "名称,电话\na,b\n").await.expect(200);
    assert_eq!(columns["faults"][0]["fault"], "column_missing");
    assert!(columns["faults"].as_array().unwrap().iter().any(|fault| fault["fault"] == "column_unknown"));
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet with texts in its cells.
fn workbook(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut sheet =
        String::from(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#);
    for (at, cells) in rows.iter().enumerate() {
        write!(sheet, "<row r=\"{}\">", at + 1).unwrap();
        for (column, cell) in cells.iter().enumerate() {
            let letter = char::from(b'A' + u8::try_from(column).unwrap());
            write!(sheet, "<c r=\"{letter}{}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>", at + 1).unwrap();
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    zipped(&[
        ("[Content_Types].xml", br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#),
        ("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_kind_get_a_clear_answer() {
    let world = World::on("2026-11-22").await;
    let header: Vec<&str> = HEADER.trim_end().split(',').collect();
    let row = row(1);
    let cells: Vec<&str> = row.trim_end().split(',').collect();
    let book = workbook(&[header.clone(), vec![], cells]);
    let shown = send(&world, Some("bureau"), false, book).await.expect(200);
    assert_eq!((&shown["rows"], &shown["fit"]), (&json!(1), &json!(1)), "{shown}");
    // What a spreadsheet program of a Chinese office writes: GB18030.
    let gb = [HEADER, &row].concat();
    let gb = encoding_rs::GB18030.encode(&gb).0.into_owned();
    assert_eq!(send(&world, Some("bureau"), false, gb).await.expect(200)["fit"], 1);
    let bomb = zipped(&[("xl/worksheets/sheet1.xml", &vec![b' '; 220 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    let million = HEADER.to_owned() + &"x,\n".repeat(1_000_000);
    for (bytes, problem, status, word) in [
        (bomb, "unreadable-file", 422, "unpacks"),
        (million.into_bytes(), "unreadable-file", 422, "rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "unreadable-file", 422, "XLS"),
        (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "unreadable-file", 422, ""),
        (Vec::new(), "unreadable-file", 422, "no rows"),
        (vec![b'a'; 21 * 1024 * 1024], "body-too-large", 413, ""),
    ] {
        let path = "/v1/registry-imports?region=330502";
        let ask = world.ask(Some("bureau"), Method::POST, path).keyed().header("accept-language", "en").body(bytes);
        let answer = ask.send().await;
        assert!(answer.json()["detail"].as_str().unwrap_or_default().contains(word), "{}", answer.text);
        assert_eq!(answer.problem(status), problem);
    }
    let province = world.ask(Some("bureau"), Method::POST, "/v1/registry-imports?region=330000").keyed();
    assert_eq!(province.body("a,b\n1,2\n").send().await.problem(403), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_rows_in_one_transaction() {
    let world = World::on("2026-11-22").await;
    let done = send(&world, Some("bureau"), true, file(0..3000)).await.expect(201);
    let seq = |value: &Value| text(value).parse::<u64>().unwrap();
    // Registered, applied for, accepted, decided, granted: five entries a row, without a gap.
    assert_eq!(seq(&done["last_seq"]) - seq(&done["first_seq"]) + 1, 15_000);
    let options = app::verify::Options::default();
    let report = app::verify::verify(world.app.store(), &"330502".parse().unwrap(), options, |_, _| ()).await.unwrap();
    assert_eq!((report.found, report.entries), (0, seq(&done["last_seq"]) + 1));
}
