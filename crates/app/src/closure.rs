//! The pack of a failed institution: every family with its hours and fen left, the money position, the
//! order of payment, and the families' contacts sealed for the liquidator. A ZIP with a manifest of
//! SHA-256 sums; the ledger records the manifest's. docs/FAILURE.md says how to open the contacts.

mod tables;

use std::io::{Cursor, Read, Write};

use access::Action;
use argon2::{Algorithm, Argon2, Params, Version};
use escrow::{Account, Closure};
use kernel::{ClassHours, ClosureId, Fen, InstitutionId};
use ledger::Hash;
use serde_json::{Value, json};
use store::vault::Key;

use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Thing, Viewer, allow};
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::ClosurePack;
use crate::writer::Outcome;

/// Shortest passphrase for the contacts, characters.
pub const PASSPHRASE_MIN: usize = 12;
/// Contracts read in one go.
const PAGE: u32 = 500;
/// Argon2id: memory in KiB, passes, lanes (RFC 9106, the second recommended choice).
const KDF: (u32, u32, u32) = (65_536, 3, 4);
/// Under what the contacts are sealed.
const CONTACTS: &str = "tutela/closure-contacts/1";
/// What each file of a pack is.
const README: &str = "\
关停清算包 Closure pack

families.csv   每份合同剩余课时与应退金额 hours and money left of each contract (fen, 1 yuan = 100 fen)
position.json  资金状况与清偿顺序 money position and order of payment
transfer_offers.csv  白名单机构承接意向 hours that institutions on the white list offer
closure.xlsx   以上各表（金额为元） the same tables as sheets, money in yuan
refunds.csv    已申请、已同意尚未支付的退费 refunds asked for or agreed, not paid yet
contacts.sealed.json  家长联系方式（加密） contacts of the families, sealed with the passphrase
manifest.json  各文件的 SHA-256 与账本位置 SHA-256 of each file, and the position in the ledger

打开联系方式 To open the contacts: tutela closure open --pack FILE --passphrase-file FILE
Argon2id(passphrase, salt) -> XChaCha20-Poly1305, docs/FAILURE.md
";

/// A pack as it is made.
struct Pack {
    zip: Vec<u8>,
    closure: Closure,
    institution_seq: u64,
}

fn trouble<E>(_: E) -> AppError {
    Corrupt { what: "closure pack" }.into()
}

fn sums<E>(_: E) -> AppError {
    Corrupt { what: "hours or money of a contract" }.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.len().is_multiple_of(2).then(|| text.as_bytes().chunks(2).map(digits).collect())?
}

/// A line of CSV; only ids, numbers and days stand in it, so nothing is quoted.
fn line(cells: &[String]) -> String {
    let cell = |text: &String| {
        if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    format!("{}\r\n", cells.iter().map(cell).collect::<Vec<_>>().join(","))
}

fn seal_key(passphrase: &str, salt: &[u8]) -> Result<Key, AppError> {
    let (memory, passes, lanes) = KDF;
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(trouble)?;
    let mut key = [0_u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(trouble)?;
    Ok(Key::new(key))
}

/// Opens the contacts of a pack.
///
/// # Errors
/// [`AppError`] where the file is no such thing or the passphrase is another.
pub fn open_contacts(sealed: &[u8], passphrase: &str) -> Result<Value, AppError> {
    let file: Value = serde_json::from_slice(sealed).map_err(trouble)?;
    let bytes =
        |name: &str| file.get(name).and_then(Value::as_str).and_then(unhex).ok_or(Corrupt { what: "sealed contacts" });
    let key = seal_key(passphrase, &bytes("salt")?)?;
    let plain = store::vault::open_with(&key, CONTACTS, &bytes("sealed")?)?;
    serde_json::from_slice(&plain).map_err(trouble)
}

/// Opens the contacts in a whole pack.
///
/// # Errors
/// As [`open_contacts`], and a file that is no pack.
pub fn open_pack(pack: &[u8], passphrase: &str) -> Result<Value, AppError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(pack)).map_err(trouble)?;
    let mut sealed = Vec::new();
    archive.by_name("contacts.sealed.json").map_err(trouble)?.read_to_end(&mut sealed).map_err(trouble)?;
    open_contacts(&sealed, passphrase)
}

impl App {
    /// Makes the pack of an institution and records it. Only while its licence is suspended, revoked or
    /// over; the answer names the closure, whose pack is read with [`App::closure_pack`].
    ///
    /// # Errors
    /// Not found, denied; a passphrase that is too short; refused in another state.
    pub async fn closure_make(
        self: &std::sync::Arc<Self>,
        call: Call,
        id: InstitutionId,
        passphrase: &str,
    ) -> Result<(std::sync::Arc<Ledger>, Outcome), AppError> {
        let ledger = self.ledger_for(&call, Thing::Institution(id)).await?;
        if call.principal.is_some() {
            let target = crate::read::institution_target(&ledger, id);
            allow(call.principal.as_ref(), &[Action::ClosurePack], &target, "institution")?;
        }
        if passphrase.chars().count() < PASSPHRASE_MIN {
            let (what, state) = ("passphrase".into(), "too_short".into());
            return Err(AppError::refused(Refusal::State { what, state, command: "seal_contacts".into() }));
        }
        let pack = self.pack(&call, &ledger, id, passphrase).await?;
        if !call.dry_run {
            let manifest = Hash::new(pack.closure.manifest);
            let sealed = self.vault.seal(&context(&ledger, id, &manifest), random(&*self.effects), &pack.zip)?;
            let (effects, name) = (std::sync::Arc::clone(&self.effects), name(&ledger, id, &manifest));
            tokio::task::spawn_blocking(move || effects.keep_file(&name, &sealed))
                .await
                .map_err(|_| AppError::Stopping)??;
        }
        let verb = ClosurePack { closure: pack.closure, institution_seq: pack.institution_seq };
        let outcome = self.submit(&ledger, call, verb).await?;
        Ok((ledger, outcome))
    }

    /// The pack of a closure: a ZIP.
    ///
    /// # Errors
    /// Not found, denied; trouble of the disk.
    pub async fn closure_pack(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        id: ClosureId,
    ) -> Result<Vec<u8>, AppError> {
        let ledger = match viewer {
            Some(_) => self.ledger_of_allowed(viewer, &[Action::ClosurePack], institution).await?,
            None => return Err(AppError::NotSignedIn),
        };
        self.closure_zip(&ledger, institution, id).await
    }

    /// The same for the machine's own command.
    ///
    /// # Errors
    /// Not found; trouble of the disk.
    pub async fn closure_zip(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        id: ClosureId,
    ) -> Result<Vec<u8>, AppError> {
        let missing = || AppError::not_found("closure");
        let closure = store::closure_load(&self.store.read(), ledger.id(), &[id]).await?.pop();
        let closure = closure.filter(|closure| closure.institution == institution).ok_or_else(missing)?;
        let manifest = Hash::new(closure.manifest);
        let (effects, name) = (std::sync::Arc::clone(&self.effects), name(ledger, institution, &manifest));
        let sealed =
            tokio::task::spawn_blocking(move || effects.kept_file(&name)).await.map_err(|_| AppError::Stopping)??;
        let sealed = sealed.ok_or_else(missing)?;
        Ok(self.vault.open(&context(ledger, institution, &manifest), &sealed)?.to_vec())
    }

    async fn pack(&self, call: &Call, ledger: &Ledger, id: InstitutionId, passphrase: &str) -> Result<Pack, AppError> {
        let row = self.institution_in(ledger, id).await?;
        let of = store::ContractFilter { institution: Some(id), ..store::ContractFilter::default() };
        let mut families = vec![columns()];
        let (mut contacts, mut after) = (Vec::new(), None);
        let (mut contracts, mut hours, mut owed) = (0_u64, ClassHours::ZERO, Fen::ZERO);
        loop {
            let page = store::accounts_page(&self.store.read(), ledger.id(), &of, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.terms.id);
            for account in &page {
                let left = account.remaining().map_err(sums)?;
                let sum = Fen::try_sum([account.prepaid, account.disputed, account.refund]).map_err(sums)?;
                if left.is_zero() && sum == Fen::ZERO {
                    continue;
                }
                contracts = contracts.saturating_add(1);
                hours = hours.checked_add(left).map_err(sums)?;
                owed = owed.checked_add(sum).map_err(sums)?;
                families.push(family(account, left, sum));
                contacts.push(self.contact(call, ledger, account).await?);
            }
        }
        let claims = registry::closing::Claims { families: owed, wages: Fen::ZERO, others: Fen::ZERO };
        let custody = row.custody.checked_sub(row.payable).map_err(sums)?;
        let shares = registry::closing::shares(custody, row.payable, &claims).map_err(sums)?;
        let bank = store::statements_last(&self.store.read(), ledger.id(), id).await?;
        let bank: Vec<Value> = bank
            .iter()
            .map(|statement| json!({ "on": statement.on.to_string(), "closing_fen": statement.closing.fen() }))
            .collect();
        let position = json!({
            "custody_fen": row.custody.fen(),
            "prepaid_fen": row.prepaid.fen(),
            "disputed_fen": row.disputed.fen(),
            "refund_fen": row.refund.fen(),
            "payable_fen": row.payable.fen(),
            "bank_statements": bank,
            "order_of_payment": [
                { "rank": 1, "what": "学员费用 fees to be refunded to families", "claim_fen": owed.fen(), "paid_fen": shares.families.fen() },
                { "rank": 2, "what": "职工工资和社会保险费用 wages and social insurance", "claim_fen": null, "left_fen": shares.left.fen() },
                { "rank": 3, "what": "其他债务 other debts", "claim_fen": null },
            ],
            "source": "民办教育促进法 第五十九条",
        });
        let contacts = self.seal_contacts(&Value::Array(contacts), passphrase)?;
        let refunds = self.refunds_waiting(ledger, id).await?;
        let offers = self.offers_table(ledger, id).await?;
        let sheets = [("families 家庭", &families), ("refunds 退费", &refunds), ("transfer_offers 承接", &offers)];
        let workbook = tables::workbook(&sheets)?;
        let csv = |rows: &tables::Rows| rows.iter().map(|row| line(row)).collect::<String>().into_bytes();
        let files: Vec<(&str, Vec<u8>)> = vec![
            ("README.txt", README.as_bytes().to_vec()),
            ("closure.xlsx", workbook),
            ("contacts.sealed.json", contacts),
            ("families.csv", csv(&families)),
            ("position.json", pretty(&position)),
            ("refunds.csv", csv(&refunds)),
            ("transfer_offers.csv", csv(&offers)),
        ];
        let closure = self.new_id(call, ClosureId::new);
        let listed: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| {
                json!({ "name": name, "bytes": bytes.len(), "sha256": ledger::file_digest(bytes).to_string() })
            })
            .collect();
        let manifest = pretty(&json!({
            "format": "tutela-closure/1",
            "closure": closure.to_string(),
            "ledger": ledger.id().as_str(),
            "institution": id.to_string(),
            "institution_seq": row.last_seq.to_string(),
            "last_leaf": Hash::new(row.last_leaf).to_string(),
            "contracts": contracts,
            "hours_left": hours.to_string(),
            "owed_fen": owed.fen(),
            "files": listed,
        }));
        let manifest_hash = *ledger::file_digest(&manifest).as_bytes();
        let zip = zip(files.into_iter().chain([("manifest.json", manifest)]))?;
        let closure = Closure {
            id: closure,
            institution: id,
            contracts,
            hours_left: hours,
            owed,
            manifest: manifest_hash,
            seq: 0,
        };
        Ok(Pack { zip, closure, institution_seq: row.last_seq })
    }

    /// Whom to reach about a contract; what was erased is not there. The reading is written down.
    async fn contact(&self, call: &Call, ledger: &Ledger, account: &Account) -> Result<Value, AppError> {
        if let Some(viewer) = &call.principal {
            let why = crate::read::Why { now: call.now, reason: Some("关停清算 closure pack".to_owned()) };
            self.trace(viewer, ledger, &account.terms, "closure_pack", &why).await?;
        }
        let guardian = self.person(ledger.id(), account.terms.guardian).await?;
        let pupil = self.person(ledger.id(), account.terms.pupil).await?;
        let text = |record: &Option<Value>, name: &str| record.as_ref().and_then(|r| r.get(name)).cloned();
        Ok(json!({
            "contract": account.terms.id.to_string(),
            "guardian": text(&guardian, "name"),
            "phone": text(&guardian, "phone"),
            "address": text(&guardian, "address"),
            "pupil": text(&pupil, "name"),
        }))
    }

    fn seal_contacts(&self, contacts: &Value, passphrase: &str) -> Result<Vec<u8>, AppError> {
        let salt: [u8; 16] = random(&*self.effects);
        let key = seal_key(passphrase, &salt)?;
        let sealed = store::vault::seal_with(&key, CONTACTS, random(&*self.effects), contacts.to_string().as_bytes())?;
        let (memory, passes, lanes) = KDF;
        Ok(pretty(&json!({
            "format": "tutela-closure-contacts/1",
            "kdf": "argon2id",
            "memory_kib": memory,
            "passes": passes,
            "lanes": lanes,
            "salt": hex(&salt),
            "sealed": hex(&sealed),
        })))
    }

    async fn refunds_waiting(&self, ledger: &Ledger, id: InstitutionId) -> Result<tables::Rows, AppError> {
        use escrow::RefundState as S;
        let names = ["refund", "contract", "state", "amount_fen", "requested_on", "pay_by_on"];
        let mut rows = vec![names.map(str::to_owned).to_vec()];
        for state in [S::Requested, S::Objected, S::Consented] {
            let mut after = None;
            loop {
                let read = self.store.read();
                let page = store::refunds_page(&read, ledger.id(), Some(id), None, Some(state), after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for refund in &page {
                    let day = |day: Option<kernel::Day>| day.map_or_else(String::new, |day| day.to_string());
                    rows.push(vec![
                        refund.id.to_string(),
                        refund.contract.to_string(),
                        refund.state.to_string(),
                        refund.amount.to_string(),
                        day(refund.requested_on),
                        day(refund.pay_by_on),
                    ]);
                }
            }
        }
        Ok(rows)
    }
}

fn columns() -> Vec<String> {
    let names = [
        "contract",
        "guardian",
        "pupil",
        "category",
        "stage",
        "state",
        "hours_left",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "owed_fen",
    ];
    names.map(str::to_owned).to_vec()
}

fn family(account: &Account, left: ClassHours, sum: Fen) -> Vec<String> {
    let terms = &account.terms;
    vec![
        terms.id.to_string(),
        terms.guardian.to_string(),
        terms.pupil.to_string(),
        terms.category.to_string(),
        terms.stage.to_string(),
        account.state.to_string(),
        left.to_string(),
        account.prepaid.to_string(),
        account.disputed.to_string(),
        account.refund.to_string(),
        sum.to_string(),
    ]
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = format!("{value:#}");
    text.push('\n');
    text.into_bytes()
}

/// A ZIP whose bytes depend on nothing but the files.
fn zip<'a>(files: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Result<Vec<u8>, AppError> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        zip.start_file(name, options).map_err(trouble)?;
        zip.write_all(&bytes).map_err(trouble)?;
    }
    Ok(zip.finish().map_err(trouble)?.into_inner())
}

fn context(ledger: &Ledger, institution: InstitutionId, manifest: &Hash) -> String {
    format!("tutela/closure/1/{}/{institution}/{manifest}", ledger.id())
}

/// Name on disk.
fn name(ledger: &Ledger, institution: InstitutionId, manifest: &Hash) -> String {
    ledger::digest("tutela/file-name/1", context(ledger, institution, manifest).as_bytes()).to_string()
}
