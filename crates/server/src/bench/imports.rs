//! Files of many lines through the path that they take in service: lessons of an institution, and a statement
//! of its custody account.

use std::fmt::Write;
use std::time::Duration;

use access::Role;
use app::bank::Imported;
use app::verbs::FeePay;
use app::{App, Call};
use kernel::{Day, Fen, PaymentId};
use ledger::body::PaymentMethod;
use tokio::time::Instant;

use super::County;
use super::county::INSTITUTIONS;
use crate::demo::cast;
use crate::effects::now;

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Payments handed to the writer at once.
const AT_ONCE: usize = 2_048;

/// What was measured.
#[derive(Clone, Debug)]
pub struct ImportMeasured {
    /// Lines of the file.
    pub lines: u64,
    /// Its bytes.
    pub bytes: usize,
    /// Lines that were recorded or matched.
    pub done: u64,
    /// Lines that were refused or suspended.
    pub rest: u64,
    /// From the first byte read to the last line booked.
    pub took: Duration,
    /// The same file once more; a file of lessons is a new one each time and is not handed in again.
    pub again: Option<Duration>,
}

impl ImportMeasured {
    /// Lines per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn per_second(&self) -> f64 {
        self.lines as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// A file of lessons of paid contracts, handed in by a teacher and recorded part by part.
///
/// # Errors
/// Of the use cases.
pub async fn lessons(
    app: &App,
    county: &County,
    lines: u64,
    mut tell: impl FnMut(u64) + Send,
) -> anyhow::Result<ImportMeasured> {
    let Role::Institution { institution, .. } = county.teacher.role else {
        return Err(anyhow::anyhow!("a teacher without an institution"));
    };
    let mut file = String::from("contract,hours,held_on\n");
    for (_, contract) in (0..lines).zip(county.paid.iter().cycle()) {
        writeln!(file, "{contract},0.01,{}", county.first_lesson_on)?;
    }
    let call = Call { principal: Some(county.teacher.clone()), now: now()?, key: None, dry_run: false };
    let began = Instant::now();
    let kept = app.lesson_import_create(&call, institution, file.as_bytes()).await?;
    let run = app.lesson_import_run(&call, kept.import.id);
    tokio::pin!(run);
    let done = loop {
        tokio::select! {
            done = &mut run => break done?.import,
            () = tokio::time::sleep(LOOK) => {
                tell(app.lesson_import(Some(&county.teacher), kept.import.id).await?.import.done);
            }
        }
    };
    let took = began.elapsed();
    Ok(ImportMeasured { lines, bytes: file.len(), done: done.recorded, rest: done.refused, took, again: None })
}

/// A camt.053 statement of the first institution: of ten lines eight are payments by their reference, one by
/// its text, and one is nothing that is known. Payments are recorded before the measurement.
///
/// # Errors
/// Of the use cases.
pub async fn statement(
    app: &App,
    county: &County,
    lines: u64,
    mut tell: impl FnMut(u64) + Send,
) -> anyhow::Result<ImportMeasured> {
    record(app, county, lines).await?;
    let today = now()?.day();
    let file = camt(lines, today)?;
    let call = Call { principal: None, now: now()?, key: None, dry_run: false };
    let began = Instant::now();
    let imported = app.bank_import(&call, file.as_bytes(), |done, _| tell(done)).await?;
    let took = began.elapsed();
    let began = Instant::now();
    app.bank_import(&call, file.as_bytes(), |_, _| ()).await?;
    let again = Some(began.elapsed());
    let sum = |of: fn(&Imported) -> u64| imported.iter().map(of).fold(0_u64, u64::saturating_add);
    Ok(ImportMeasured {
        lines,
        bytes: file.len(),
        done: sum(|one| one.matched.saturating_add(one.cleared)),
        rest: sum(|one| one.suspended.saturating_add(one.open)),
        took,
        again,
    })
}

/// The amount of a line, fen: so few that all find room in the contracts.
const FEN: i64 = 1;

async fn record(app: &App, county: &County, lines: u64) -> anyhow::Result<()> {
    let own: Vec<_> = county.contracts.iter().step_by(INSTITUTIONS).copied().collect();
    let mut payments: Vec<(Call, Box<dyn app::context::Verb>)> = Vec::new();
    for (n, contract) in (0..lines).filter(|n| n % 10 != 9).zip(own.iter().cycle()) {
        let call = Call { principal: Some(county.bank.clone()), now: now()?, key: None, dry_run: false };
        let reference = format!("IMP{n:08}");
        let verb = FeePay {
            payment: app.new_id(&call, PaymentId::new),
            contract: *contract,
            amount: Fen::try_positive(FEN)?,
            paid_at: call.now,
            method: PaymentMethod::BankTransfer,
            reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
            reference,
        };
        payments.push((call, Box::new(verb)));
        if payments.len() >= AT_ONCE {
            let batch = std::mem::take(&mut payments);
            app.submit_all(&county.ledger, batch).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        }
    }
    app.submit_all(&county.ledger, payments).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(())
}

fn camt(lines: u64, on: Day) -> anyhow::Result<String> {
    let account = cast::custody_account(1, "").account_number;
    let yuan = |fen: u64| format!("{}.{:02}", fen / 100, fen % 100);
    let each = u64::try_from(FEN)?;
    let balance = |code: &str, fen: u64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>",
            yuan(fen)
        )
    };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>M1</MsgId><CreDtTm>{on}T23:00:00+08:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>\
         <LglSeqNb>1</LglSeqNb><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{}{}\n",
        balance("OPBD", 0),
        balance("CLBD", lines.saturating_mul(each))
    );
    for n in 0..lines {
        // Of ten lines one names its reference in the text alone, and one is unknown.
        let (reference, text) = match n % 10 {
            8 => (format!("BNK{n:08}"), format!("学费 IMP{n:08}")),
            9 => (format!("BNK{n:08}"), "转账".to_owned()),
            _ => (format!("IMP{n:08}"), "学费".to_owned()),
        };
        writeln!(
            xml,
            "<Ntry><Amt Ccy=\"CNY\">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs>\
             <EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>示例家长</Nm></Pty></Dbtr>\
             </RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            yuan(each)
        )?;
    }
    xml.push_str("</Stmt></BkToCstmrStmt></Document>");
    Ok(xml)
}
