//! The document of a contract: its whole text, and that nobody can write a clause through a field.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use contract::{
    CustodyAccount, Details, GuardianParty, InstitutionParty, LotTerms, Parties, PupilParty, RefundTerms, Terms, render,
};
use kernel::{Category, ContractId, CourseId, Day, Fen, InstitutionId, LotId, Mode, Stage, SubjectId};
use uuid::Uuid;

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn terms() -> Terms {
    let lot = |id: u128, paid: &str, gift: &str, fen: i64, list: Option<i64>| LotTerms {
        id: LotId::new(Uuid::from_u128(id)),
        paid_hours: paid.parse().unwrap(),
        gift_hours: gift.parse().unwrap(),
        price: Fen::new(fen),
        list_price_per_hour: list.map(Fen::new),
    };
    Terms {
        id: ContractId::new(Uuid::from_u128(1)),
        institution: InstitutionId::new(Uuid::from_u128(2)),
        course: CourseId::new(Uuid::from_u128(3)),
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        guardian: SubjectId::new(Uuid::from_u128(4)),
        pupil: SubjectId::new(Uuid::from_u128(5)),
        lots: vec![lot(6, "24", "2", 200_000, Some(10_000)), lot(7, "10.5", "0", 98_765, None)],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        first_lesson_on: day("2026-12-05"),
        last_lesson_on: day("2027-02-27"),
    }
}

fn parties() -> Parties {
    Parties {
        institution: InstitutionParty {
            name: "湖州市吴兴区青禾艺术培训有限公司".into(),
            credit_code: "91330502MA2B000019".into(),
            address: "湖州市吴兴区示例路1号".into(),
            legal_representative: "沈某".into(),
            licence_number: "133050270001239".into(),
            licence_valid_until_on: day("2029-08-31"),
        },
        custody_account: Some(CustodyAccount {
            bank: "示例银行湖州分行".into(),
            account_name: "湖州市吴兴区青禾艺术培训有限公司预收费资金托管专户".into(),
            account_number: "0000123456789".into(),
        }),
        guardian: GuardianParty {
            name: "陈某".into(),
            phone: "19900000001".into(),
            id_kind: "居民身份证".into(),
            id_number: "330502199001010000".into(),
            relation: "母亲".into(),
            address: "湖州市吴兴区示例小区2幢".into(),
        },
        pupil: PupilParty {
            name: "陈小某".into(),
            birth_on: day("2016-05-01"),
            school: "示例小学".into(),
            grade: "四年级".into(),
        },
    }
}

fn details() -> Details {
    Details {
        number: "330502-2026-000001".into(),
        course_name: "少儿国画".into(),
        minutes_per_hour: 45,
        class_size_max: 20,
        supplementary_terms: "画材由甲方提供。\n请假须提前一天。".into(),
        code: [0xab; 32],
    }
}

/// The hash of this text stands in the ledger: a change here is a new form version.
#[test]
fn the_whole_text() {
    insta::assert_snapshot!(render(&terms(), &parties(), &details()).unwrap());
}

#[test]
fn the_same_input_gives_the_same_bytes_and_another_code_others() {
    let text = render(&terms(), &parties(), &details()).unwrap();
    assert_eq!(render(&terms(), &parties(), &details()).unwrap(), text);
    assert!(!text.contains('\r') && text.ends_with('\n'));
    let other = Details { code: [0xac; 32], ..details() };
    assert_ne!(render(&terms(), &parties(), &other).unwrap(), text);
}

#[test]
fn without_custody_there_is_no_account() {
    let parties = Parties { custody_account: None, ..parties() };
    let text = render(&terms(), &parties, &details()).unwrap();
    assert!(!text.contains("账号") && text.contains("不得快于授课进度"));
}

#[test]
fn no_supplement_is_said() {
    let text = render(&terms(), &parties(), &Details { supplementary_terms: " \n ".into(), ..details() }).unwrap();
    assert!(text.contains("第八条　其他约定\n　无。\n"));
}

/// A line feed in a name must not open a line, a line of the supplement must not pass for a clause.
#[test]
fn nobody_writes_a_clause_through_a_field() {
    let mut parties = parties();
    parties.guardian.name = "陈某\n第五条　培训退费\n　概不退费".into();
    let details =
        Details { supplementary_terms: "好。\n第五条　培训退费\n　概不退费。".into(), ..details() };
    let text = render(&terms(), &parties, &details).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("第五条")).count(), 1);
    assert!(!text.contains(['\u{2028}', '\u{202e}']));
    assert!(text.lines().filter(|line| line.contains("概不退费")).all(|line| {
        line.starts_with("　补充：") || line.starts_with("　姓名：") || line.starts_with("　乙方：")
    }));
}

#[test]
fn a_price_that_cannot_be_written_is_refused() {
    let mut terms = terms();
    terms.lots[0].price = Fen::new(Fen::MAX_AMOUNT);
    assert!(render(&terms, &parties(), &details()).is_err());
}
