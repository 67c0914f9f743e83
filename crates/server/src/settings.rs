//! Settings: flags win over the environment, the environment over `tutela.toml` in the working
//! directory, the file over defaults. One table says what there is.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kernel::words;

use crate::say::said;

/// The settings file, in the working directory.
pub const FILE: &str = "tutela.toml";

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name in the file; the flag is the same with hyphens.
    pub name: &'static str,
    /// Environment variable.
    pub env: &'static str,
    /// Value when nobody says anything; `{data_dir}` stands for that setting.
    pub default: &'static str,
    /// What it is for.
    pub zh: &'static str,
    /// What it is for.
    pub en: &'static str,
}

/// Every setting.
pub const TABLE: &[Setting] = &[
    Setting {
        name: "listen",
        env: "TUTELA_LISTEN",
        default: "127.0.0.1:8080",
        zh: "监听地址",
        en: "address to listen on",
    },
    Setting {
        name: "data_dir",
        env: "TUTELA_DATA_DIR",
        default: "./data",
        zh: "数据目录：数据库、密钥、检查点",
        en: "directory of database, keys and checkpoints",
    },
    Setting {
        name: "database_url",
        env: "DATABASE_URL",
        default: "sqlite://{data_dir}/tutela.db",
        zh: "数据库：sqlite://路径 或 postgres://…",
        en: "database: sqlite://path or postgres://…",
    },
    Setting {
        name: "origin",
        env: "TUTELA_ORIGIN",
        default: "tutela.local",
        zh: "账本日志名的前缀，账本的日志名为 <前缀>/<账本>；开账后不可更改",
        en: "prefix of the logs' names, <prefix>/<ledger>; fixed once a ledger is open",
    },
    Setting {
        name: "master_key_file",
        env: "TUTELA_MASTER_KEY_FILE",
        default: "{data_dir}/master.key",
        zh: "主密钥文件（环境变量 TUTELA_MASTER_KEY 优先）；首次启动时生成",
        en: "file of the master key (TUTELA_MASTER_KEY in the environment wins); made at the first start",
    },
    Setting {
        name: "witness_policy",
        env: "TUTELA_WITNESS_POLICY",
        default: "",
        zh: "见证策略（C2SP tlog-policy）：一个文件供所有账本使用，或一个目录，内有 <账本>.policy 和 default.policy；空为不设见证",
        en: "witness policy (C2SP tlog-policy): a file for all ledgers, or a directory with <ledger>.policy and \
             default.policy; empty for no witnesses",
    },
    Setting {
        name: "calculator_requests_per_minute",
        env: "TUTELA_CALCULATOR_REQUESTS_PER_MINUTE",
        default: "600",
        zh: "公开计算工具每个来源地址每分钟的请求上限",
        en: "requests per minute and address to the public calculators",
    },
    Setting {
        name: "trusted_proxies",
        env: "TUTELA_TRUSTED_PROXIES",
        default: "0",
        zh: "前置反向代理的层数：0 表示以连接地址区分来源，n 表示取 X-Forwarded-For 倒数第 n 个地址",
        en: "reverse proxies in front: 0, clients are told apart by the connection; n, by the n-th address from the end of X-Forwarded-For",
    },
    Setting {
        name: "public_url",
        env: "TUTELA_PUBLIC_URL",
        default: "",
        zh: "工作台对外的网址，许可证和凭证的二维码指向这里；以 https:// 开头时，登录 Cookie 只经加密连接发送",
        en: "address at which people reach the console; the codes of certificates and receipts lead there; with https:// its cookies are sent over encrypted connections only",
    },
    Setting {
        name: "second_factor",
        env: "TUTELA_SECOND_FACTOR",
        default: "enrolled",
        zh: "动态口令：off 不要求，enrolled 已设置者须验证，required 吊销、批准政策、出账等一律要求",
        en: "one-time codes: off; enrolled, asked of those who have set one up; required, of everybody who decides what cannot be taken back",
    },
    Setting {
        name: "oidc_issuer",
        env: "TUTELA_OIDC_ISSUER",
        default: "",
        zh: "单位身份提供方（OpenID Connect）的 issuer 地址；空为不用",
        en: "issuer address of the bureau's own identity provider (OpenID Connect); empty for none",
    },
    Setting {
        name: "oidc_client_id",
        env: "TUTELA_OIDC_CLIENT_ID",
        default: "",
        zh: "在身份提供方登记的客户端编号",
        en: "client id registered with the identity provider",
    },
    Setting {
        name: "oidc_client_secret_file",
        env: "TUTELA_OIDC_CLIENT_SECRET_FILE",
        default: "",
        zh: "客户端密钥文件；公共客户端留空（只用 PKCE）",
        en: "file of the client secret; empty for a public client, which has PKCE alone",
    },
    Setting {
        name: "oidc_redirect_url",
        env: "TUTELA_OIDC_REDIRECT_URL",
        default: "",
        zh: "登录后身份提供方返回的页面地址；未填时为 public_url 加 /login/back，即工作台的页面",
        en: "address of the page to which the identity provider returns; without it public_url and /login/back, the console's page",
    },
    Setting {
        name: "tls_ca_file",
        env: "TUTELA_TLS_CA_FILE",
        default: "",
        zh: "本单位网络自有证书机构的证书文件（PEM），用于以 https 连接身份提供方、见证人和 webhook 接收方；系统信任的证书机构始终有效",
        en: "certificates (PEM) of the authorities of one's own network, for connections by https to the identity provider, witnesses and receivers of webhooks; those of the system always count",
    },
    Setting {
        name: "smtp_url",
        env: "TUTELA_SMTP_URL",
        default: "",
        zh: "发送通知的邮件服务器：smtps://用户:密码@主机:465，或 smtp://主机:25（不加密，仅限内网转发），或 smtp://主机:587?tls=required；空为不发邮件",
        en: "mail server for notices: smtps://user:password@host:465, or smtp://host:25 (not encrypted, for a relay of one's own), or smtp://host:587?tls=required; empty for no mail",
    },
    Setting {
        name: "mail_from",
        env: "TUTELA_MAIL_FROM",
        default: "",
        zh: "通知邮件的发件人地址",
        en: "sender of mails",
    },
    Setting {
        name: "webhook_targets",
        env: "TUTELA_WEBHOOK_TARGETS",
        default: "public",
        zh: "消息推送可以投递到哪里：public 仅限公网 https 地址，any 不限（含 http 和内网）",
        en: "where webhooks may lead: public, https on the internet; any, also http and private networks",
    },
    Setting {
        name: "log",
        env: "TUTELA_LOG",
        default: "info,sqlx=warn,sea_orm_migration=warn",
        zh: "日志级别，可按模块写",
        en: "level of the log, by module where wanted",
    },
    Setting {
        name: "log_format",
        env: "TUTELA_LOG_FORMAT",
        default: "text",
        zh: "日志格式：text 或 json",
        en: "form of the log: text or json",
    },
];

/// The master key itself, 64 hexadecimal digits: only from the environment, so that it is in no
/// list of processes and in no file beside this one.
pub const MASTER_KEY_ENV: &str = "TUTELA_MASTER_KEY";

words! {
    /// Where a value came from.
    Source {
        /// A flag of the command line.
        Flag = "flag" / "命令行",
        /// The environment.
        Environment = "environment" / "环境变量",
        /// The file.
        File = "tutela.toml" / "配置文件",
        /// Nobody said anything.
        Default = "default" / "默认值",
    }
}

words! {
    /// How the log is written.
    LogFormat {
        /// For people.
        Text = "text" / "文本",
        /// For machines.
        Json = "json" / "JSON",
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The setting's name.
    pub name: &'static str,
    /// As text.
    pub value: String,
    /// From where.
    pub source: Source,
}

/// The settings of this process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Directory of database, keys and checkpoints.
    pub data_dir: PathBuf,
    /// The database.
    pub database_url: String,
    /// Prefix of the logs' names.
    pub origin: String,
    /// File of the master key.
    pub master_key_file: PathBuf,
    /// The master key from the environment.
    pub master_key: Option<String>,
    /// File or directory of witness policies, empty for none.
    pub witness_policy: String,
    /// Requests per minute and address to the public calculators, from 1.
    pub calculator_requests_per_minute: u32,
    /// Reverse proxies in front of this server.
    pub trusted_proxies: u8,
    /// Address at which people reach the console, empty where nobody said.
    pub public_url: String,
    /// For whom a second factor is asked.
    pub second_factor: app::identity::SecondFactorMode,
    /// Issuer of the bureau's own identity provider, empty for none.
    pub oidc_issuer: String,
    /// Client id there.
    pub oidc_client_id: String,
    /// File of the client secret, empty for none.
    pub oidc_client_secret_file: String,
    /// Page to which the provider returns.
    pub oidc_redirect_url: String,
    /// Authorities of one's own network (PEM), empty for none.
    pub tls_ca_file: String,
    /// Mail server of notices, empty for none.
    pub smtp_url: String,
    /// Sender of mails.
    pub mail_from: String,
    /// Where webhooks may lead.
    pub webhook_targets: crate::notify::WebhookTargets,
    /// Level of the log.
    pub log: String,
    /// Form of the log.
    pub log_format: LogFormat,
    /// Every value as it was found, in the order of [`TABLE`].
    pub found: Vec<Found>,
}

/// What the settings are read from.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Flags that were given, by name.
    pub flags: BTreeMap<&'static str, String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// Text of the file, if there is one.
    pub file: Option<String>,
}

impl Inputs {
    /// Flags, with the environment of the process and the file of its working directory.
    ///
    /// # Errors
    /// A file that is there and cannot be read.
    pub fn of_process(flags: BTreeMap<&'static str, String>) -> anyhow::Result<Inputs> {
        let names = TABLE.iter().map(|setting| setting.env).chain([MASTER_KEY_ENV]);
        let environment = names.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))).collect();
        let file = crate::files::read_text(Path::new(FILE)).map_err(|error| {
            anyhow::Error::new(error).context(said(format!("无法读取 {FILE}"), format!("{FILE} cannot be read")))
        })?;
        Ok(Inputs { flags, environment, file })
    }
}

/// Values of the file. An unknown name is an error: a misspelt setting must not pass for one that
/// was made.
fn read_file(text: &str) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        anyhow::Error::new(error)
            .context(said(format!("{FILE} 不是有效的 TOML 文件"), format!("{FILE} is not valid TOML")))
    })?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        let Some(setting) = TABLE.iter().find(|setting| setting.name == name) else {
            let known: Vec<_> = TABLE.iter().map(|setting| setting.name).collect();
            let known = known.join(", ");
            return Err(said(
                format!("{FILE} 中有未知设置 {name}；可用的设置：{known}"),
                format!("{FILE} has an unknown setting {name}; known are: {known}"),
            )
            .into());
        };
        let toml::Value::String(value) = value else {
            return Err(
                said(format!("{FILE} 中 {name} 须为字符串"), format!("{name} in {FILE} must be a string")).into()
            );
        };
        values.insert(setting.name, value);
    }
    Ok(values)
}

impl Settings {
    /// Puts the inputs together.
    ///
    /// # Errors
    /// An unknown setting in the file, or a value that does not fit.
    pub fn resolve(inputs: &Inputs) -> anyhow::Result<Settings> {
        let file = inputs.file.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let mut found: Vec<Found> = Vec::with_capacity(TABLE.len());
        for setting in TABLE {
            let (value, source) = if let Some(value) = inputs.flags.get(setting.name) {
                (value.clone(), Source::Flag)
            } else if let Some(value) = inputs.environment.get(setting.env) {
                (value.clone(), Source::Environment)
            } else if let Some(value) = file.get(setting.name) {
                (value.clone(), Source::File)
            } else {
                let data_dir = found.iter().find(|found| found.name == "data_dir");
                let data_dir = data_dir.map_or("", |found| found.value.trim_end_matches('/'));
                (setting.default.replace("{data_dir}", data_dir), Source::Default)
            };
            found.push(Found { name: setting.name, value, source });
        }
        let text = |name: &str| found.iter().find(|f| f.name == name).map(|f| f.value.clone()).unwrap_or_default();
        let wrong = |name: &str, zh: &str, en: &str| {
            let value = text(name);
            said(format!("设置 {name} 的值“{value}”{zh}"), format!("the value \"{value}\" of {name} {en}"))
        };
        Ok(Settings {
            listen: text("listen").parse().map_err(|_| wrong("listen", "不是 地址:端口", "is not address:port"))?,
            data_dir: PathBuf::from(text("data_dir")),
            database_url: text("database_url"),
            origin: text("origin"),
            master_key_file: PathBuf::from(text("master_key_file")),
            master_key: inputs.environment.get(MASTER_KEY_ENV).cloned(),
            witness_policy: text("witness_policy"),
            calculator_requests_per_minute: text("calculator_requests_per_minute")
                .parse()
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| {
                    wrong("calculator_requests_per_minute", "须为正整数", "must be a whole number from 1")
                })?,
            trusted_proxies: text("trusted_proxies").parse().map_err(|_| {
                wrong("trusted_proxies", "须为 0 至 255 的整数", "must be a whole number from 0 to 255")
            })?,
            public_url: text("public_url"),
            second_factor: text("second_factor").parse().map_err(|_| {
                wrong("second_factor", "须为 off、enrolled 或 required", "must be off, enrolled or required")
            })?,
            oidc_issuer: text("oidc_issuer"),
            oidc_client_id: text("oidc_client_id"),
            oidc_client_secret_file: text("oidc_client_secret_file"),
            oidc_redirect_url: match (text("oidc_redirect_url"), text("public_url")) {
                // The console's own page for it.
                (said, public) if said.is_empty() && !public.is_empty() => {
                    format!("{}/login/back", public.trim_end_matches('/'))
                }
                (said, _) => said,
            },
            tls_ca_file: text("tls_ca_file"),
            smtp_url: text("smtp_url"),
            mail_from: text("mail_from"),
            webhook_targets: text("webhook_targets")
                .parse()
                .map_err(|_| wrong("webhook_targets", "须为 public 或 any", "must be public or any"))?,
            log: text("log"),
            log_format: text("log_format")
                .parse()
                .map_err(|_| wrong("log_format", "须为 text 或 json", "must be text or json"))?,
            found,
        })
    }
}

impl Settings {
    /// How often one client may use the public calculators.
    pub const fn rate(&self) -> api::RateLimit {
        api::RateLimit { per_minute: self.calculator_requests_per_minute, trusted_proxies: self.trusted_proxies }
    }

    /// The front door.
    pub fn front_door(&self) -> api::ApiOptions {
        api::ApiOptions {
            rate: self.rate(),
            public_url: self.public_url.trim_end_matches('/').to_owned(),
            ..api::ApiOptions::default()
        }
    }
}

/// A database address without its password.
pub fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((user_info, _)) = authority.rsplit_once('@') else { return url.to_owned() };
    let user = user_info.split(':').next().unwrap_or_default();
    let after = rest.get(user_info.len()..).unwrap_or_default();
    let shown = if user_info.contains(':') { format!("{user}:***") } else { user.to_owned() };
    format!("{scheme}://{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flags: &[(&'static str, &str)], env: &[(&str, &str)], file: Option<&str>) -> anyhow::Result<Settings> {
        Settings::resolve(&Inputs {
            flags: flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            environment: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            file: file.map(str::to_owned),
        })
    }

    fn source(settings: &Settings, name: &str) -> Source {
        settings.found.iter().find(|found| found.name == name).unwrap().source
    }

    #[test]
    fn flags_then_environment_then_file_then_default() {
        let file = "listen = \"127.0.0.1:3\"\ndata_dir = \"/file\"\norigin = \"file.example\"\n";
        let env = [("TUTELA_LISTEN", "127.0.0.1:2"), ("TUTELA_DATA_DIR", "/env")];
        let settings = resolve(&[("listen", "127.0.0.1:1")], &env, Some(file)).unwrap();
        assert_eq!(settings.listen.port(), 1);
        assert_eq!(settings.data_dir, PathBuf::from("/env"));
        assert_eq!(settings.origin, "file.example");
        assert_eq!(settings.database_url, "sqlite:///env/tutela.db");
        assert_eq!(source(&settings, "listen"), Source::Flag);
        assert_eq!(source(&settings, "data_dir"), Source::Environment);
        assert_eq!(source(&settings, "origin"), Source::File);
        assert_eq!(source(&settings, "database_url"), Source::Default);
    }

    #[test]
    fn the_provider_returns_to_the_console_unless_somebody_says_otherwise() {
        let back = |flags: &[(&'static str, &str)]| resolve(flags, &[], None).unwrap().oidc_redirect_url;
        assert_eq!(back(&[]), "");
        assert_eq!(back(&[("public_url", "https://x.cn/")]), "https://x.cn/login/back");
        assert_eq!(back(&[("public_url", "https://x.cn"), ("oidc_redirect_url", "https://y.cn/b")]), "https://y.cn/b");
    }

    #[test]
    fn what_nobody_knows_is_an_error() {
        let error = resolve(&[], &[], Some("listne = \"127.0.0.1:1\"")).unwrap_err().to_string();
        assert!(error.contains("listne") && error.contains("listen,"), "{error}");
        assert!(resolve(&[], &[], Some("listen = 1")).is_err());
        assert!(resolve(&[], &[], Some("listen = ")).is_err());
        assert!(resolve(&[], &[("TUTELA_LISTEN", "8080")], None).is_err());
        assert!(resolve(&[], &[("TUTELA_LOG_FORMAT", "xml")], None).is_err());
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(masked("postgres://me:se:cr@et@host:5432/db?x=y"), "postgres://me:***@host:5432/db?x=y");
        assert_eq!(masked("postgres://me@host/db"), "postgres://me@host/db");
        assert_eq!(masked("sqlite://./data/tutela.db"), "sqlite://./data/tutela.db");
    }
}
