//! Early warning (预警): explainable rules over what the ledger already knows, measured against an
//! institution's own past. Pure: events go in as entries tell them, day by day, and what a day shows
//! comes out, the same on every replay. docs/ALERTS.md lists the rules.

mod figures;
mod rules;
mod teaching;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use kernel::{
    ClassHours, ClassSessionId, ContractId, Day, Fen, InspectionId, InstitutionId, LessonId, RecordItemId, RefundId,
    RuleId, SubjectId, TimeOfDay, words,
};

use crate::{AlertLevel, InspectionFinding};
use figures::Daily;
use teaching::{Double, Sessions};

words! {
    /// A rule of early warning. Its code stands in entries.
    Rule {
        /// Sales far above the institution's own past.
        SalesBurst = "sales_burst" / "销售突增",
        /// Lessons confirmed by silence alone.
        DeemedRate = "deemed_rate" / "逾期视为确认比例过高",
        /// Lessons that cannot have been held.
        ImpossibleLesson = "impossible_lesson" / "不可能的消课",
        /// A refund past its day.
        RefundOverdue = "refund_overdue" / "退费逾期",
        /// Prices that crowd under the cap.
        NearCap = "near_cap" / "收费贴近上限",
        /// One sale in several contracts.
        SplitSale = "split_sale" / "拆分合同",
        /// A promotion after a change of control.
        ControlPromotion = "control_promotion" / "控制权变更后促销",
        /// The bank has less than is owed.
        ReconciliationBreak = "reconciliation_break" / "对账短缺",
        /// More paid out than taught.
        Outflow = "outflow" / "拨付超过教学",
        /// A payee that is not the registered account.
        PayeeMismatch = "payee_mismatch" / "收款账户不符",
        /// One teacher or one room at two places at a time.
        TwoPlaces = "two_places" / "同一时间两处授课",
        /// Lessons at hours, or for longer, than can be.
        ImpossibleHours = "impossible_hours" / "授课时间不可能",
        /// Refused again and again by one rule.
        RefusedAttempts = "refused_attempts" / "反复尝试被拒",
    }
}

impl Rule {
    /// Version of the rule's text: grows when what it computes changes.
    pub const fn version(self) -> u64 {
        match self {
            Rule::SalesBurst
            | Rule::DeemedRate
            | Rule::ImpossibleLesson
            | Rule::RefundOverdue
            | Rule::NearCap
            | Rule::SplitSale
            | Rule::ControlPromotion
            | Rule::Outflow
            | Rule::PayeeMismatch
            | Rule::TwoPlaces
            | Rule::ImpossibleHours
            | Rule::RefusedAttempts => 1,
            // 2: days on which the bank's lines took more than was held.
            Rule::ReconciliationBreak => 2,
        }
    }

    /// What it looks at and when it speaks, Chinese and English.
    pub const fn explanation(self) -> (&'static str, &'static str) {
        match self {
            Rule::SalesBurst => (
                "本窗口签约金额达到自身此前各窗口中位数的规定倍数，且不少于规定份数；平均折扣达到规定幅度时为红色",
                "contracts signed in the window sum to the set multiple of the median of the institution's earlier windows, and are no fewer than the set count; red where the average discount reaches the set depth",
            ),
            Rule::DeemedRate => (
                "本窗口确认的消课中，逾期视为确认的比例达到规定值；同时达到自身中位数规定倍数时为红色",
                "of the lessons confirmed in the window, the set share was confirmed by silence alone; red where that is also the set multiple of the institution's own median",
            ),
            Rule::ImpossibleLesson => (
                "检查发现场所关闭之日登记了消课（红色）；或者同一学员一日课时超过规定值（黄色）",
                "lessons are claimed for a day on which an inspection found the site closed (red), or a pupil has more hours in a day than the set limit (yellow)",
            ),
            Rule::RefundOverdue => (
                "退费超过答复、裁决或者支付期限；超过规定天数时为红色",
                "a refund is past its day for answer, decision or payment; red after the set days",
            ),
            Rule::NearCap => (
                "本窗口合同中贴近单次收费上限的比例达到规定值，并达到自身中位数规定倍数",
                "the set share of the window's contracts lies just under the cap of one charge, and is the set multiple of the institution's own median",
            ),
            Rule::SplitSale => (
                "规定天数内同一家长或者同一学员的数份合同单份均不超上限，合计超过金额或者课时上限",
                "contracts of one guardian or one pupil within the set days are each within the caps, and together above the cap of money or of hours",
            ),
            Rule::ControlPromotion => (
                "控制权变更后的规定天数内，新签合同的平均折扣达到规定幅度",
                "within the set days after a change of control, new contracts have an average discount of the set depth",
            ),
            Rule::ReconciliationBreak => (
                "日终对账显示银行余额少于应有金额，或者银行流水在该日支出超过账面托管余额",
                "a daily reconciliation shows less at the bank than is owed, or that the bank's lines took more by that day than was held",
            ),
            Rule::Outflow => (
                "本窗口拨付机构的金额超过本窗口与上一窗口已确认教学价值的规定比例",
                "what was paid out to the institution in the window exceeds the set share of what was earned by teaching in this window and the one before",
            ),
            Rule::PayeeMismatch => (
                "检查或者家长反映的收款账户不是登记的托管账户",
                "an account that families were told to pay to is not the registered custody account",
            ),
            Rule::TwoPlaces => (
                "登记了消课的两次课时间重叠，且为同一教师（含不同机构）或者同一教室",
                "lessons are claimed for two sessions that overlap, of one teacher, also at two institutions, or in one room",
            ),
            Rule::ImpossibleHours => (
                "登记的课时长于该次课的时间（红色）；或者早于、晚于允许的时间，或者同一教师、同一教室一日的时间超过规定值（黄色）",
                "more hours are claimed than a session has time for (red), or it begins or ends outside the permitted hours, or a teacher or a room has more hours in a day than the set limit (yellow)",
            ),
            Rule::RefusedAttempts => (
                "本窗口内被同一条规则拒绝的次数达到规定值，并达到自身中位数的规定倍数",
                "in the window one rule refused the institution the set number of times, and the set multiple of its own median",
            ),
        }
    }
}

/// What the rules measure with; all of it policy data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Length of a window, days.
    pub window_days: u16,
    /// Most earlier windows that are looked at.
    pub history_windows_max: u16,
    /// Fewest that make a history.
    pub history_windows_min: u16,
    /// Sales against the own median, per cent.
    pub sales_ratio_percent: u16,
    /// Fewest contracts.
    pub sales_count_min: u16,
    /// Discount that makes a burst red, per cent of the list price.
    pub discount_percent: u16,
    /// Discount that makes a promotion, per cent.
    pub promotion_percent: u16,
    /// Fewest contracts of a promotion.
    pub promotion_count_min: u16,
    /// How long a change of control is remembered, days.
    pub control_days: u16,
    /// Share of silence, per cent.
    pub deemed_percent: u16,
    /// Fewest lessons.
    pub deemed_count_min: u16,
    /// Share of silence against the own median, per cent.
    pub deemed_ratio_percent: u16,
    /// Hours of a pupil in a day, at most.
    pub pupil_hours_a_day_max: u16,
    /// From where a price is near the cap, per cent of it.
    pub near_cap_from_percent: u16,
    /// Share of such contracts, per cent.
    pub near_cap_share_percent: u16,
    /// Fewest contracts.
    pub near_cap_count_min: u16,
    /// Share against the own median, per cent.
    pub near_cap_ratio_percent: u16,
    /// Within how many days contracts are one sale.
    pub split_days: u16,
    /// Payouts against teaching, per cent.
    pub outflow_ratio_percent: u16,
    /// Smallest outflow that is looked at.
    pub outflow_min: Fen,
    /// Days after which an overdue refund is red.
    pub refund_red_days: u16,
    /// Cap of one charge, where there is one.
    pub amount_cap: Option<Fen>,
    /// Cap of hours, where there is one.
    pub hours_cap: Option<ClassHours>,
    /// Limits of teaching and of refusals, where they are set.
    pub limits: Option<Limits>,
}

/// Limits of what can have been taught, and of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// No lesson begins earlier.
    pub lessons_from: TimeOfDay,
    /// Latest end in a room, where one is set.
    pub ends_offline: Option<TimeOfDay>,
    /// Latest end online, where one is set.
    pub ends_online: Option<TimeOfDay>,
    /// Hours of a teacher in a day, at most.
    pub teacher_hours_a_day_max: u16,
    /// Hours of a room in a day, at most.
    pub room_hours_a_day_max: u16,
    /// Shortest time that passes for a class hour, minutes.
    pub class_hour_minutes_min: u16,
    /// Fewest refusals by one rule in a window.
    pub refused_count_min: u16,
    /// These against the own median, per cent.
    pub refused_ratio_percent: u16,
}

/// The session that a claimed lesson was part of. Sessions never move: they are held or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taught {
    /// Which.
    pub session: ClassSessionId,
    /// By what its teacher is found again, also at another institution: keyed digests, never plain.
    pub teacher: [Option<[u8; 32]>; 2],
    /// Its room; none online.
    pub room: Option<RecordItemId>,
    /// Begin.
    pub from: TimeOfDay,
    /// End.
    pub until: TimeOfDay,
}

/// What an entry tells the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A contract binds.
    Signed {
        /// Which.
        contract: ContractId,
        /// The guardian, pseudonymous.
        guardian: SubjectId,
        /// The pupil, pseudonymous.
        pupil: SubjectId,
        /// Its price.
        price: Fen,
        /// The same at list prices, where these are published.
        list_price: Option<Fen>,
        /// Hours, gift hours included.
        hours: ClassHours,
        /// Is there a cap on its price?
        capped: bool,
    },
    /// A lesson is claimed.
    Claimed {
        /// Of which contract.
        contract: ContractId,
        /// Which.
        lesson: LessonId,
        /// The day it is said to have been held.
        held_on: Day,
        /// Hours.
        hours: ClassHours,
        /// The session that it was part of, where it names one.
        taught: Option<Taught>,
    },
    /// A rule refused what the institution tried.
    Refused {
        /// Which.
        rule: RuleId,
        /// How often on this day.
        attempts: u64,
    },
    /// A lesson counts.
    Confirmed {
        /// By silence?
        silent: bool,
        /// Its value.
        amount: Fen,
    },
    /// The bank paid the institution.
    PaidOut {
        /// How much.
        amount: Fen,
    },
    /// A refund waits for something until a day.
    RefundWaits {
        /// Which.
        refund: RefundId,
        /// The last day; none while it is not known.
        due_on: Option<Day>,
    },
    /// A refund is over.
    RefundOver {
        /// Which.
        refund: RefundId,
    },
    /// Promoter, representative or capital changed, or are about to.
    ControlChanged,
    /// A site was inspected.
    Inspected {
        /// Which inspection.
        inspection: InspectionId,
        /// The day.
        on: Day,
        /// What was found.
        finding: InspectionFinding,
    },
    /// A reconciliation found too little.
    Shortfall {
        /// Of which day.
        on: Day,
        /// How much is missing.
        missing: Fen,
    },
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// About whom.
    pub institution: InstitutionId,
    /// By which rule.
    pub rule: Rule,
    /// How pressing.
    pub level: AlertLevel,
    /// The day that was looked at.
    pub watched_on: Day,
    /// Names and values, in the order of their names: numbers, days and ids, never personal data.
    pub facts: BTreeMap<&'static str, String>,
}

impl Found {
    /// The same as canonical JSON (RFC 8785): strings only, sorted.
    pub fn canonical(&self) -> String {
        let facts: Vec<String> = self.facts.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!(
            "{{\"facts\":{{{}}},\"institution\":\"{}\",\"level\":\"{}\",\"rule\":\"{}\",\"version\":\"{}\",\"watched_on\":\"{}\"}}",
            facts.join(","),
            self.institution,
            self.level,
            self.rule,
            self.rule.version(),
            self.watched_on
        )
    }
}

/// A contract, as split sales are found.
#[derive(Clone, Copy, Debug)]
struct Sale {
    contract: ContractId,
    guardian: SubjectId,
    pupil: SubjectId,
    price: Fen,
    hours: ClassHours,
    capped: bool,
    on: Day,
}

/// What is kept of one institution.
#[derive(Debug, Default)]
struct Seen {
    daily: BTreeMap<Day, Daily>,
    first_on: Option<Day>,
    sales: VecDeque<Sale>,
    /// Lessons claimed, by the day they are said to have been held.
    claimed: BTreeMap<Day, (u64, ClassHoursSum)>,
    /// Hours of a pupil on a day, with the lesson claimed last.
    pupils: BTreeMap<(Day, SubjectId), (ClassHoursSum, LessonId)>,
    /// Pupil days that changed since the last evening.
    pupil_days: BTreeSet<(Day, SubjectId)>,
    closed: BTreeMap<Day, InspectionId>,
    payees: Vec<InspectionId>,
    control: Option<Day>,
    refunds: BTreeMap<RefundId, Day>,
    shortfalls: Vec<(Day, Fen)>,
    sessions: Sessions,
    doubles: Vec<Double>,
    active: bool,
}

/// Hours added up, hundredths.
type ClassHoursSum = i64;

/// What is kept from day to day.
#[derive(Debug, Default)]
pub struct Watch {
    seen: BTreeMap<InstitutionId, Seen>,
    pupils: HashMap<ContractId, SubjectId>,
    /// Sessions that lessons are claimed for, of all institutions.
    taught: BTreeMap<Day, Vec<(InstitutionId, Taught)>>,
    raised: BTreeMap<(InstitutionId, Rule, String), (Day, AlertLevel)>,
}

/// Days for which claims and sales are remembered beside the windows.
const MEMORY_DAYS: i32 = 90;

impl Watch {
    /// Takes an event of a day. Days never go back.
    pub fn event(&mut self, institution: InstitutionId, on: Day, event: &Event) {
        let seen = self.seen.entry(institution).or_default();
        seen.first_on.get_or_insert(on);
        let daily = seen.daily.entry(on).or_default();
        seen.active = true;
        match *event {
            Event::Signed { contract, guardian, pupil, price, list_price, hours, capped } => {
                daily.sold(price, list_price, capped);
                seen.sales.push_back(Sale { contract, guardian, pupil, price, hours, capped, on });
                self.pupils.insert(contract, pupil);
            }
            Event::Claimed { contract, lesson, held_on, hours, taught } => {
                let day = seen.claimed.entry(held_on).or_default();
                *day = (day.0.saturating_add(1), day.1.saturating_add(hours.hundredths()));
                if let Some(&pupil) = self.pupils.get(&contract) {
                    let sum = seen.pupils.entry((held_on, pupil)).or_insert((0, lesson));
                    *sum = (sum.0.saturating_add(hours.hundredths()), lesson);
                    seen.pupil_days.insert((held_on, pupil));
                }
                if let Some(taught) = taught {
                    seen.sessions.claimed(held_on, &taught, hours);
                    self.meets(institution, held_on, taught);
                }
            }
            Event::Refused { rule, attempts } => daily.refused(rule, attempts),
            Event::Confirmed { silent, amount } => daily.confirmed(silent, amount),
            Event::PaidOut { amount } => daily.paid_out(amount),
            Event::RefundWaits { refund, due_on } => {
                match due_on {
                    Some(due_on) => seen.refunds.insert(refund, due_on),
                    None => seen.refunds.remove(&refund),
                };
            }
            Event::RefundOver { refund } => {
                seen.refunds.remove(&refund);
            }
            Event::ControlChanged => seen.control = Some(on),
            Event::Inspected { inspection, on, finding } => match finding {
                InspectionFinding::SiteClosed => {
                    seen.closed.insert(on, inspection);
                }
                InspectionFinding::PayeeMismatch => seen.payees.push(inspection),
                InspectionFinding::InOrder | InspectionFinding::Problems | InspectionFinding::Unlicensed => {}
            },
            Event::Shortfall { on, missing } => seen.shortfalls.push((on, missing)),
        }
    }

    /// A session that is new here against the others of its day.
    fn meets(&mut self, institution: InstitutionId, held_on: Day, taught: Taught) {
        let others = self.taught.entry(held_on).or_default();
        if others.iter().any(|(_, other)| other.session == taught.session) {
            return;
        }
        let doubles = others.iter().filter_map(|(whose, other)| {
            Double::of(held_on, (institution, &taught), (*whose, other)).map(|double| (*whose, double))
        });
        let doubles: Vec<(InstitutionId, Double)> = doubles.collect();
        others.push((institution, taught));
        for (whose, double) in doubles {
            let both = BTreeSet::from([institution, whose]);
            for institution in both {
                let seen = self.seen.entry(institution).or_default();
                seen.active = true;
                seen.doubles.push(double);
            }
        }
    }

    /// The evening of a day: what its rules find, and did not find before. Every day is closed once, in
    /// order, also those without events.
    pub fn evening(&mut self, day: Day, parameters: &Parameters) -> Vec<Found> {
        let mut out = Vec::new();
        for (&institution, seen) in &mut self.seen {
            for (subject, found) in rules::all(institution, seen, day, parameters) {
                let again = i32::from(parameters.window_days);
                let key = (institution, found.rule, subject);
                let known = self.raised.get(&key).is_some_and(|&(on, level)| {
                    // What is about one thing is said once; what is about a window, once a window.
                    let window = key.2.is_empty() || found.rule == Rule::RefusedAttempts;
                    let fresh = window && on.days_until(day) >= again;
                    found.level <= level && !fresh
                });
                if !known {
                    self.raised.insert(key, (day, found.level));
                    out.push(found);
                }
            }
            seen.forget(day, parameters);
        }
        self.taught.retain(|on, _| on.days_until(day) <= MEMORY_DAYS);
        out
    }
}

impl Seen {
    fn forget(&mut self, day: Day, parameters: &Parameters) {
        self.active = false;
        self.pupil_days.clear();
        self.payees.clear();
        self.shortfalls.clear();
        self.doubles.clear();
        self.sessions.forget(day);
        let windows = i32::from(parameters.history_windows_max).saturating_add(1);
        let keep = i32::from(parameters.window_days).saturating_mul(windows).max(MEMORY_DAYS);
        self.daily.retain(|on, _| on.days_until(day) <= keep);
        self.claimed.retain(|on, _| on.days_until(day) <= MEMORY_DAYS);
        self.pupils.retain(|(on, _), _| on.days_until(day) <= MEMORY_DAYS);
        self.closed.retain(|on, _| on.days_until(day) <= MEMORY_DAYS);
        let split = i32::from(parameters.split_days);
        self.sales.retain(|sale| sale.on.days_until(day) < split);
    }
}

#[cfg(test)]
mod tests;
