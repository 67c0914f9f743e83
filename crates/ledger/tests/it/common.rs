//! A small ledger in which every entry type occurs, built entry by entry with fixed ids and times.

use kernel::{
    ApplicationId, Category, ClassHours, ContractId, CourseId, CreditCode, Day, Fen, HoldId, Instant, InstitutionId,
    LedgerId, LessonId, LicenceId, ListingId, LotId, Mode, PaymentId, RefundId, SettlementId, Stage, SubjectId, UserId,
};
use ledger::*;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub const ORIGIN: &str = "ledger.example/330502";
pub const SEED: [u8; 32] = [7; 32];

pub fn key() -> LogKey {
    LogKey::from_seed(ORIGIN, &SEED).unwrap()
}

/// The n-th id of a kind.
pub fn uuid(kind: u8, n: u64) -> Uuid {
    Uuid::from_u128(0x0190_b7e2_7b5c_7c00_8000_0000_0000_0000 | u128::from(kind) << 40 | u128::from(n))
}

pub fn hours(s: &str) -> ClassHours {
    s.parse().unwrap()
}

pub fn day(s: &str) -> Day {
    s.parse().unwrap()
}

pub fn part(lot: LotId, h: &str, fen: i64) -> LotPart {
    LotPart { fen: Fen::new(fen), hours: hours(h), lot }
}

/// Writes entries the way a writer does.
pub struct Chain {
    pub entries: Vec<Vec<u8>>,
    pub leaves: Vec<Hash>,
    pub nodes: HashMap<Node, Hash>,
    pub frontier: Frontier,
    pub institutions: HashMap<InstitutionId, (u64, Hash)>,
    pub actor: Actor,
    /// Days after 2026-03-01 on which the next entry is recorded.
    pub days: i64,
}

impl Chain {
    pub fn new() -> Chain {
        Chain {
            entries: Vec::new(),
            leaves: Vec::new(),
            nodes: HashMap::new(),
            frontier: Frontier::new(),
            institutions: HashMap::new(),
            actor: Actor::User { role: ActorRole::Regulator, user: UserId::new(uuid(90, 1)) },
            days: 0,
        }
    }

    pub fn header(&self, institution: Option<InstitutionId>, commit: bool) -> Header {
        let seq = self.frontier.size();
        let start: Instant = "2026-03-01T01:00:00.000000Z".parse().unwrap();
        let after = i64::try_from(seq).unwrap() * 60_000_123 + self.days * 86_400_000_000;
        let recorded_at = start.plus_micros(after).unwrap();
        Header {
            ledger: "330502".parse::<LedgerId>().unwrap(),
            seq,
            prev: self.leaves.last().copied().unwrap_or(Hash::ZERO),
            recorded_at,
            effective_on: recorded_at.day(),
            actor: self.actor,
            policy: digest(tags::POLICY, b"330502 2026-03-01"),
            institution: institution.map(|institution| {
                let (seq, prev) = self.institutions.get(&institution).copied().unwrap_or((0, Hash::ZERO));
                InstitutionLink { institution, seq: seq + 1, prev }
            }),
            commit: commit.then(|| ledger::commit(tags::COMMIT, &[u8::try_from(seq % 251).unwrap(); 32], b"{}")),
        }
    }

    /// Appends bytes as they are.
    pub fn append(&mut self, bytes: Vec<u8>) {
        let leaf = leaf_hash(&bytes);
        let nodes = &mut self.nodes;
        self.frontier.push_with(leaf, |node, hash| {
            nodes.insert(node, hash);
        });
        self.leaves.push(leaf);
        self.entries.push(bytes);
    }

    pub fn push(&mut self, institution: Option<InstitutionId>, body: impl Into<Body>) {
        let body = body.into();
        // The golden vectors are older than the commitment of an application.
        let commit = body.entry_type().commit().is_some() && body.entry_type() != EntryType::ApplicationSubmitted;
        let header = self.header(institution, commit);
        let bytes = encode(&header, &body).unwrap();
        if let Some(link) = header.institution {
            self.institutions.insert(link.institution, (link.seq, leaf_hash(&bytes)));
        }
        self.append(bytes);
    }

    /// The books after all entries so far.
    pub fn books(&self) -> Books {
        let mut books = Books::new();
        for (bytes, leaf) in self.entries.iter().zip(&self.leaves) {
            books.apply(&decode(bytes).unwrap(), *leaf).unwrap();
        }
        books
    }

    /// Seals a day of an institution as it is.
    pub fn seal(&mut self, institution: InstitutionId, on: &str) {
        let seal = self.books().seal(institution, day(on)).unwrap();
        self.push(Some(institution), seal);
    }

    /// Numbers of the entries for which this holds.
    fn seqs(&self, mut of: impl FnMut(&Entry) -> bool) -> Vec<u64> {
        (0..).zip(&self.entries).filter(|(_, bytes)| of(&decode(bytes).unwrap())).map(|(seq, _)| seq).collect()
    }

    fn entry(&self, seq: u64) -> Vec<u8> {
        self.entries[usize::try_from(seq).unwrap()].clone()
    }

    /// The last seal that counts a contract, with its proof.
    pub fn sealed(&self, contract: ContractId) -> Option<(u64, SealedContract)> {
        let mut books = Books::new();
        let mut found = None;
        for (bytes, leaf) in self.entries.iter().zip(&self.leaves) {
            let entry = decode(bytes).unwrap();
            books.apply(&entry, *leaf).unwrap();
            if let (Body::DaySealed(seal), Some(link)) = (&entry.body, entry.header.institution) {
                let tree = books.seal_tree(link.institution, seal.sealed_on).unwrap();
                let proof = books.seal_leaf(contract).and_then(|leaf| tree.prove(&leaf));
                found = proof.map(|proof| (entry.header.seq, SealedContract { entry: bytes.clone(), proof })).or(found);
            }
        }
        found
    }

    pub fn balance(&self, contract: ContractId) -> SealedBalance {
        let (seq, seal) = self.sealed(contract).unwrap();
        let Receipt { log, proof: inclusion, .. } = self.receipt(seq);
        SealedBalance { log, seal, inclusion }
    }

    pub fn statement(&self, subject: Subject) -> Statement {
        let (mut seqs, seal) = match subject {
            Subject::Contract(id) => {
                (self.seqs(|entry| entry.body.contract().is_some_and(|(of, _)| of == id)), self.sealed(id))
            }
            Subject::Institution(id) => {
                (self.seqs(|entry| entry.header.institution.is_some_and(|link| link.institution == id)), None)
            }
        };
        let entries = seqs.iter().map(|&seq| self.entry(seq)).collect();
        seqs.extend(seal.iter().map(|(seq, _)| *seq));
        seqs.sort_unstable();
        Statement {
            log: key().verifier().clone(),
            subject,
            entries,
            seal: seal.map(|(_, seal)| seal),
            hashes: ProofPlan::inclusion_of(&seqs, self.frontier.size()).unwrap().build(&self.nodes).unwrap(),
            checkpoint: key().sign_checkpoint(&self.checkpoint()).unwrap(),
        }
    }

    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(ORIGIN, self.frontier.size(), self.frontier.root())
    }

    pub fn receipt(&self, index: u64) -> Receipt {
        let size = self.frontier.size();
        Receipt {
            log: key().verifier().clone(),
            entry: self.entries[usize::try_from(index).unwrap()].clone(),
            proof: TlogProof {
                extra: None,
                index,
                hashes: merkle::inclusion_proof(index, size, &self.nodes).unwrap(),
                checkpoint: key().sign_checkpoint(&self.checkpoint()).unwrap(),
            },
        }
    }

    pub fn export(&self) -> Vec<u8> {
        let mut out = ExportWriter::begin(Vec::new(), key().verifier(), self.frontier.size()).unwrap();
        for entry in &self.entries {
            out.entry(entry).unwrap();
        }
        out.finish(&key().sign_checkpoint(&self.checkpoint()).unwrap()).unwrap()
    }

    pub fn verify(&self) -> Report {
        let mut verifier = Verifier::for_log(key().verifier());
        for entry in &self.entries {
            verifier.feed(entry);
        }
        verifier.finish(Some(&self.checkpoint()))
    }
}

pub fn opened() -> LedgerOpened {
    LedgerOpened {
        origin: ORIGIN.parse().unwrap(),
        region: "330502".parse().unwrap(),
        vkey: key().vkey().parse().unwrap(),
    }
}

pub fn registered(n: u64) -> InstitutionRegistered {
    InstitutionRegistered {
        category: Category::Arts,
        credit_code: CreditCode::complete(&format!("52330502MJ{n:07}")).unwrap(),
        modes: BTreeSet::from([Mode::Offline]),
        region: "330502".parse().unwrap(),
        stages: BTreeSet::from([Stage::Primary, Stage::Junior]),
    }
}

pub fn institution(n: u64) -> InstitutionId {
    InstitutionId::new(uuid(1, n))
}
pub fn contract(n: u64) -> ContractId {
    ContractId::new(uuid(2, n))
}
pub fn lot(n: u64) -> LotId {
    LotId::new(uuid(3, n))
}
pub fn lesson(n: u64) -> LessonId {
    LessonId::new(uuid(4, n))
}
pub fn refund(n: u64) -> RefundId {
    RefundId::new(uuid(5, n))
}
pub fn settlement(n: u64) -> SettlementId {
    SettlementId::new(uuid(6, n))
}
pub fn hold(n: u64) -> HoldId {
    HoldId::new(uuid(7, n))
}

pub fn signature(n: u64) -> ContractSignatureGiven {
    ContractSignatureGiven {
        contract: contract(n),
        contract_seq: 1,
        document: digest(tags::DOCUMENT, &n.to_be_bytes()),
        party: Party::Institution,
    }
}

/// Contract n: lot 2n of 20 + 4 hours at 2,400.00 and lot 2n+1 of 10 hours at 1,000.00.
pub fn signed(n: u64) -> ContractSigned {
    ContractSigned {
        category: Category::Arts,
        contract: contract(n),
        contract_seq: 2,
        course: CourseId::new(uuid(8, 1)),
        document: digest(tags::DOCUMENT, &n.to_be_bytes()),
        first_lesson_on: day("2026-03-05"),
        full_refund_days_after_start: 0,
        full_refund_days_before_start: 3,
        guardian: SubjectId::new(uuid(9, 2 * n)),
        last_lesson_on: day("2026-05-31"),
        lots: vec![
            LotSold {
                gift_hours: hours("4"),
                list_price_per_hour_fen: Some(Fen::new(15_000)),
                lot: lot(2 * n),
                paid_hours: hours("20"),
                price_fen: Fen::new(240_000),
            },
            LotSold {
                gift_hours: ClassHours::ZERO,
                list_price_per_hour_fen: None,
                lot: lot(2 * n + 1),
                paid_hours: hours("10"),
                price_fen: Fen::new(100_000),
            },
        ],
        mode: Mode::Offline,
        party: Party::Guardian,
        pay_back_days: 15,
        pupil: SubjectId::new(uuid(9, 2 * n + 1)),
        stage: Stage::Primary,
    }
}

pub fn paid(n: u64) -> FeePaid {
    FeePaid {
        amount_fen: Fen::new(340_000),
        contract: contract(n),
        contract_seq: 3,
        lots: vec![
            LotMoney { fen: Fen::new(240_000), lot: lot(2 * n) },
            LotMoney { fen: Fen::new(100_000), lot: lot(2 * n + 1) },
        ],
        method: PaymentMethod::BankTransfer,
        paid_at: "2026-03-02T02:03:04.000005Z".parse().unwrap(),
        payment: PaymentId::new(uuid(10, n)),
        reference: digest(tags::BANK_REFERENCE, &n.to_be_bytes()),
    }
}

pub fn claimed(n: u64, contract_seq: u64, lesson_n: u64, lots: &[(LotId, &str)]) -> LessonClaimed {
    LessonClaimed {
        class_session: None,
        contract: contract(n),
        contract_seq,
        deemed_confirmed_on: Some(day("2026-03-26")),
        held_on: day("2026-03-05"),
        hours: ClassHours::try_sum(lots.iter().map(|(_, h)| hours(h))).unwrap(),
        lesson: lesson(lesson_n),
        lots: lots.iter().map(|&(lot, h)| LotHours { hours: hours(h), lot }).collect(),
    }
}

pub fn confirmed(n: u64, contract_seq: u64, lesson_n: u64, lots: Vec<LotPart>) -> LessonConfirmed {
    LessonConfirmed { by: ConfirmedBy::Guardian, contract: contract(n), contract_seq, lesson: lesson(lesson_n), lots }
}

fn application(chain: &mut Chain, a: InstitutionId, n: u64, kind: ApplicationKind, decision: ApplicationDecision) {
    let application = ApplicationId::new(uuid(11, n));
    let document = SubmittedDocument { kind: "site_lease".parse().unwrap(), sha256: digest(tags::DOCUMENT, b"lease") };
    chain.push(
        Some(a),
        ApplicationSubmitted {
            accept_by_on: None,
            application,
            category: Category::Arts,
            decide_by_on: if n == 1 { Some(day("2026-03-31")) } else { None },
            documents: if n == 1 { vec![document] } else { Vec::new() },
            kind,
            modes: BTreeSet::from([Mode::Offline, Mode::Online]),
            stages: BTreeSet::from([Stage::Primary, Stage::Junior]),
        },
    );
    chain.push(Some(a), ApplicationAccepted { application, decide_by_on: None });
    chain.push(Some(a), ApplicationDecided { application, decision });
}

fn licence(chain: &mut Chain, a: InstitutionId, n: u64) -> LicenceId {
    let licence = LicenceId::new(uuid(12, n));
    chain.push(
        Some(a),
        LicenceGranted {
            application: ApplicationId::new(uuid(11, n)),
            category: Category::Arts,
            licence,
            licence_number: format!("教民133050270000{n:02}1号（“副本”\"A\\B\"）").parse().unwrap(),
            modes: BTreeSet::from([Mode::Offline]),
            stages: BTreeSet::from([Stage::Preschool, Stage::Primary, Stage::Junior, Stage::Senior]),
            valid_from_on: day("2026-03-01"),
            valid_until_on: day("2029-02-28"),
        },
    );
    licence
}

/// Every type at least once.
pub fn story() -> Chain {
    let mut c = Chain::new();
    let a = institution(1);
    c.actor = Actor::System;
    c.push(None, opened());
    c.push(None, PolicyAdopted { effective_on: day("2026-03-01"), region: "330502".parse().unwrap() });
    c.actor = Actor::User { role: ActorRole::Regulator, user: UserId::new(uuid(90, 1)) };
    c.push(Some(a), registered(1));
    application(&mut c, a, 1, ApplicationKind::New, ApplicationDecision::Grant);
    let first = licence(&mut c, a, 1);
    c.push(
        Some(a),
        ListingChanged {
            cause_code: None,
            list: ListKind::White,
            listing: ListingId::new(uuid(13, 1)),
            objection_by_on: None,
            published_on: day("2026-03-01"),
            rectify_by_on: None,
            until_on: None,
        },
    );
    c.push(
        Some(a),
        CoursePublished {
            category: Category::Arts,
            class_size_max: 12,
            course: CourseId::new(uuid(8, 1)),
            ends_on: day("2026-05-31"),
            hours: hours("34"),
            list_price_per_hour_fen: Some(Fen::new(15_000)),
            minutes_per_hour: 45,
            mode: Mode::Offline,
            price_fen: Fen::new(340_000),
            stage: Stage::Primary,
            starts_on: day("2026-03-05"),
        },
    );
    c.actor = Actor::User { role: ActorRole::Institution, user: UserId::new(uuid(90, 2)) };
    c.push(Some(a), signature(1));
    c.actor = Actor::User { role: ActorRole::Guardian, user: UserId::new(uuid(90, 3)) };
    c.push(Some(a), signed(1));
    c.push(Some(a), paid(1));
    // 2,400.00 for 24 hours: 100.00 an hour.
    c.push(Some(a), claimed(1, 4, 1, &[(lot(2), "1.5")]));
    c.push(Some(a), confirmed(1, 5, 1, vec![part(lot(2), "1.5", 15_000)]));
    c.push(Some(a), LessonClaimed { deemed_confirmed_on: None, ..claimed(1, 6, 2, &[(lot(2), "0.25")]) });
    let frozen = vec![part(lot(2), "0.25", 2_500)];
    let reason = DisputeReason::NotHeld;
    let disputed = LessonDisputed {
        contract: contract(1),
        contract_seq: 7,
        decide_by_on: None,
        lesson: lesson(2),
        lots: frozen.clone(),
        reason,
    };
    c.push(Some(a), disputed.clone());
    let decided = DisputeDecided {
        contract: contract(1),
        contract_seq: 8,
        decision: DisputeDecision::Family,
        lesson: lesson(2),
        lots: frozen,
    };
    c.push(Some(a), decided.clone());
    // Takes the rest of the first lot and one hour of the second.
    c.push(Some(a), claimed(1, 9, 3, &[(lot(2), "22.5"), (lot(3), "1")]));
    let frozen = vec![part(lot(2), "22.5", 225_000), part(lot(3), "1", 10_000)];
    c.push(Some(a), LessonDisputed { contract_seq: 10, lesson: lesson(3), lots: frozen.clone(), ..disputed });
    c.push(
        Some(a),
        DisputeDecided {
            contract_seq: 11,
            decision: DisputeDecision::Institution,
            lesson: lesson(3),
            lots: frozen,
            ..decided
        },
    );
    c.actor = Actor::System;
    c.push(Some(a), SettlementOrdered { amount_fen: Fen::new(200_000), settlement: settlement(1) });
    c.push(
        Some(a),
        SettlementPaid {
            amount_fen: Fen::new(200_000),
            reference: digest(tags::BANK_REFERENCE, b"settlement 1"),
            settlement: settlement(1),
        },
    );
    let lots = vec![part(lot(3), "9", 90_000)];
    c.push(
        Some(a),
        RefundRequested {
            amount_fen: Fen::new(90_000),
            answer_by_on: Some(day("2026-03-09")),
            cause: RefundCause::Consumer,
            contract: contract(1),
            contract_seq: 12,
            lots: lots.clone(),
            refund: refund(1),
        },
    );
    c.push(
        Some(a),
        RefundConsented {
            by: ConsentedBy::Silence,
            contract: contract(1),
            contract_seq: 13,
            lots,
            pay_by_on: Some(day("2026-03-24")),
            refund: refund(1),
        },
    );
    c.push(
        Some(a),
        RefundPaid {
            amount_fen: Fen::new(90_000),
            contract: contract(1),
            contract_seq: 14,
            reference: digest(tags::BANK_REFERENCE, b"refund 1"),
            refund: refund(1),
        },
    );
    c.push(Some(a), HoldPlaced { cause: HoldCause::Suspension, hold: hold(1) });
    c.push(Some(a), LicenceSuspended { licence: first });
    c.push(Some(a), HoldReleased { hold: hold(1) });
    c.push(Some(a), LicenceReinstated { licence: first });
    application(&mut c, a, 2, ApplicationKind::Change, ApplicationDecision::Grant);
    c.push(Some(a), LicenceEnded { cause: LicenceEndCause::Changed, licence: first });
    let second = licence(&mut c, a, 2);
    let reason_code: Code = "false_documents".parse().unwrap();
    let effective_on = day("2026-04-01");
    let proposed = LicenceRevocationProposed {
        effective_on,
        hearing_by_on: None,
        licence: second,
        reason_code: reason_code.clone(),
    };
    c.push(Some(a), proposed);
    c.push(Some(a), LicenceRevoked { effective_on, licence: second, reason_code });
    c
}

/// `n` entries: one institution, contracts with payment, lesson and confirmation.
pub fn long(n: u64) -> Chain {
    let mut c = Chain::new();
    let a = institution(1);
    c.push(None, opened());
    c.push(Some(a), registered(1));
    let mut k = 1;
    while c.frontier.size() < n {
        c.push(Some(a), signature(k));
        c.push(Some(a), signed(k));
        c.push(Some(a), paid(k));
        for i in 0..8 {
            c.push(Some(a), claimed(k, 4 + 2 * i, 8 * k + i, &[(lot(2 * k), "1.5")]));
            c.push(Some(a), confirmed(k, 5 + 2 * i, 8 * k + i, vec![part(lot(2 * k), "1.5", 15_000)]));
        }
        k += 1;
    }
    c
}

/// Two institutions, three contracts of the first and one of the second, two days sealed, and an
/// entry after the last seal.
pub fn sealed_story() -> Chain {
    let mut c = Chain::new();
    let (a, b) = (institution(1), institution(2));
    c.push(None, opened());
    c.push(Some(a), registered(1));
    c.push(Some(b), registered(2));
    for n in 1..=3 {
        c.push(Some(a), signature(n));
        c.push(Some(a), signed(n));
        c.push(Some(a), paid(n));
    }
    for body in [Body::from(signature(4)), signed(4).into(), paid(4).into()] {
        c.push(Some(b), body);
    }
    c.push(Some(a), claimed(1, 4, 1, &[(lot(2), "1.5")]));
    c.push(Some(a), confirmed(1, 5, 1, vec![part(lot(2), "1.5", 15_000)]));
    c.actor = Actor::System;
    c.days = 1;
    c.seal(a, "2026-03-01");
    c.seal(b, "2026-03-01");
    c.push(Some(a), claimed(2, 4, 2, &[(lot(4), "2")]));
    c.push(
        Some(a),
        LessonDisputed {
            decide_by_on: None,
            contract: contract(2),
            contract_seq: 5,
            lesson: lesson(2),
            lots: vec![part(lot(4), "2", 20_000)],
            reason: DisputeReason::NotHeld,
        },
    );
    c.days = 3;
    c.seal(a, "2026-03-03");
    c.push(Some(a), claimed(1, 6, 3, &[(lot(2), "1")]));
    c
}
