//! What the console is handed: the day, words that nobody can guess, and in the demo the sample
//! accounts.

use std::fmt::Write;
use std::sync::Arc;

use app::App;
use web::{Demo, DemoAccount, Options};

use crate::demo::PASSWORD;
use crate::settings::Settings;

/// The console's options for this server.
pub fn options(app: &Arc<App>, settings: &Settings, demo: bool) -> Options {
    let (clock, dice, doors) = (Arc::clone(app), Arc::clone(app), Arc::clone(app));
    Options {
        secure: settings.public_url.starts_with("https://"),
        today: Arc::new(move || clock.effects().now().day()),
        fresh: Arc::new(move || {
            let mut bytes = [0_u8; 16];
            dice.effects().fill(&mut bytes);
            bytes.iter().fold(String::with_capacity(32), |mut word, byte| {
                // Writing to a String cannot fail.
                let _ = write!(word, "{byte:02x}");
                word
            })
        }),
        provider: Arc::new(move || doors.effects().identity_provider().is_some()),
        demo: demo.then(|| Demo { password: PASSWORD.to_owned(), accounts: accounts() }),
    }
}

/// The sample accounts, the regulator's first.
pub fn accounts() -> Vec<DemoAccount> {
    let of = |username: &str, role, zh: &str, en: &str| DemoAccount {
        username: username.to_owned(),
        role,
        who: [zh.to_owned(), en.to_owned()],
    };
    vec![
        of("bureau", "regulator", "县教育主管部门", "the county's education bureau"),
        of("approver", "regulator", "县教育审批人员", "an approver of the bureau"),
        of("inst-12", "institution", "湖笔书法传习所", "a school of calligraphy"),
        of("inst-01", "institution", "青禾文化培训学校（已终止）", "a school that closed"),
        of("family-003", "guardian", "一位家长", "a family"),
        of("family-001", "guardian", "合同已终止的家长", "a family whose contracts have ended"),
        of("auditor", "auditor", "审计机关", "the audit office"),
        of("market", "regulator", "市场监管部门", "market supervision"),
        of("city", "regulator", "市级主管部门", "the city's bureau"),
        of("bank", "bank", "托管银行", "the custody bank"),
        of("admin", "admin", "系统管理员", "the administrator"),
    ]
}
