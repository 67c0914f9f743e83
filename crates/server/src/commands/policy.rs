//! `tutela policy`: policy data checked, shown, compared, and a draft replayed over the ledgers.

use std::path::Path;
use std::process::ExitCode;

use api::SimulationBody;
use app::Rulebook;
use app::simulation::{SimulationAsked, simulate};
use kernel::{Day, RegionCode};
use policy::{Explanation, InForce, Policy, PolicyError, PolicySet};

use crate::cli::PolicyCommand;
use crate::effects::now;
use crate::say::{Said, said};
use crate::settings::Settings;
use crate::system;

/// Runs it.
///
/// # Errors
/// Files that cannot be read; a region, day or draft that is not one; trouble of the database.
pub async fn run(settings: &Settings, command: &PolicyCommand) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Check { files } => {
            let mut fit = true;
            for file in files {
                fit &= check(file)?;
            }
            Ok(code(fit))
        }
        PolicyCommand::Show { region, on } => {
            let on = match on {
                Some(on) => *on,
                None => now()?.day(),
            };
            show(&rules(settings).await?.resolve_known(*region, on));
            Ok(ExitCode::SUCCESS)
        }
        PolicyCommand::Diff { between } => diff(settings, between).await,
        PolicyCommand::Simulate { file, effective_on, from, until, json } => {
            let document = read(file)?;
            let region = region_of(file, &document)?;
            let asked =
                SimulationAsked { region, document, effective_on: *effective_on, from_on: *from, until_on: *until };
            replay(settings, &asked, *json).await
        }
    }
}

fn code(holds: bool) -> ExitCode {
    if holds { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).map_err(|error| {
        let shown = file.display();
        anyhow::Error::new(error).context(said(format!("无法读取 {shown}"), format!("{shown} cannot be read")))
    })
}

fn refused(error: &PolicyError) -> Said {
    let Explanation { zh, en } = error.explain();
    said(zh, en)
}

fn region_of(file: &Path, document: &str) -> anyhow::Result<RegionCode> {
    let table: Option<toml::Table> = document.parse().ok();
    let region = table.as_ref().and_then(|table| table.get("region")?.as_str()?.parse().ok());
    region.ok_or_else(|| {
        let shown = file.display();
        let (zh, en) = ("没有写明区划代码 region", "does not name its division code, `region`");
        said(format!("{shown} {zh}"), format!("{shown} {en}")).into()
    })
}

/// One file beside what ships; a calendar is known by its years.
fn check(file: &Path) -> anyhow::Result<bool> {
    let (text, shown) = (read(file)?, file.display().to_string());
    let calendar = text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("year"));
    let checked = if calendar {
        policy::calendar_from_source(&shown, &text).map(|_| ())
    } else {
        PolicySet::shipped_with(&[(&shown, &text)]).map(|_| ())
    };
    match &checked {
        Ok(()) => println!("{shown}: 合格 fit"),
        Err(error) => println!("{}", refused(error)),
    }
    Ok(checked.is_ok())
}

/// What ships and what was adopted; without a database what ships, and that is said.
async fn rules(settings: &Settings) -> anyhow::Result<std::sync::Arc<PolicySet>> {
    let rulebook = Rulebook::shipped()?;
    let adopted = match system::connect(settings).await {
        Ok(store) => {
            let read = rulebook.refresh(&store.read()).await;
            store.close().await?;
            read.is_ok()
        }
        Err(_) => false,
    };
    if !adopted {
        eprintln!("未连接数据库：只显示随产品发布的数据\nno database: only the data that ships is shown");
    }
    Ok(rulebook.set())
}

fn value(parameter: &InForce<'_>) -> String {
    match (&parameter.value, &parameter.source) {
        (Some(value), _) => value.clone(),
        (None, Some(_)) => "无规定 no rule".to_owned(),
        (None, None) => "数据起始之前 before the data".to_owned(),
    }
}

fn show(policy: &Policy) {
    let Explanation { zh, en } = policy.inheritance();
    println!("{} {} {}\n{zh}\n{en}", policy.region, policy.region_name, policy.on);
    println!("{}", ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes()));
    let mut section = None;
    for parameter in policy.in_force() {
        if section.replace(parameter.section) != Some(parameter.section) {
            println!("\n[{}] {}", parameter.section, parameter.section.zh());
        }
        println!("{} = {}  {}", parameter.key, value(&parameter), parameter.zh);
        if let Some(source) = parameter.source {
            let level = source.level.map_or_else(|| "全国 nation".to_owned(), |level| level.to_string());
            println!("    {level}  {} ~  {}  {}", source.from_on, source.grade, source.text);
        }
        for other in &parameter.also {
            println!("    另有 also: {}  {}  {}", other.value, other.grade, other.source);
        }
    }
}

/// Lines of what differs between two policies; none when nothing does.
fn differences(before: &Policy, after: &Policy) -> Vec<String> {
    let (before, after) = (before.in_force(), after.in_force());
    let pairs = before.iter().zip(&after);
    let of = |p: &InForce<'_>| p.source.map_or_else(String::new, |source| source.text.to_owned());
    pairs
        .filter(|(a, b)| value(a) != value(b) || of(a) != of(b))
        .map(|(a, b)| format!("{}  {}\n  - {}  {}\n  + {}  {}", a.key, a.zh, value(a), of(a), value(b), of(b)))
        .collect()
}

async fn diff(settings: &Settings, between: &[String]) -> anyhow::Result<ExitCode> {
    let wrong = || said("请给出区划代码与两个日期，或两个文件", "give a division code and two days, or two files");
    let (before, after) = match between {
        [region, first, second] => {
            let region: RegionCode = region.parse().map_err(|_| wrong())?;
            let first: Day = first.parse().map_err(|_| wrong())?;
            let second: Day = second.parse().map_err(|_| wrong())?;
            let set = rules(settings).await?;
            (set.resolve_known(region, first), set.resolve_known(region, second))
        }
        [first, second] => {
            let (first, second) = (Path::new(first), Path::new(second));
            let on = now()?.day();
            let of = |file: &Path| -> anyhow::Result<Policy> {
                let (text, shown) = (read(file)?, file.display().to_string());
                let set = PolicySet::shipped_with(&[(&shown, &text)]).map_err(|error| refused(&error))?;
                Ok(set.resolve_known(region_of(file, &text)?, on))
            };
            (of(first)?, of(second)?)
        }
        _ => return Err(wrong().into()),
    };
    let lines = differences(&before, &after);
    lines.iter().for_each(|line| println!("{line}"));
    println!("{} 项不同 differ", lines.len());
    Ok(code(lines.is_empty()))
}

async fn replay(settings: &Settings, asked: &SimulationAsked, json: bool) -> anyhow::Result<ExitCode> {
    let store = system::connect(settings).await?;
    let rulebook = Rulebook::shipped()?;
    rulebook.refresh(&store.read()).await?;
    let calendar = policy::calendar()?;
    let answer = simulate(&store, &rulebook.set(), &calendar, asked).await;
    store.close().await?;
    let simulation = match answer {
        Err(app::AppError::PolicyDraft(error)) => return Err(refused(&error).into()),
        other => other?,
    };
    let body = SimulationBody::from(simulation);
    if json {
        println!("{}", serde_json::to_string_pretty(&body)?);
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &body.findings {
        println!("{}\n{}", finding.text.zh, finding.text.en);
    }
    println!(
        "{} 项决定中 {} 项不同，涉及 {} 个家庭\n{} of {} decisions would differ, of {} families",
        body.decisions, body.differing, body.families, body.differing, body.decisions, body.families
    );
    println!("{}\n{}", body.note.zh, body.note.en);
    Ok(ExitCode::SUCCESS)
}
