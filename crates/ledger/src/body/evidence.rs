//! Entries about what stands beside a claimed lesson: the pupil's side was there, and what the parties
//! say in a dispute. They move no money; whoever decides looks at them.

use kernel::{CheckInId, ClassSessionId, ContractId, Day, LessonId, words};

use super::registry::SubmittedDocument;
use super::words::Party;
use crate::wire::{record, word_value};

words! {
    /// What a party holds to in a dispute (争议立场).
    DisputeStance {
        /// It stands by what it said.
        Maintains = "maintains" / "坚持",
        /// It gives in: the dispute is decided for the other party.
        Concedes = "concedes" / "放弃争议",
    }
}

word_value!(DisputeStance);

record! {
    /// The pupil's side was in the room: it knew the code that was shown there.
    LessonCheckedIn {
        check_in: CheckInId = "the check-in",
        class_session: ClassSessionId = "the session of the class",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        held_on: Day = "day of the session",
    }
}

record! {
    /// A party says something about a disputed lesson and hands in papers. `commit`: what it says.
    DisputeArgued {
        by: Party = "who",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        documents: Vec<SubmittedDocument> = "papers handed in",
        lesson: LessonId = "the lesson",
        stance: DisputeStance = "what it holds to",
    }
}

impl LessonCheckedIn {
    /// Chinese and English.
    pub(super) fn sentence(&self) -> (String, String) {
        (
            format!("合同 {}：学员一方于 {} 的课次 {} 签到。", self.contract, self.held_on, self.class_session),
            format!(
                "Contract {}: the pupil's side checked in at session {} of {}.",
                self.contract, self.class_session, self.held_on
            ),
        )
    }
}

impl DisputeArgued {
    /// Chinese and English.
    pub(super) fn sentence(&self) -> (String, String) {
        let party = match self.by {
            Party::Institution => "the institution",
            Party::Guardian => "the guardian",
        };
        (
            format!(
                "合同 {}：{}就消课 {} 的异议举证（{}），附材料 {} 份。",
                self.contract,
                self.by.zh(),
                self.lesson,
                self.stance.zh(),
                self.documents.len()
            ),
            format!(
                "Contract {}: {party} argues about lesson {} ({}), with {} documents.",
                self.contract,
                self.lesson,
                self.stance,
                self.documents.len()
            ),
        )
    }
}
