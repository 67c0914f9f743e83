//! `tutela user`: users from the machine itself, by whoever can read its keys. Passwords are made
//! here, printed once, and never written to the log.

use std::process::ExitCode;

use access::RoleKind;
use anyhow::Context;
use app::identity::{NewRole, NewUser};
use app::{App, AppError, Call, Refusal};

use crate::cli::{UserAddArgs, UserCommand};
use crate::effects::{now, system_random};
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Runs it.
///
/// # Errors
/// A name that is taken or unknown; a role without what it is bound to.
pub async fn run(settings: &Settings, command: UserCommand) -> anyhow::Result<ExitCode> {
    let app = system::open(settings).await?;
    match command {
        UserCommand::Add(args) => add(&app, args).await?,
        UserCommand::List => list(&app).await?,
        UserCommand::Passwd { username } => passwd(&app, &username).await?,
    }
    system::settle(&app).await?;
    Ok(ExitCode::SUCCESS)
}

/// A call of the installation itself.
fn installation() -> anyhow::Result<Call> {
    Ok(Call { principal: None, now: now()?, key: None, dry_run: false })
}

/// A password of 20 characters that cannot be misread, 100 bits of the system's randomness.
fn one_time_password() -> anyhow::Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random = system_random::<20>()?;
    let letters = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from));
    let mut password = String::with_capacity(23);
    for (i, letter) in letters.enumerate() {
        if i > 0 && i % 5 == 0 {
            password.push('-');
        }
        password.push(letter);
    }
    Ok(password)
}

/// Makes a user with a one-time password, and gives that back for printing.
///
/// # Errors
/// A name that is taken; what it is bound to does not exist.
pub async fn create(app: &App, username: &str, role: NewRole) -> anyhow::Result<String> {
    let password = one_time_password()?;
    let new = NewUser { username: username.to_owned(), password: password.clone(), role };
    match app.user_create(&installation()?, new).await {
        Ok(_) => Ok(password),
        Err(AppError::Refused { refusal: Refusal::Exists { .. }, .. }) => {
            Err(said(format!("登录名 {username} 已被使用"), format!("the name {username} is taken")).into())
        }
        Err(error) => Err(anyhow::Error::new(error)
            .context(said(format!("无法新增用户 {username}"), format!("the user {username} cannot be added")))),
    }
}

async fn add(app: &App, args: UserAddArgs) -> anyhow::Result<()> {
    let missing = |flag: &str| said(format!("该角色需要 --{flag}"), format!("this role needs --{flag}"));
    let role = match args.role {
        RoleKind::Regulator => NewRole::Regulator {
            region: args.region.ok_or_else(|| missing("region"))?,
            department: args.department.ok_or_else(|| missing("department"))?,
            duties: args.duty,
        },
        RoleKind::Institution => NewRole::Institution {
            institution: args.institution.ok_or_else(|| missing("institution"))?,
            post: args.post,
        },
        RoleKind::Guardian => NewRole::Guardian { contract: args.contract.ok_or_else(|| missing("contract"))? },
        RoleKind::Bank => NewRole::Bank { region: args.region.ok_or_else(|| missing("region"))? },
        RoleKind::Auditor => NewRole::Auditor { region: args.region.ok_or_else(|| missing("region"))? },
        RoleKind::Admin => NewRole::Admin,
    };
    let password = create(app, &args.username, role).await?;
    println!("{}\n一次性密码 one-time password: {password}", args.username);
    Ok(())
}

async fn list(app: &App) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store::users_page(&app.store().read(), &store::UserFilter::default(), after, 200).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for user in &page {
            let region = user.region.map(|region| region.to_string()).unwrap_or_default();
            let active = if user.active { "" } else { "停用 inactive" };
            println!("{}\t{}\t{region}\t{active}", user.username, user.role);
        }
    }
}

async fn passwd(app: &App, username: &str) -> anyhow::Result<()> {
    let password = one_time_password()?;
    app.user_password_set(&installation()?, username, password.clone())
        .await
        .with_context(|| said(format!("无法重设 {username} 的密码"), format!("no new password for {username}")))?;
    println!("{username}\n一次性密码 one-time password: {password}");
    Ok(())
}
