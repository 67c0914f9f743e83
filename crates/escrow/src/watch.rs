//! What supervision leaves in the books: alerts of early warning and what was done about them,
//! inspections of sites, closures of failed institutions.

use kernel::{AlertId, ClassHours, ClosureId, Day, Fen, InspectionId, InstitutionId, words};
use registry::IllegalTransition;

words! {
    /// How pressing an alert is.
    AlertLevel {
        /// To be known.
        Notice = "notice" / "提示",
        /// To be explained.
        Yellow = "yellow" / "黄色",
        /// To be acted on.
        Red = "red" / "红色",
    }
}

words! {
    /// Where an alert stands.
    AlertState {
        /// Nobody has seen it.
        Raised = "raised" / "待处理",
        /// An officer has.
        Acknowledged = "acknowledged" / "已接收",
        /// The institution explained it.
        Explained = "explained" / "机构已说明",
        /// It is with the next level.
        Escalated = "escalated" / "已升级",
        /// It is over.
        Closed = "closed" / "已办结",
    }
}

words! {
    /// What is done about an alert.
    AlertStep {
        /// An officer takes it on.
        Acknowledged = "acknowledged" / "接收",
        /// The institution explains.
        Explained = "explained" / "说明",
        /// It goes to the next level.
        Escalated = "escalated" / "升级",
        /// It is closed.
        Closed = "closed" / "办结",
    }
}

impl AlertState {
    /// The state after a step. Nothing follows a closed alert; an officer takes it on once; what was
    /// passed on is explained and closed like any other.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, step: AlertStep) -> Result<AlertState, IllegalTransition> {
        use {AlertState as S, AlertStep as C};
        match (self, step) {
            (S::Raised, C::Acknowledged) => Ok(S::Acknowledged),
            (S::Raised | S::Acknowledged | S::Escalated, C::Explained) => Ok(S::Explained),
            (S::Raised | S::Acknowledged | S::Explained, C::Escalated) => Ok(S::Escalated),
            (S::Raised | S::Acknowledged | S::Explained | S::Escalated, C::Closed) => Ok(S::Closed),
            (S::Acknowledged | S::Explained | S::Escalated, C::Acknowledged)
            | (S::Explained, C::Explained)
            | (S::Escalated, C::Escalated)
            | (S::Closed, C::Acknowledged | C::Explained | C::Escalated | C::Closed) => {
                Err(IllegalTransition { state: self.as_str(), command: step.as_str() })
            }
        }
    }
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// About whom.
    pub institution: InstitutionId,
    /// The rule, by its code.
    pub rule: String,
    /// Version of the rule.
    pub version: u64,
    /// How pressing it is.
    pub level: AlertLevel,
    /// The day that was looked at.
    pub watched_on: Day,
    /// Tagged digest of the facts.
    pub facts: [u8; 32],
    /// Where it stands.
    pub state: AlertState,
    /// Entry that raised it.
    pub seq: u64,
}

words! {
    /// What officers found at a site.
    InspectionFinding {
        /// Nothing wrong.
        InOrder = "in_order" / "未发现问题",
        /// Things to mend.
        Problems = "problems" / "存在问题",
        /// Nobody there, doors closed.
        SiteClosed = "site_closed" / "场所关闭",
        /// Teaching without a licence.
        Unlicensed = "unlicensed" / "无证办学",
        /// Families were told to pay to an account that is not the registered one.
        PayeeMismatch = "payee_mismatch" / "收款账户不符",
    }
}

/// An inspection of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its id.
    pub id: InspectionId,
    /// Of whom.
    pub institution: InstitutionId,
    /// The day.
    pub inspected_on: Day,
    /// What was found.
    pub finding: InspectionFinding,
    /// Items on the list of problems.
    pub problems: u64,
    /// Entry that recorded it.
    pub seq: u64,
}

/// The closure of a failed institution: what its pack counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Its id.
    pub id: ClosureId,
    /// Of whom.
    pub institution: InstitutionId,
    /// Contracts with anything owed.
    pub contracts: u64,
    /// Hours left.
    pub hours_left: ClassHours,
    /// Owed to families, fen.
    pub owed: Fen,
    /// SHA-256 of the manifest of the pack.
    pub manifest: [u8; 32],
    /// Entry that recorded it; the pack counts all entries before it.
    pub seq: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_an_alert() {
        let table: Vec<String> = AlertState::ALL
            .iter()
            .map(|&state| {
                let row = AlertStep::ALL.iter().map(|&step| state.apply(step).map_or("-", AlertState::as_str));
                format!("{}: {}", state.as_str(), row.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "raised: acknowledged explained escalated closed",
                "acknowledged: - explained escalated closed",
                "explained: - - escalated closed",
                "escalated: - explained - closed",
                "closed: - - - -",
            ]
        );
    }
}
