//! A contract and a licence as a page and as a PDF: what stands in it can be read back, nothing is markup that was
//! text, the same printout gives the same bytes, and no character vanishes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set up its case must stop")]

use std::collections::HashMap;

use contract::model::{Changes, FIELDS, Fallback, FilledBy, Kind, Values, built_in};
use document::html::{STYLE, html};
use document::{Code, Licence, Receipt, SignedContract, pdf};

const HASH: &str = "3f1c7a5be90d24681357acefbd02468a3f1c7a5be90d24681357acefbd02468a";
const LEAF: &str = "aa1c7a5be90d24681357acefbd02468a3f1c7a5be90d24681357acefbd0246ff";

/// A contract's text from the template that ships with the program.
fn text(guardian: &str) -> String {
    let mut values = Values::default();
    for field in FIELDS.iter().filter(|field| field.filled_by == FilledBy::System) {
        let value = match (field.name, field.kind) {
            ("guardian_name", _) => guardian,
            ("signature_guardian", _) => guardian,
            ("institution_name" | "signature_institution", _) => "湖州市吴兴区青禾艺术培训有限公司",
            ("institution_address", _) => "湖州市吴兴区龙溪街道示例路1号2幢301—305室",
            ("credit_code", _) => "91330502MA2B000019",
            ("legal_representative", _) => "沈某",
            ("licence_number", _) => "133050270001239",
            ("contract_number", _) => "330502-20261122-4G7K2M9Q",
            ("template_hash" | "document_code", _) => HASH,
            ("guardian_relation", _) => "母亲",
            ("guardian_id_kind", _) => "居民身份证",
            ("guardian_id_number", _) => "330502199001010000",
            ("guardian_phone", _) => "19900000001",
            ("guardian_address", _) => "湖州市吴兴区示例小区2幢1单元502室",
            ("pupil_name", _) => "陈小某",
            ("pupil_school", _) => "示例小学",
            ("pupil_grade", _) => "四年级",
            ("project_type", _) => "□线下学科类 □线上学科类 ■线下非学科类 □线上非学科类",
            ("category", _) => "文化艺术",
            ("stage", _) => "小学",
            ("course_name", _) => "少儿国画",
            ("hours_total", _) => "购买34.5课时，赠送2课时",
            ("minutes_per_hour", _) => "45",
            ("class_size_max", _) => "20",
            ("fee_total", _) => "¥1,234.56",
            ("fee_total_in_words", _) => "人民币壹仟贰佰叁拾肆元伍角陆分",
            ("refund_basis", _) => "■退还未消课时（含赠送课时）按所属批次价款等比例计算的余额",
            ("supervision_mode", _) => "银行托管",
            ("account_bank", _) => "示例银行湖州分行",
            ("account_name", _) => "湖州市吴兴区青禾艺术培训有限公司预收费资金托管专户",
            ("account_number", _) => "0000123456789",
            ("full_refund_days_before_start", _) => "5",
            ("full_refund_days_after_start", _) => "3",
            ("pay_back_days", _) => "10",
            ("supplementary_terms", _) => "画材由甲方提供。\n请假须提前一天告知甲方。",
            ("lots", _) => {
                "批次┃购买课时┃赠送课时┃价款┃优惠前每课时标价\n第1批┃24┃2┃¥1,000.00┃¥60.00\n第2批┃10.5┃0┃¥234.56┃—"
            }
            (_, Kind::Day) => "2026-12-05",
            (_, _) if field.fallback != Fallback::None => continue,
            (name, kind) => panic!("{name} {kind:?}"),
        };
        values.set(field.name, value);
    }
    values.fill("dispute_forum", "court").unwrap();
    built_in().unwrap().print(&values, &Changes::default()).unwrap()
}

/// A code that is none; a receipt's has about 121 modules, an address's about 37.
fn code(size: usize) -> Code {
    Code::new(size, (0..size * size).map(|i| (i * 7 + i / size * 3) % 5 < 2).collect()).unwrap()
}

fn contract(text: &str) -> SignedContract<'_> {
    let receipt = Receipt { leaf_hash: LEAF, code: Some(code(121)) };
    SignedContract {
        text,
        number: "330502-20261122-4G7K2M9Q",
        state: "已生效",
        document_hash: HASH,
        receipt: Some(receipt),
    }
}

/// What a font's codes mean, from its ToUnicode map.
fn meanings(map: &str) -> HashMap<u16, String> {
    let text = |hex: &str| {
        let units: Vec<u16> =
            (0..hex.len() / 4).map(|i| u16::from_str_radix(&hex[i * 4..i * 4 + 4], 16).unwrap()).collect();
        String::from_utf16(&units).unwrap()
    };
    let mut found = HashMap::new();
    for block in map.split("beginbfchar").skip(1) {
        for line in block.split("endbfchar").next().unwrap().lines() {
            let cells: Vec<&str> = line.split(['<', '>']).map(str::trim).filter(|cell| !cell.is_empty()).collect();
            if let [code, meaning] = cells[..] {
                found.insert(u16::from_str_radix(code, 16).unwrap(), text(meaning));
            }
        }
    }
    found
}

/// The text of a PDF as one copies it, without spaces and line ends.
fn read_back(bytes: &[u8]) -> String {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let mut read = String::new();
    for page in document.get_pages().into_values() {
        let fonts = document.get_page_fonts(page).unwrap();
        let fonts: HashMap<Vec<u8>, HashMap<u16, String>> = fonts
            .into_iter()
            .map(|(name, font)| {
                let map = document.dereference(font.get(b"ToUnicode").unwrap()).unwrap().1.as_stream().unwrap();
                (name, meanings(&String::from_utf8(map.decompressed_content().unwrap()).unwrap()))
            })
            .collect();
        let mut font = None;
        for operation in document.get_and_decode_page_content(page).unwrap().operations {
            match operation.operator.as_str() {
                "Tf" => font = fonts.get(operation.operands[0].as_name().unwrap()),
                "Tj" | "TJ" => {
                    let all = operation.operands.iter().flat_map(|operand| match operand {
                        lopdf::Object::Array(parts) => parts.clone(),
                        one => vec![one.clone()],
                    });
                    for codes in all.filter_map(|part| part.as_str().ok().map(<[u8]>::to_vec)) {
                        for code in codes.chunks(2) {
                            let code = u16::from_be_bytes([code[0], code[1]]);
                            read.push_str(
                                font.unwrap().get(&code).unwrap_or_else(|| panic!("code {code} means nothing")),
                            );
                        }
                    }
                }
                _ => {}
            }
        }
    }
    read.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_line_of_the_contract_can_be_copied_out_of_the_pdf() {
    let text = text("陈某");
    let made = pdf(&contract(&text).printout()).unwrap();
    assert!(made.missing.is_empty(), "{:?}", made.missing);
    assert!((4..=8).contains(&made.pages), "{}", made.pages);
    assert!(made.bytes.len() < 300_000, "{}", made.bytes.len());
    if let Some(folder) = std::env::var_os("PRINT_TO") {
        std::fs::write(std::path::Path::new(&folder).join("contract.pdf"), &made.bytes).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("contract.html"), html(&contract(&text).printout())).unwrap();
    }
    let read = read_back(&made.bytes);
    for words in [
        "中小学生校外培训服务合同",
        "人民币壹仟贰佰叁拾肆元伍角陆分",
        "¥1,234.56",
        "91330502MA2B000019",
        "签署凭证",
        "示例小学",
    ] {
        assert!(read.contains(words), "{words}: {read}");
    }
    for page in 1..=made.pages {
        assert!(read.contains(&format!("第{page}页共{}页", made.pages)), "{page}");
    }
    // Every clause, whole, wherever pages and lines break it.
    let without_feet = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '┃').collect::<String>();
    for line in text.lines().filter(|line| line.starts_with('　') && line.contains('。') && !line.starts_with("　补充"))
    {
        let said = without_feet(line.trim_start_matches('　').split('　').next_back().unwrap());
        let said: String = said.trim_start_matches('※').chars().take(18).collect();
        assert!(read.contains(&said), "{said}");
    }
}

#[test]
fn the_same_printout_gives_the_same_bytes() {
    let text = text("陈某");
    let made = pdf(&contract(&text).printout()).unwrap();
    assert_eq!(pdf(&contract(&text).printout()).unwrap(), made);
    let other = SignedContract { state: "甲方已签", receipt: None, ..contract(&text) }.printout();
    assert_ne!(pdf(&other).unwrap().bytes, made.bytes);
    assert!(read_back(&pdf(&other).unwrap().bytes).contains("没有账本凭证"));
}

#[test]
fn the_pdf_is_tagged_and_carries_its_font() {
    let text = text("陈某");
    let made = pdf(&contract(&text).printout()).unwrap();
    let document = lopdf::Document::load_mem(&made.bytes).unwrap();
    let catalog = document.catalog().unwrap();
    assert!(catalog.get(b"StructTreeRoot").is_ok() && catalog.get(b"MarkInfo").is_ok());
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    let fonts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let embedded = fonts.filter(|dict| dict.has(b"FontFile2") || dict.has(b"FontFile3")).count();
    assert_eq!(embedded, 1);
    // Nothing is fetched, nothing runs.
    for key in [&b"JavaScript"[..], b"JS", b"URI", b"Launch", b"OpenAction"] {
        assert!(!document.objects.values().any(|object| object.as_dict().is_ok_and(|dict| dict.has(key))));
    }
}

/// 𠮷 (U+20BB7) is in no list of the font: a name with it is printed with its code point and told.
#[test]
fn a_name_with_a_character_that_the_font_lacks_does_not_vanish() {
    let text = text("𠮷某");
    let made = pdf(&contract(&text).printout()).unwrap();
    assert_eq!(made.missing.into_iter().collect::<String>(), "𠮷");
    let read = read_back(&made.bytes);
    assert!(read.contains("〔U+20BB7〕某"), "{read}");
    assert!(html(&contract(&text).printout()).contains("𠮷某"), "a browser has fonts of its own");
}

#[test]
fn the_page_has_no_markup_that_was_text() {
    let text = text("<script>alert('1')</script>\"&");
    let page = html(&contract(&text).printout());
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
    assert_eq!(page.matches("<style>").count(), 1);
    assert!(page.contains(&format!("<style>{STYLE}</style>")));
    for nothing in [" style=", " on", "javascript:", "http://localhost", "<link", "<img"] {
        assert!(!page.contains(nothing), "{nothing}");
    }
    assert_eq!(page.matches("<table>").count(), page.matches("</table>").count());
    assert_eq!(page.matches("<tr>").count(), page.matches("</tr>").count());
    assert!(page.contains("<th>名称</th><td>湖州市吴兴区青禾艺术培训有限公司</td>"), "{page}");
    assert!(page.contains("<svg class=\"code\""));
}

#[test]
fn the_page_as_it_is() {
    let text = text("陈某");
    let page = html(&SignedContract { receipt: None, state: "草稿", ..contract(&text) }.printout());
    insta::assert_snapshot!(page.replace(STYLE, "…"));
}

fn licence() -> Licence<'static> {
    Licence {
        number: "133050270001239",
        name: "湖州市吴兴区青禾艺术培训有限公司",
        credit_code: "91330502MA2B000019",
        legal_representative: "沈某",
        address: "湖州市吴兴区龙溪街道示例路1号2幢",
        category: "文化艺术",
        modes: "线下",
        stages: "小学、初中",
        authority: "吴兴区教育主管部门",
        valid: ("2026-09-01", "2029-08-31"),
        state: "有效",
        printed_on: "2026-11-22",
        payee: Some(("某银行", "青禾艺术预收费资金托管专户", "6222000000000001")),
        leaf_hash: LEAF,
        code: Some(code(37)),
    }
}

#[test]
fn a_licence_says_what_is_permitted_and_who_may_be_paid() {
    let licence = licence();
    let made = pdf(&licence.printout(&licence.text())).unwrap();
    assert_eq!((made.pages, made.missing.len()), (1, 0));
    if let Ok(folder) = std::env::var("PRINT_TO") {
        std::fs::write(std::path::Path::new(&folder).join("licence.pdf"), &made.bytes).unwrap();
    }
    let read = read_back(&made.bytes);
    for said in [
        licence.number,
        licence.name,
        licence.credit_code,
        licence.legal_representative,
        licence.category,
        licence.stages,
        "2026-09-01至2029-08-31",
        "青禾艺术预收费资金托管专户",
        "6222000000000001",
        "打印时状态",
        LEAF,
    ] {
        assert!(read.contains(said), "{said}: {read}");
    }
    let unpaid = Licence { payee: None, ..licence };
    assert!(read_back(&pdf(&unpaid.printout(&unpaid.text())).unwrap().bytes).contains("不得预收费用"));
}
