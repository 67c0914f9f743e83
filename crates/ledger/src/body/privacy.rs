//! Entries about the personal data beside the ledger: that it was erased, and why. No money.

use kernel::{SubjectId, words};

use crate::wire::{record, word_value};

words! {
    /// On which ground a person's records were erased (删除依据).
    ErasureGround {
        /// The time for which they must be kept is over.
        RetentionOver = "retention_over" / "保存期限届满",
        /// The person, or the guardian of the pupil, asked for it.
        Request = "request" / "本人或监护人要求",
        /// An order of an authority or a court.
        Order = "order" / "依法责令",
    }
}

word_value!(ErasureGround);

record! {
    /// A person's records, their salts and their key were erased; entries and proofs stand.
    SubjectErased {
        ground: ErasureGround = "on which ground",
        subject: SubjectId = "the person, as entries name them",
    }
}

impl SubjectErased {
    /// Chinese and English.
    pub(super) fn sentence(&self) -> (String, String) {
        (
            format!("已删除 {} 的个人信息：{}。", self.subject, self.ground.zh()),
            format!("The personal data of {} was erased: {}.", self.subject, self.ground),
        )
    }
}
