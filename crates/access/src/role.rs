//! Users as the access table sees them.

use std::collections::BTreeSet;

use kernel::{InstitutionId, LedgerId, RegionCode, SubjectId, UserId, words};

use crate::Powers;

words! {
    /// Departments of a regulator (主管部门).
    Department {
        /// Education.
        Education = "education" / "教育",
        /// Science and technology.
        Science = "science" / "科技",
        /// Culture and tourism.
        Culture = "culture" / "文化和旅游",
        /// Sports.
        Sports = "sports" / "体育",
        /// Market supervision.
        Market = "market" / "市场监管",
        /// Financial supervision.
        Finance = "finance" / "金融监管",
    }
}

words! {
    /// What a regulator's officer is trusted with.
    Duty {
        /// Prepares: registers, accepts, proposes, holds.
        Officer = "officer" / "经办",
        /// Decides.
        Approver = "approver" / "审批",
    }
}

words! {
    /// Posts within an institution.
    Post {
        /// Acts for the institution in everything.
        Owner = "owner" / "负责人",
        /// Courses, contracts, payments, refunds.
        Staff = "staff" / "工作人员",
        /// Lessons only.
        Teacher = "teacher" / "教师",
    }
}

words! {
    /// The roles of the system.
    RoleKind {
        /// An authority.
        Regulator = "regulator" / "监管部门",
        /// A tutoring institution.
        Institution = "institution" / "培训机构",
        /// A guardian.
        Guardian = "guardian" / "监护人",
        /// The custody bank.
        Bank = "bank" / "托管银行",
        /// An auditor.
        Auditor = "auditor" / "审计",
        /// The administrator of users and settings.
        Admin = "admin" / "系统管理员",
    }
}

/// A role with what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// An officer of an authority: acts in its own region, reads below it.
    Regulator {
        /// Its region.
        region: RegionCode,
        /// Its department.
        department: Department,
        /// Its duties; none stated = both.
        duties: BTreeSet<Duty>,
    },
    /// Somebody who acts for one institution.
    Institution {
        /// The ledger of the institution.
        ledger: LedgerId,
        /// The institution.
        institution: InstitutionId,
        /// The post held.
        post: Post,
    },
    /// A guardian: only the contracts to which this person is a party.
    Guardian {
        /// The ledger of the contracts.
        ledger: LedgerId,
        /// The person, as contracts name it.
        subject: SubjectId,
    },
    /// The custody bank of a region.
    Bank {
        /// Its region.
        region: RegionCode,
    },
    /// Reads and verifies all of a region, writes nothing.
    Auditor {
        /// Its region.
        region: RegionCode,
    },
    /// Users and settings; sees no personal data.
    Admin,
}

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// What it has or lacks beside the role.
    pub powers: Powers,
}

impl Role {
    /// The role without what it is bound to.
    pub const fn kind(&self) -> RoleKind {
        match self {
            Role::Regulator { .. } => RoleKind::Regulator,
            Role::Institution { .. } => RoleKind::Institution,
            Role::Guardian { .. } => RoleKind::Guardian,
            Role::Bank { .. } => RoleKind::Bank,
            Role::Auditor { .. } => RoleKind::Auditor,
            Role::Admin => RoleKind::Admin,
        }
    }

    /// The region of an authority, bank or auditor.
    pub const fn region(&self) -> Option<RegionCode> {
        match self {
            Role::Regulator { region, .. } | Role::Bank { region } | Role::Auditor { region } => Some(*region),
            Role::Institution { .. } | Role::Guardian { .. } | Role::Admin => None,
        }
    }
}

impl Principal {
    /// A user with what the role gives, and nothing beside it.
    pub fn new(user: UserId, role: Role) -> Principal {
        Principal { user, role, powers: Powers::default() }
    }

    /// The actor as ledger entries name it: `<role>:<user>`.
    pub fn actor(&self) -> String {
        format!("{}:{}", self.role.kind(), self.user)
    }
}
