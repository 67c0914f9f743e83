//! How many people and how much room an institution needs: shares of staff and pupils rounded up,
//! places rounded down. The shares and areas are policy.

use std::collections::BTreeSet;

use kernel::{Calendar, Category, Day, Fen, RuleId, Stage, Violation};
use policy::Policy;
use policy::types::{PremisesKind, Share};

/// At least so many of `all` where at least `percent` of them are asked for.
pub const fn at_least(percent: u16, all: u32) -> u32 {
    // Both factors are widened, so the product fits.
    (all as u64).saturating_mul(percent as u64).div_ceil(100) as u32
}

/// Pupils who may be present at once in `square_metres` of teaching rooms; none where a pupil needs
/// no room at all.
pub const fn places(square_metres: u32, per_pupil: u32) -> Option<u32> {
    square_metres.checked_div(per_pupil)
}

/// Do teaching rooms take at least `numerator/denominator` of the floor?
pub const fn has_teaching_share(teaching: u32, floor: u32, numerator: u16, denominator: u16) -> bool {
    (teaching as u64).saturating_mul(denominator as u64) >= (floor as u64).saturating_mul(numerator as u64)
}

/// What an institution's record says of its premises, capital and people. What is not recorded is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFacts {
    /// Registered capital.
    pub capital: Option<Fen>,
    /// Value of the equipment.
    pub equipment: Option<Fen>,
    /// Every address.
    pub sites: Vec<SiteFacts>,
    /// Stages that are taught.
    pub stages: BTreeSet<Stage>,
    /// The category that is taught.
    pub category: Option<Category>,
    /// Everybody who works there.
    pub staff: Vec<StaffFacts>,
}

/// One address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFacts {
    /// Floor area, square metres.
    pub floor_area: u32,
    /// Of it teaching rooms.
    pub teaching_area: u32,
    /// Highest floor with a classroom.
    pub highest_floor: u16,
    /// Pupils who may be present at once, as its rooms are set up.
    pub pupils: u32,
    /// Last day of the lease; none where it is owned.
    pub lease_until_on: Option<Day>,
}

/// One person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StaffFacts {
    /// Full-time in teaching or research.
    pub full_time_teaching: bool,
    /// Teaches.
    pub teaches: bool,
    /// Holds the qualification for it.
    pub qualified: bool,
    /// Is a serving teacher of a school or kindergarten.
    pub serving: bool,
    /// Is on the staff blacklist, or may not work with children by law.
    pub barred: bool,
}

/// Which standard holds for it.
fn kind(facts: &RecordFacts) -> PremisesKind {
    if facts.category == Some(Category::Arts) { PremisesKind::Arts } else { PremisesKind::Any }
}

fn least<T: ToString>(rule: RuleId, limit: T, actual: impl ToString, source: &str) -> Violation {
    Violation::of(rule).with(limit, actual).source(source)
}

/// What the record lacks for what the place asks, every shortfall with what is asked and what is there.
pub fn shortfalls(facts: &RecordFacts, policy: &Policy, calendar: &Calendar, on: Day) -> Vec<Violation> {
    let mut lacking = Vec::new();
    for site in &facts.sites {
        premises(site, facts, policy, calendar, on, &mut lacking);
    }
    let sites = &policy.sites_per_licence_max;
    if let Some(most) = sites.in_force().map(|rule| usize::from(rule.value)).filter(|most| facts.sites.len() > *most) {
        lacking.push(least(RuleId::SitesPerLicence, most, facts.sites.len(), sites.source()));
    }
    for (rule, setting, actual) in [
        (RuleId::CapitalMin, &policy.capital_min, facts.capital),
        (RuleId::EquipmentMin, &policy.equipment_min, facts.equipment),
    ] {
        let asked = setting.in_force().and_then(|rule| rule.value.of(kind(facts)).copied());
        let actual = actual.unwrap_or(Fen::ZERO);
        if let Some(asked) = asked.filter(|asked| actual < *asked) {
            lacking.push(least(rule, asked, actual, setting.source()));
        }
    }
    people(facts, policy, &mut lacking);
    lacking.sort_by_key(|violation| violation.rule);
    lacking
}

fn premises(
    site: &SiteFacts,
    facts: &RecordFacts,
    policy: &Policy,
    calendar: &Calendar,
    on: Day,
    lacking: &mut Vec<Violation>,
) {
    let per_pupil = &policy.area_per_pupil_min;
    if let Some(per) = per_pupil.in_force().and_then(|rule| rule.value.of(kind(facts)).copied())
        && let Some(most) = places(site.teaching_area, per).filter(|most| site.pupils > *most)
    {
        lacking.push(least(RuleId::AreaPerPupil, most, site.pupils, per_pupil.source()));
    }
    let floor = &policy.floor_area_min;
    let asked = floor.in_force().and_then(|rule| rule.value.of(kind(facts)).copied());
    if let Some(asked) = asked.filter(|asked| site.floor_area < *asked) {
        lacking.push(least(RuleId::FloorArea, asked, site.floor_area, floor.source()));
    }
    let share = &policy.teaching_area_share_min;
    if let Some(Share { numerator, denominator }) = share.in_force().map(|rule| &rule.value)
        && !has_teaching_share(site.teaching_area, site.floor_area, *numerator, *denominator)
    {
        let actual = format!("{}/{}", site.teaching_area, site.floor_area);
        lacking.push(least(RuleId::TeachingShare, format!("{numerator}/{denominator}"), actual, share.source()));
    }
    let highest = &policy.highest_floor;
    if let Some(rule) = highest.in_force() {
        let primary = facts.stages.contains(&Stage::Primary) || facts.stages.contains(&Stage::Preschool);
        let most = if primary { rule.value.primary } else { rule.value.secondary };
        if site.highest_floor > most {
            lacking.push(least(RuleId::HighestFloor, most, site.highest_floor, highest.source()));
        }
    }
    let lease = &policy.lease_left_min;
    if let (Some(rule), Some(until)) = (lease.in_force(), site.lease_until_on)
        && let Some(asked) = calendar.end_of(on, rule.value).ok().filter(|asked| until < *asked)
    {
        lacking.push(least(RuleId::LeaseLeft, asked, until, lease.source()));
    }
}

fn people(facts: &RecordFacts, policy: &Policy, lacking: &mut Vec<Violation>) {
    let count = |which: fn(&StaffFacts) -> bool| {
        u32::try_from(facts.staff.iter().filter(|person| which(person)).count()).unwrap_or(u32::MAX)
    };
    let (all, full_time) = (count(|_| true), count(|person| person.full_time_teaching));
    let share = &policy.full_time_staff_min_percent;
    if let Some(asked) = share.in_force().map(|rule| at_least(rule.value, all)).filter(|asked| full_time < *asked) {
        lacking.push(least(RuleId::FullTimeStaff, asked, full_time, share.source()));
    }
    let pupils = facts.sites.iter().fold(0_u32, |sum, site| sum.saturating_add(site.pupils));
    let preschool = facts.stages.contains(&Stage::Preschool);
    let teachers =
        if preschool { &policy.class_teachers_preschool_min_percent } else { &policy.class_teachers_min_percent };
    if let Some(asked) = teachers.in_force().map(|rule| at_least(rule.value, pupils)).filter(|asked| full_time < *asked)
    {
        lacking.push(least(RuleId::ClassTeachers, asked, full_time, teachers.source()));
    }
    let certificate = &policy.subject_teacher_certificate_required;
    let unqualified = count(|person| person.teaches && !person.qualified);
    if unqualified > 0 && certificate.is(|required| *required) {
        lacking.push(least(RuleId::TeacherQualified, 0, unqualified, certificate.source()));
    }
    let serving = &policy.serving_teachers_allowed;
    let found = count(|person| person.serving);
    if found > 0 && serving.is(|allowed| !allowed) {
        lacking.push(least(RuleId::NoServingTeacher, 0, found, serving.source()));
    }
    let barred = count(|person| person.barred);
    if barred > 0 {
        lacking.push(least(RuleId::StaffNotBarred, 0, barred, STAFF_SOURCE));
    }
}

/// Who may not work in an institution at all.
const STAFF_SOURCE: &str = "《校外培训机构从业人员管理办法（试行）》（教监管厅函〔2021〕9号）：不得聘用列入黑名单、被剥夺政治权利或者故意犯罪受有期徒刑以上刑事处罚的人员";
