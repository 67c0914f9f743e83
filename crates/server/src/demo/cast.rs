//! The cast of the sample county: institutions, families and courses. All names are invented; credit
//! codes and identity numbers pass their check digits and lie in ranges that nobody has.

use contract::document::{CustodyAccount, GuardianParty, PupilParty};
use kernel::{Category, CreditCode, Day, Mode, Scope, Stage};

/// The county.
pub const REGION: &str = "330502";
/// The city above it.
pub const CITY: &str = "330500";

/// Pupils, each with a guardian.
pub const FAMILIES: usize = 600;

/// What becomes of an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Subject-type, closes in October.
    Closes,
    /// Subject-type, converts in October to this category.
    Converts(Category),
    /// Goes on.
    Stays,
    /// Closes without notice in April.
    Fails,
    /// Never had a licence.
    Unlicensed,
}

/// An institution.
#[derive(Clone, Copy, Debug)]
pub struct InstitutionCast {
    /// Its name.
    pub name: &'static str,
    /// Its legal representative.
    pub person: &'static str,
    /// What it is registered for.
    pub category: Category,
    /// What becomes of it.
    pub fate: Fate,
}

const fn cast(name: &'static str, person: &'static str, category: Category, fate: Fate) -> InstitutionCast {
    InstitutionCast { name, person, category, fate }
}

/// The institutions; the first 24 are licensed and log in as `inst-01` to `inst-24`.
pub const INSTITUTIONS: &[InstitutionCast] = &[
    cast("吴兴区青禾文化培训学校", "沈知远", Category::Subject, Fate::Closes),
    cast("吴兴区启智堂培训学校", "陆以宁", Category::Subject, Fate::Closes),
    cast("吴兴区明理课外培训中心", "费长明", Category::Subject, Fate::Closes),
    cast("吴兴区学海舟培训学校", "潘文澜", Category::Subject, Fate::Closes),
    cast("吴兴区苕溪书院培训学校", "钮静姝", Category::Subject, Fate::Converts(Category::Arts)),
    cast("吴兴区求真培训学校", "闵启航", Category::Subject, Fate::Converts(Category::Science)),
    cast("吴兴区墨池少儿书画院", "严墨轩", Category::Arts, Fate::Stays),
    cast("吴兴区百灵鸟声乐艺术中心", "杨音澈", Category::Arts, Fate::Stays),
    cast("吴兴区七彩虹少儿艺术中心", "邱子乔", Category::Arts, Fate::Fails),
    cast("吴兴区小荷舞蹈艺术中心", "姚舞晴", Category::Arts, Fate::Stays),
    cast("吴兴区弦歌古筝琴院", "温如弦", Category::Arts, Fate::Stays),
    cast("吴兴区湖笔书法传习所", "王砚秋", Category::Arts, Fate::Stays),
    cast("吴兴区黑白键钢琴艺术中心", "施键雯", Category::Arts, Fate::Stays),
    cast("吴兴区童声剧社培训中心", "金台安", Category::Arts, Fate::Stays),
    cast("吴兴区飞跃篮球俱乐部", "章跃", Category::Sports, Fate::Stays),
    cast("吴兴区碧浪游泳俱乐部", "江涵碧", Category::Sports, Fate::Stays),
    cast("吴兴区轻羽羽毛球俱乐部", "费羽", Category::Sports, Fate::Stays),
    cast("吴兴区少年跆拳道馆", "武振邦", Category::Sports, Fate::Stays),
    cast("吴兴区弈和围棋院", "吴清和", Category::Sports, Fate::Stays),
    cast("吴兴区绿茵足球训练营", "高绿原", Category::Sports, Fate::Stays),
    cast("吴兴区方块编程科技中心", "程方", Category::Science, Fate::Stays),
    cast("吴兴区蓝天航模科技中心", "蓝翔宇", Category::Science, Fate::Stays),
    cast("吴兴区小创客机器人中心", "钱创", Category::Science, Fate::Stays),
    cast("吴兴区星空天文科普馆", "宋星河", Category::Science, Fate::Stays),
    cast("吴兴区梧桐里美术工作室", "何桐", Category::Arts, Fate::Unlicensed),
    cast("吴兴区冲刺班课业辅导站", "常冲", Category::Subject, Fate::Unlicensed),
    cast("吴兴区小小实验家工坊", "施验", Category::Science, Fate::Unlicensed),
];

impl InstitutionCast {
    /// Has it a subject licence when the ledger opens?
    pub const fn holds_subject_licence(&self) -> bool {
        matches!(self.fate, Fate::Closes | Fate::Converts(_))
    }

    /// The scope of its licence or registration.
    pub fn scope(&self) -> Scope {
        scope(self.category)
    }
}

/// Offline, for primary and junior pupils.
pub fn scope(category: Category) -> Scope {
    Scope { category, modes: [Mode::Offline].into(), stages: [Stage::Primary, Stage::Junior].into() }
}

/// Credit code of the institution at `index`: issued to private non-enterprise units of the county,
/// in a series that is not in use.
///
/// # Errors
/// None for an index below 1,000.
pub fn credit_code(index: usize) -> Result<CreditCode, kernel::credit_code::CreditCodeError> {
    CreditCode::complete(&format!("52330502MJ8719{index:03}"))
}

/// The custody account of the institution at `index`.
pub fn custody_account(index: usize, name: &str) -> CustodyAccount {
    CustodyAccount {
        bank: "湖州示例银行吴兴支行".to_owned(),
        account_name: format!("{name}预收费托管专户"),
        account_number: format!("6230000000{index:09}"),
    }
}

/// Number of the licence of the institution at `index`; `round` tells its licences apart.
pub fn licence_number(index: usize, round: usize) -> String {
    format!("1330502700{index:03}{round:02}")
}

const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗",
    "高", "沈", "钱", "姚", "潘", "费", "陆", "章", "施", "严", "金",
];
const GUARDIAN_NAMES: [&str; 20] = [
    "建华", "秀兰", "志强", "丽娟", "国平", "晓燕", "文斌", "雪梅", "海峰", "佳慧", "明辉", "春霞", "立新", "玉珍",
    "卫东", "静怡", "永康", "素云", "振宇", "美玲",
];
const PUPIL_NAMES: [&str; 20] = [
    "子涵", "雨桐", "浩然", "欣怡", "梓萱", "宇轩", "思远", "诗琪", "俊杰", "可馨", "一诺", "沐辰", "若曦", "天佑",
    "语嫣", "嘉树", "知夏", "星野", "南乔", "景行",
];
const SCHOOLS: [&str; 6] =
    ["示例第一小学", "示例第二小学", "示例实验小学", "示例湖滨小学", "示例初级中学", "示例外国语初中"];

/// Picks from a list; lists are not empty.
fn pick(list: &[&'static str], n: usize) -> &'static str {
    n.checked_rem(list.len()).and_then(|i| list.get(i)).copied().unwrap_or_default()
}

/// An identity number with its check digit (GB 11643), in a division that does not exist.
fn identity_number(born: &str, order: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let body = format!("330599{born}{:03}", order % 1000);
    let sum: usize =
        body.bytes().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit.saturating_sub(b'0')) * weight).sum();
    let check = CHECKS.get(sum % 11).copied().unwrap_or('X');
    format!("{body}{check}")
}

/// The guardian of family `n`, from 0.
pub fn guardian(n: usize) -> GuardianParty {
    let born = format!("{}{:02}{:02}", 1978 + n * 7 % 13, 1 + n % 12, 1 + n % 28);
    let surname = pick(&SURNAMES, n * 7 + n / 30);
    GuardianParty {
        name: format!("{surname}{}", pick(&GUARDIAN_NAMES, n * 3 + n / 20)),
        phone: format!("1990000{:04}", n + 1),
        id_kind: "resident_id".to_owned(),
        id_number: identity_number(&born, n),
        relation: if n.is_multiple_of(3) { "father" } else { "mother" }.to_owned(),
        address: format!("浙江省湖州市吴兴区示例路{}号", n + 1),
    }
}

/// The pupil of family `n`, from 0.
///
/// # Errors
/// None for the families of the cast.
pub fn pupil(n: usize) -> Result<PupilParty, kernel::time::TimeError> {
    let surname = pick(&SURNAMES, n * 7 + n / 30);
    let born = Day::try_new(2011, 9, 1)?.plus_days(i32::try_from(n * 13 % 2_900).unwrap_or(0))?;
    // School starts in the September after the sixth birthday.
    let grade = (2025 - i32::from(born.plus_months(4)?.year()) - 5).clamp(1, 9);
    let school = pick(if grade > 6 { &SCHOOLS[4..] } else { &SCHOOLS[..4] }, n);
    Ok(PupilParty {
        name: format!("{surname}{}", pick(&PUPIL_NAMES, n * 11 + n / 20)),
        birth_on: born,
        school: school.to_owned(),
        grade: grade.to_string(),
    })
}

/// A term of teaching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Subject courses, September to October.
    Subject,
    /// October to December.
    Autumn,
    /// January to March.
    Winter,
    /// March to May.
    Spring,
    /// July and August: sold within the play, taught after it.
    Summer,
}

impl Term {
    /// All, in order.
    pub const ALL: [Term; 5] = [Term::Subject, Term::Autumn, Term::Winter, Term::Spring, Term::Summer];

    /// Saturdays on which it teaches; a Sunday course teaches a day later. Public holidays are left out.
    pub const fn saturdays(self) -> &'static [&'static str] {
        match self {
            Term::Subject => &[
                "2025-09-13",
                "2025-09-20",
                "2025-09-27",
                "2025-10-11",
                "2025-10-18",
                "2025-10-25",
                "2025-11-01",
                "2025-11-08",
                "2025-11-15",
                "2025-11-22",
            ],
            Term::Autumn => &[
                "2025-10-18",
                "2025-10-25",
                "2025-11-01",
                "2025-11-08",
                "2025-11-15",
                "2025-11-22",
                "2025-11-29",
                "2025-12-06",
                "2025-12-13",
                "2025-12-20",
            ],
            Term::Winter => &[
                "2026-01-10",
                "2026-01-17",
                "2026-01-24",
                "2026-01-31",
                "2026-02-07",
                "2026-02-28",
                "2026-03-07",
                "2026-03-14",
                "2026-03-21",
                "2026-03-28",
            ],
            Term::Spring => &[
                "2026-03-14",
                "2026-03-21",
                "2026-03-28",
                "2026-04-11",
                "2026-04-18",
                "2026-04-25",
                "2026-05-09",
                "2026-05-16",
                "2026-05-23",
                "2026-05-30",
            ],
            Term::Summer => &[
                "2026-07-04",
                "2026-07-11",
                "2026-07-18",
                "2026-07-25",
                "2026-08-01",
                "2026-08-08",
                "2026-08-15",
                "2026-08-22",
            ],
        }
    }

    /// The day its courses are published.
    pub const fn published_on(self) -> &'static str {
        match self {
            Term::Subject => "2025-09-03",
            Term::Autumn => "2025-09-25",
            Term::Winter => "2025-12-15",
            Term::Spring => "2026-02-24",
            Term::Summer => "2026-05-25",
        }
    }

    /// The first day of its sales; they go on for [`Term::SALES_DAYS`] days.
    pub const fn sold_from(self) -> &'static str {
        match self {
            Term::Subject => "2025-09-04",
            Term::Autumn => "2025-10-05",
            Term::Winter => "2025-12-26",
            Term::Spring => "2026-03-01",
            Term::Summer => "2026-06-08",
        }
    }

    /// Days of sales.
    pub const SALES_DAYS: usize = 8;

    /// Institutions that teach a course in it, by their place in [`INSTITUTIONS`].
    pub const fn institutions(self) -> &'static [usize] {
        match self {
            Term::Subject => &[0, 1, 2, 3, 4, 5],
            Term::Autumn => &[6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
            Term::Winter => &[4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
            Term::Spring => &[4, 6, 7, 8, 9, 14, 15, 16, 20, 21, 22, 23],
            Term::Summer => &[5, 10, 11, 17, 18, 19, 21, 23],
        }
    }

    /// Contracts of each course.
    pub const fn contracts_per_course(self) -> usize {
        match self {
            Term::Subject => 8,
            Term::Autumn | Term::Winter => 15,
            Term::Spring => 18,
            Term::Summer => 16,
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Term::Subject | Term::Autumn => "秋季班",
            Term::Winter => "寒假班",
            Term::Spring => "春季班",
            Term::Summer => "暑期班",
        }
    }
}

/// A course of the cast.
#[derive(Clone, Debug)]
pub struct CourseCast {
    /// Place of the institution in [`INSTITUTIONS`].
    pub institution: usize,
    /// When.
    pub term: Term,
    /// Its name.
    pub name: String,
    /// What is taught.
    pub category: Category,
    /// To whom.
    pub stage: Stage,
    /// Days of lessons, two hours each.
    pub lessons: Vec<Day>,
    /// Price of the course in yuan.
    pub price_yuan: i64,
}

/// Class hours of one lesson.
pub const HOURS_PER_LESSON: i64 = 2;

/// The courses of a term.
///
/// # Errors
/// None: the days are written above.
pub fn courses(term: Term) -> Result<Vec<CourseCast>, kernel::time::TimeError> {
    let mut courses = Vec::new();
    for (order, &institution) in term.institutions().iter().enumerate() {
        let Some(cast) = INSTITUTIONS.get(institution) else { continue };
        let category = match cast.fate {
            Fate::Converts(category) if term != Term::Subject => category,
            _ => cast.category,
        };
        let later = i32::try_from(order % 2).unwrap_or(0);
        let lessons =
            term.saturdays().iter().map(|day| day.parse::<Day>()?.plus_days(later)).collect::<Result<Vec<_>, _>>()?;
        let hours = HOURS_PER_LESSON * i64::try_from(lessons.len()).unwrap_or(0);
        let step = i64::try_from((institution * 5 + order) % 12).unwrap_or(0);
        // School subjects stay within the sample county's guided price, 40 yuan and 10 % above.
        let per_hour = if category.is_subject() { 33 + step } else { 90 + 10 * step };
        let stage = if order % 4 == 3 { Stage::Junior } else { Stage::Primary };
        let subject = ["语文", "数学", "英语"];
        let what = match category {
            Category::Subject => pick(&subject, order),
            Category::Arts => {
                pick(&["国画", "声乐", "创意美术", "中国舞", "古筝", "书法", "钢琴", "戏剧表演"], institution + 2)
            }
            Category::Sports => pick(&["篮球", "游泳", "羽毛球", "跆拳道", "围棋", "足球"], institution + 4),
            Category::Science | Category::Other => pick(&["图形编程", "航空模型", "机器人", "天文观测"], institution),
        };
        courses.push(CourseCast {
            institution,
            term,
            name: format!("{what}{}", term.zh()),
            category,
            stage,
            lessons,
            price_yuan: per_hour * hours,
        });
    }
    Ok(courses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cast_is_as_the_county_is_told() {
        let with = |fate: fn(&InstitutionCast) -> bool| INSTITUTIONS.iter().filter(|cast| fate(cast)).count();
        assert_eq!(with(|cast| cast.holds_subject_licence()), 6);
        assert_eq!(with(|cast| matches!(cast.fate, Fate::Closes)), 4);
        assert_eq!(with(|cast| matches!(cast.fate, Fate::Unlicensed)), 3);
        assert_eq!(with(|cast| matches!(cast.fate, Fate::Fails)), 1);
        let of = |category| INSTITUTIONS[6..24].iter().filter(|cast| cast.category == category).count();
        assert_eq!([of(Category::Arts), of(Category::Sports), of(Category::Science)], [8, 6, 4]);
        let courses: Vec<_> = Term::ALL.iter().flat_map(|term| courses(*term).unwrap()).collect();
        assert_eq!(courses.len(), 60);
        assert!(courses.iter().all(|course| course.lessons.iter().all(|day| day.is_weekend())));
        assert!(courses.iter().all(|course| course.category.is_subject() || course.price_yuan <= 5_000));
        let contracts: usize =
            Term::ALL.iter().map(|term| term.institutions().len() * term.contracts_per_course()).sum();
        assert_eq!(contracts, 902);
    }

    #[test]
    fn people_and_codes_are_well_formed_and_different() {
        let ids: std::collections::BTreeSet<_> = (0..FAMILIES).map(|n| guardian(n).id_number).collect();
        assert_eq!(ids.len(), FAMILIES);
        assert!(ids.iter().all(|id| id.len() == 18));
        // The example of GB 11643-1999.
        assert!(identity_number("19491231", 2).starts_with("33059919491231002"));
        for (index, cast) in INSTITUTIONS.iter().enumerate() {
            assert!(credit_code(index + 1).is_ok(), "{}", cast.name);
        }
        for n in 0..FAMILIES {
            let pupil = pupil(n).unwrap();
            assert!(pupil.grade.parse::<u8>().is_ok_and(|grade| (1..=9).contains(&grade)));
        }
    }
}
