//! How prepaid money is kept and let go: modes, accounts, releases, floors, alerts.

use kernel::{Fen, words};

use crate::value::{Fault, record_values, word_values};

words! {
    /// A way to supervise prepaid fees.
    SupervisionMode {
        /// The bank keeps the money (银行托管).
        Custody = "custody" / "银行托管",
        /// The institution pledges a deposit (风险保证金).
        Deposit = "deposit" / "风险保证金",
        /// Nothing is prepaid (先学后付).
        PayAfter = "pay_after" / "先学后付",
        /// The money is locked in the family's own account or wallet.
        FamilyLock = "family_lock" / "家长账户锁定",
    }
}

words! {
    /// How several modes stand to each other.
    ModeChoice {
        /// One of them is chosen.
        AnyOf = "any_of" / "择一",
        /// All of them together.
        Together = "together" / "同时适用",
    }
}

words! {
    /// For how much one choice of a mode holds.
    ModeUnit {
        /// One mode for all courses of an institution.
        Institution = "institution" / "机构全部课程统一",
        /// Course by course.
        Course = "course" / "按课程选择",
    }
}

words! {
    /// Where the account must be.
    AccountLocality {
        /// In the district.
        District = "district" / "本区",
        /// In the county.
        County = "county" / "本县（市、区）",
        /// In the city.
        City = "city" / "本市",
        /// At any bank of the published list.
        ListedBank = "listed_bank" / "名录内银行",
    }
}

words! {
    /// What lets money go to the institution.
    ReleaseTrigger {
        /// In step with teaching; the text names nobody who confirms.
        Progress = "progress" / "按教学进度同比例",
        /// The guardian confirms.
        Guardian = "guardian" / "家长确认",
        /// Institution and guardian confirm.
        Both = "both" / "机构与家长共同确认",
        /// Institution and guardian confirm and the authority reviews.
        BothAndAuthority = "both_and_authority" / "机构、家长确认并经主管部门审核",
        /// The institution applies after the guardian confirmed.
        Application = "application" / "家长确认后机构申请",
        /// The whole order is consumed.
        OrderConsumed = "order_consumed" / "整单消课完毕",
        /// The calendar month.
        Month = "month" / "按自然月",
        /// The clock from the first class.
        ClassStart = "class_start" / "自开课起按进度",
    }
}

words! {
    /// How often money is let go.
    ReleaseCadence {
        /// Lesson by lesson.
        PerLesson = "per_lesson" / "一课一消",
        /// Lesson by lesson, paid out weekly.
        Weekly = "weekly" / "逐课核销、按周结算",
        /// In monthly parts.
        Monthly = "monthly" / "按月分期",
        /// Once, when the order has ended.
        OrderEnd = "order_end" / "订单完成后一次",
        /// In batches, as long as the balance covers what is not yet taught.
        Batch = "batch" / "分批，余额不低于未消课总额",
    }
}

words! {
    /// What a dispute does to the release.
    DisputeEffect {
        /// The disputed lesson is frozen.
        FreezesLesson = "freezes_lesson" / "冻结争议课时",
        /// The whole order is frozen.
        FreezesOrder = "freezes_order" / "冻结整单",
        /// The day of release is put off.
        Postpones = "postpones" / "顺延拨付日",
    }
}

words! {
    /// How high a risk deposit must be at the least.
    DepositFloorKind {
        /// All pupils' fees of one charging cycle.
        OneCycleFees = "one_cycle_fees" / "不低于全部学员一个收费周期的费用",
        /// A fixed sum.
        Fixed = "fixed" / "固定金额",
        /// Set by the locality; the number is not known.
        SetLocally = "set_locally" / "由当地确定",
    }
}

words! {
    /// How much must stay in the supervised account.
    MinimumBalanceKind {
        /// The value of all lessons not yet taught.
        Undelivered = "undelivered" / "不低于未消课总额",
        /// A share of each fee, given back over some months.
        ShareOfFee = "share_of_fee" / "每笔收费的一定比例",
        /// Set by the locality; the number is not known.
        SetLocally = "set_locally" / "由当地确定",
    }
}

word_values! {
    SupervisionMode = "custody, deposit, pay_after or family_lock";
    ModeChoice = "any_of or together";
    ModeUnit = "institution or course";
    AccountLocality = "district, county, city or listed_bank";
    ReleaseTrigger = "progress, guardian, both, both_and_authority, application, order_consumed, month or class_start";
    ReleaseCadence = "per_lesson, weekly, monthly, order_end or batch";
    DisputeEffect = "freezes_lesson, freezes_order or postpones";
    DepositFloorKind = "one_cycle_fees, fixed or set_locally";
    MinimumBalanceKind = "undelivered, share_of_fee or set_locally";
}

record_values! {
    /// The modes that a place allows.
    SupervisionModes {
        /// Which.
        modes: std::collections::BTreeSet<SupervisionMode>,
        /// One of them, or all together.
        choice: ModeChoice,
    }
    /// The floor of a risk deposit.
    DepositFloor [check = deposit_floor] {
        /// How it is set.
        kind: DepositFloorKind,
        /// The sum where it is fixed, fen.
        fen: Option<Fen>,
    }
    /// What must stay in the account.
    MinimumBalance [check = minimum_balance] {
        /// How it is set.
        kind: MinimumBalanceKind,
        /// The share of each fee, per cent.
        percent: Option<u16>,
        /// Over how many months it is given back.
        months: Option<u16>,
    }
    /// Alerts on a supervised account.
    BalanceAlerts {
        /// How many levels (yellow and red are two).
        levels: u16,
        /// Alert when the balance falls below, fen; none = set by the city, not known here.
        balance_below_fen: Option<Fen>,
        /// Alert when one movement is above, fen; none = set by the city, not known here.
        movement_above_fen: Option<Fen>,
    }
    /// Share of institutions drawn for inspection in a year.
    Sampling [check = sampling] {
        /// At least, per cent.
        from_percent: u16,
        /// At most, per cent.
        to_percent: u16,
    }
}

fn deposit_floor(floor: &DepositFloor) -> Result<(), Fault> {
    match (floor.kind, floor.fen) {
        (DepositFloorKind::Fixed, Some(_)) | (DepositFloorKind::OneCycleFees | DepositFloorKind::SetLocally, None) => {
            Ok(())
        }
        _ => Err(Fault::Inconsistent("fen belongs to kind = \"fixed\", and only to it")),
    }
}

fn minimum_balance(balance: &MinimumBalance) -> Result<(), Fault> {
    match (balance.kind, balance.percent, balance.months) {
        (MinimumBalanceKind::ShareOfFee, Some(1..=100), Some(_))
        | (MinimumBalanceKind::Undelivered | MinimumBalanceKind::SetLocally, None, None) => Ok(()),
        _ => {
            Err(Fault::Inconsistent("percent (1 to 100) and months belong to kind = \"share_of_fee\", and only to it"))
        }
    }
}

fn sampling(sampling: &Sampling) -> Result<(), Fault> {
    if sampling.from_percent <= sampling.to_percent && sampling.to_percent <= 100 {
        Ok(())
    } else {
        Err(Fault::Inconsistent("from_percent is at most to_percent, and that at most 100"))
    }
}
