//! What the demo prints at its end. Every figure comes from the ledger or its database.

use std::collections::BTreeMap;
use std::fmt::Write;

use app::{App, Ledger, Refusal};
use escrow::warning::Rule;
use kernel::{Fen, RuleId};
use ledger::{LicenceEndCause, Report};

use super::figures::{Figures, figures};
use super::stage::Caught;
use super::{PASSWORD, cast};
use crate::settings::Settings;

/// Width of a text on a terminal: Chinese characters take two columns.
fn width(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) >= 0x2e80 { 2 } else { 1 }).sum()
}

fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text of the summary.
///
/// # Errors
/// Of the database.
pub async fn summary(
    app: &App,
    ledger: &Ledger,
    settings: &Settings,
    caught: &[Caught],
    report: &Report,
) -> anyhow::Result<String> {
    let figures = figures(app, ledger).await?;
    let mut text = String::new();
    october(&mut text, &figures)?;
    year(&mut text, &figures)?;
    refusals(&mut text, caught)?;
    alerts(&mut text, app, ledger).await?;
    balances(&mut text, &figures)?;
    end(&mut text, ledger, settings, report)?;
    Ok(text)
}

/// Alerts by rule, with the day of the first.
async fn alerts(text: &mut String, app: &App, ledger: &Ledger) -> anyhow::Result<()> {
    let mut by_rule = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store::alert_all(&app.store().read(), ledger.id(), after, 500).await?;
        after = page.last().map(|alert| alert.id);
        for alert in page {
            let seen: &mut (u64, kernel::Day) = by_rule.entry(alert.rule).or_insert((0, alert.watched_on));
            *seen = (seen.0.saturating_add(1), seen.1.min(alert.watched_on));
        }
        if after.is_none() {
            break;
        }
    }
    writeln!(text, "\n预警 Alerts")?;
    for (rule, (count, first)) in by_rule {
        let name = rule.parse::<Rule>().map_or("", Rule::zh);
        writeln!(text, "  {} {}  {first}", pad(&format!("{name} {rule}"), 34), pad_left(&count.to_string(), 6))?;
    }
    Ok(())
}

fn october(text: &mut String, figures: &Figures) -> anyhow::Result<()> {
    writeln!(text, "\n学科类机构清零 Subject institutions")?;
    for licence in &figures.subject {
        let fate = licence.ended.map_or("有效", |cause| cause.zh());
        writeln!(text, "  {}  {fate}", pad(&licence.name, 32))?;
    }
    let withdrawn = figures.subject.len().saturating_sub(figures.subject_left());
    writeln!(
        text,
        "  收回 {withdrawn}，终止 {}，转型 {}，剩余 {}",
        figures.ended(LicenceEndCause::Closed),
        figures.ended(LicenceEndCause::Converted),
        figures.subject_left(),
    )?;
    writeln!(
        text,
        "  {withdrawn} withdrawn, {} closed, {} converted, {} left",
        figures.ended(LicenceEndCause::Closed),
        figures.ended(LicenceEndCause::Converted),
        figures.subject_left(),
    )?;
    Ok(())
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn year(text: &mut String, figures: &Figures) -> anyhow::Result<()> {
    let claimed = figures.count("lesson_claimed");
    writeln!(text, "\n全年 The year")?;
    let mut line = |zh: &str, value: String| writeln!(text, "  {} {value}", pad(zh, 34));
    line("课程 courses", figures.count("course_published").to_string())?;
    line("合同 contracts signed", figures.count("contract_signed").to_string())?;
    line("缴费 paid into custody", Fen::new(figures.paid).to_yuan())?;
    line("登记课次 lessons claimed", claimed.to_string())?;
    line(
        "家长确认 confirmed by guardians",
        format!("{} ({})", figures.confirmed, percent(figures.confirmed, claimed)),
    )?;
    line("逾期视为确认 by silence", format!("{} ({})", figures.silent, percent(figures.silent, claimed)))?;
    line("异议 disputed", format!("{} ({})", figures.disputed, percent(figures.disputed, claimed)))?;
    line("裁决 decided: family/institution", format!("{} / {}", figures.for_family, figures.for_institution))?;
    line("拨付机构 paid to institutions", Fen::new(figures.settled).to_yuan())?;
    line("退费 refunded", format!("{} ({})", Fen::new(figures.refunded).to_yuan(), figures.refunds))?;
    Ok(())
}

fn refusals(text: &mut String, caught: &[Caught]) -> anyhow::Result<()> {
    if caught.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n被系统拦下 Stopped by the system")?;
    for caught in caught {
        writeln!(text, "  {} {} {}", caught.on, caught.zh, caught.en)?;
        match &caught.refusal {
            Refusal::Rules { violations } => {
                for broken in violations {
                    let rule: Option<RuleId> = broken.rule.parse().ok();
                    let said = rule.map_or("", RuleId::zh);
                    let facts = match (&broken.limit, &broken.actual) {
                        (Some(limit), Some(actual)) => format!("（上限 limit {limit}，实际 actual {actual}）"),
                        _ => String::new(),
                    };
                    writeln!(text, "    {}: {said}{facts}", broken.rule)?;
                }
            }
            Refusal::State { what, state, command } => writeln!(text, "    {command} {what}: {state}")?,
            Refusal::NotFound { what } | Refusal::Exists { what, .. } | Refusal::Stale { what, .. } => {
                writeln!(text, "    {what}")?
            }
        }
    }
    Ok(())
}

fn balances(text: &mut String, figures: &Figures) -> anyhow::Result<()> {
    writeln!(text, "\n各机构托管余额 Balances in custody (元 yuan)")?;
    let row = |name: &str, state: &str, cells: [String; 4]| {
        let [held, families, institution, difference] = cells;
        format!(
            "  {}{}{}{}{}{}",
            pad(name, 30),
            pad(state, 20),
            pad_left(&held, 16),
            pad_left(&families, 16),
            pad_left(&institution, 16),
            pad_left(&difference, 10),
        )
    };
    let head = ["在管 held", "欠家长 families", "欠机构 inst.", "差额"].map(str::to_owned);
    writeln!(text, "{}", row("机构 institution", "状态 state", head))?;
    let mut sums = [0_i64; 4];
    for balance in &figures.balances {
        let cells = [balance.held, balance.owed_families, balance.owed_institution, balance.difference()?];
        for (sum, cell) in sums.iter_mut().zip(cells) {
            *sum = sum.saturating_add(cell.fen());
        }
        writeln!(text, "{}", row(&balance.name, &balance.state, cells.map(yuan)))?;
    }
    writeln!(text, "{}", row("合计 total", "", sums.map(|sum| yuan(Fen::new(sum)))))?;
    Ok(())
}

/// Without the sign, which the head of the table gives.
fn yuan(amount: Fen) -> String {
    amount.to_yuan().replace('¥', "")
}

fn end(text: &mut String, ledger: &Ledger, settings: &Settings, report: &Report) -> anyhow::Result<()> {
    writeln!(text, "\n账本 Ledger {}", ledger.id())?;
    writeln!(text, "  记录 entries     {}", report.entries)?;
    writeln!(text, "  根 ledger root   {}", report.root)?;
    let path = settings.data_dir.join("checkpoints").join(ledger.id().as_str());
    let covered = ledger.checkpoints().latest().map_or(0, |signed| signed.size);
    writeln!(text, "  检查点 checkpoint {} ({covered})", path.display())?;
    let verdict = report.verdict().describe();
    writeln!(text, "  verify: {} {}", verdict.en, verdict.zh)?;
    Ok(())
}

/// Who can log in, and what to try next.
pub fn next_steps(settings: &Settings, served: bool) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n登录 Log-ins, all with the password {PASSWORD}");
    let _ =
        writeln!(text, "  bureau 教育主管  approver 教育审批  sports 体育  culture 文化  market 市场监管  city 市级");
    let _ = writeln!(
        text,
        "  bank 托管银行  auditor 审计  admin 管理员  inst-01 … inst-24 机构  family-001 … family-{} 家长",
        cast::FAMILIES
    );
    let base = format!("http://{}", settings.listen);
    let data = settings.data_dir.display();
    let _ = writeln!(text, "\n接下来可以试试 Three commands to try next");
    if served {
        let _ = writeln!(text, "  curl {base}/v1/lists/white");
    } else {
        let _ = writeln!(text, "  cargo run --release -- serve --demo");
    }
    let _ = writeln!(text, "  cargo run --release -- verify --since {data}/checkpoints/{}", cast::REGION);
    let _ = writeln!(text, "  cargo run --release -- export --out {data}/{}.export", cast::REGION);
    text
}
