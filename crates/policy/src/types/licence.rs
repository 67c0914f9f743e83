//! Steps of an application, grounds of a revocation, criteria of the lists.

use kernel::words;

use crate::value::word_values;

words! {
    /// Applications for which the site is checked before a grant.
    SiteCheckFor {
        /// A first licence.
        New = "new" / "新设",
        /// A further term.
        Renewal = "renewal" / "延续",
        /// Another scope.
        Change = "change" / "变更",
        /// From a school subject to another category.
        Conversion = "conversion" / "转型",
        /// Another address.
        ChangeSite = "change_site" / "办学地址变更",
        /// A branch.
        Branch = "branch" / "设立分支机构",
    }
}

words! {
    /// Grounds on which a licence may be revoked.
    RevocationGround {
        /// Splitting or merging without approval.
        UnauthorisedMerger = "unauthorised_merger" / "擅自分立、合并",
        /// Changing name, level, category or promoter without approval.
        UnauthorisedChange = "unauthorised_change" / "擅自改变名称、层次、类别和举办者",
        /// False brochures or advertising to get money.
        FalseAdvertising = "false_advertising" / "发布虚假招生简章或者广告，骗取钱财",
        /// Certificates issued unlawfully or forged.
        ForgedCertificates = "forged_certificates" / "非法颁发或者伪造证书",
        /// Disorder with grave effect.
        Mismanagement = "mismanagement" / "管理混乱严重影响教育教学，产生恶劣社会影响",
        /// Fraud to get the licence.
        ObtainedByFraud = "obtained_by_fraud" / "提交虚假证明文件或者采取其他欺诈手段骗取办学许可证",
        /// Forging, selling, renting or lending a licence.
        LicenceLent = "licence_lent" / "伪造、变造、买卖、出租、出借办学许可证",
        /// Ending in bad faith, withdrawing or diverting funds.
        BadFaithEnding = "bad_faith_ending" / "恶意终止办学、抽逃资金或者挪用办学经费",
        /// Fees taken outside the account beyond the amount that the place fixes.
        PrivateCollection = "private_collection" / "体外收取费用超过规定金额",
    }
}

words! {
    /// What the white list asks.
    WhiteCriterion {
        /// A licence in force.
        LicenceInForce = "licence_in_force" / "持有有效许可证",
        /// The last annual inspection was passed.
        InspectionQualified = "inspection_qualified" / "最近一次年检合格",
        /// Nothing is left to put right.
        NothingToRectify = "nothing_to_rectify" / "无待整改事项",
        /// A custody account is registered.
        CustodyAccount = "custody_account" / "已登记预收费托管账户",
    }
}

words! {
    /// What brings an institution on the black list.
    BlackGround {
        /// Teaching without a licence.
        Unlicensed = "unlicensed" / "无证办学",
        /// Online by an offline institution and the reverse, subjects by a non-subject one.
        BeyondScope = "beyond_scope" / "超出许可范围开展培训",
        /// Unreviewed materials.
        UnreviewedMaterials = "unreviewed_materials" / "使用未经审核的培训材料",
        /// Staff on the blacklist of persons.
        BarredStaff = "barred_staff" / "聘用列入从业人员黑名单的人员",
        /// Not put right in time.
        NotRectified = "not_rectified" / "逾期未整改或者整改不合格",
        /// The licence was revoked.
        LicenceRevoked = "licence_revoked" / "被吊销许可证",
        /// Closed without refunding.
        Absconded = "absconded" / "擅自停业、卷款跑路",
        /// Danger to safety.
        SafetyDanger = "safety_danger" / "存在重大安全隐患",
        /// All points are used up.
        PointsUsedUp = "points_used_up" / "记分达到上限",
    }
}

word_values! {
    SiteCheckFor = "new, renewal, change, conversion, change_site or branch";
    RevocationGround = "a ground of revocation (policy::types::RevocationGround)";
    WhiteCriterion = "licence_in_force, inspection_qualified, nothing_to_rectify or custody_account";
    BlackGround = "a ground of the black list (policy::types::BlackGround)";
}
