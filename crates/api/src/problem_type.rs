//! The closed list of problem types, each with its status, its titles, and what client, operator and
//! support do about it. docs/PROBLEMS.md and the pages at `/problems/{type}` are made from it.

use std::fmt::Write;

use axum::http::StatusCode;

use crate::language::Language;

/// A page about a type, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Name of the problem.
    pub title: &'static str,
    /// When it occurs and what it means.
    pub meaning: &'static str,
    /// What the client does.
    pub client: &'static str,
    /// What the operator or the support person does.
    pub operator: &'static str,
}

macro_rules! problem_types {
    ($($variant:ident = $slug:literal, $status:ident, $retry:expr,
        zh: $zt:literal, $zm:literal, $zc:literal, $zo:literal,
        en: $et:literal, $em:literal, $ec:literal, $eo:literal;)*) => {
        /// A type of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemType { $(#[doc = $et] $variant),* }

        impl ProblemType {
            /// All, in the order of the document.
            pub const ALL: &'static [ProblemType] = &[$(ProblemType::$variant),*];

            /// Last part of the type's address.
            pub const fn slug(self) -> &'static str {
                match self { $(ProblemType::$variant => $slug),* }
            }

            /// HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(ProblemType::$variant => StatusCode::$status),* }
            }

            /// Seconds after which the same request may succeed; none when it never will unchanged.
            pub const fn retry_after(self) -> Option<u32> {
                match self { $(ProblemType::$variant => $retry),* }
            }

            /// The page in a language.
            pub const fn page(self, language: Language) -> Page {
                match (self, language) {
                    $((ProblemType::$variant, Language::Zh) => Page { title: $zt, meaning: $zm, client: $zc, operator: $zo },
                    (ProblemType::$variant, Language::En) => Page { title: $et, meaning: $em, client: $ec, operator: $eo },)*
                }
            }
        }
    };
}

problem_types! {
    MalformedJson = "malformed-json", BAD_REQUEST, None,
        zh: "请求体不是有效的 JSON", "请求体不是 UTF-8 编码的一个 JSON 对象，或嵌套过深。", "按 detail 中的行列位置改正后重发。", "无需处理。",
        en: "The body is not valid JSON", "The body is not one JSON object in UTF-8, or is nested too deeply.", "Mend the place that `detail` names and send again.", "Nothing.";
    UnknownField = "unknown-field", BAD_REQUEST, None,
        zh: "未知字段", "请求体含有本接口没有的字段，见 field。", "删除或改正该字段名；字段以 /v1/openapi.json 为准。", "核对客户端版本与接口版本。",
        en: "Unknown field", "The body has a field that this route does not know; see `field`.", "Remove the field or correct its name; /v1/openapi.json is what counts.", "Compare the versions of client and server.";
    InvalidField = "invalid-field", BAD_REQUEST, None,
        zh: "字段缺失或格式不对", "请求体的某个字段缺失、重复或不是所要求的形式，见 field。金额须为以分为单位的整数，课时为十进制字符串，日期为 YYYY-MM-DD。", "按 detail 改正该字段。", "无需处理。",
        en: "A field is missing or malformed", "A field of the body is missing, doubled or not of the form required; see `field`. Money is a whole number of fen, class hours are decimal strings, days are YYYY-MM-DD.", "Correct the field as `detail` says.", "Nothing.";
    AccessReasonRequired = "access-reason-required", BAD_REQUEST, None,
        zh: "须说明查阅理由", "查阅家长与学员的个人信息须说明理由；理由会被记录，审计人员与当事家庭可以查看。", "用请求头 X-Access-Reason（UTF-8 百分号编码）或查询参数 reason 给出 4 至 200 个字的理由。", "无需处理。",
        en: "A reason for reading is required", "Who reads personal data of a family says why. The reason is kept, for auditors and for the family itself.", "Give 4 to 200 characters in the header `X-Access-Reason` (percent-encoded UTF-8) or the parameter `reason`.", "Nothing.";
    InvalidParameter = "invalid-parameter", BAD_REQUEST, None,
        zh: "路径、查询或请求头参数不对", "路径中的编号、查询参数或请求头不是所要求的形式，或本接口没有这个参数，见 field。", "按 detail 改正该参数。", "无需处理。",
        en: "A path, query or header parameter is wrong", "An id in the path, a query parameter or a header is not of the form required, or this route does not have it; see `field`.", "Correct the parameter as `detail` says.", "Nothing.";
    IdempotencyKeyRequired = "idempotency-key-required", BAD_REQUEST, None,
        zh: "须提供 Idempotency-Key", "写入账本的请求必须带 Idempotency-Key 请求头，以便重发时只生效一次。", "为每一次操作生成一个新键；重发同一操作时沿用原键。", "无需处理。",
        en: "Idempotency-Key is required", "A request that appends to the ledger carries an `Idempotency-Key`, so that sending it twice has one effect.", "Make a new key for every operation, and use the same key when you repeat it.", "Nothing.";
    NotSignedIn = "not-signed-in", UNAUTHORIZED, None,
        zh: "未登录", "请求没有携带有效的访问令牌，或令牌已过期。", "用 POST /v1/sessions 登录，并以 Authorization: Bearer 发送令牌。", "无需处理。",
        en: "Not signed in", "The request has no valid token, or the token has expired.", "Log in with POST /v1/sessions and send the token as `Authorization: Bearer`.", "Nothing.";
    WrongCredentials = "wrong-credentials", UNAUTHORIZED, None,
        zh: "用户名或密码不对", "用户名或密码不对；不区分是哪一个。", "核对后重试。", "管理员可以重设密码。",
        en: "Wrong user name or password", "The user name or the password is wrong; which one is not said.", "Check both and try again.", "An administrator can set a new password.";
    WrongCode = "wrong-code", FORBIDDEN, None,
        zh: "动态口令不对", "动态口令不对、已过期、已用过，或尚未设置动态口令。", "等待应用显示下一个口令后重试；手机遗失时改用恢复码。", "管理员可以移除该用户的动态口令，由其重新设置。",
        en: "Wrong one-time code", "The one-time code is wrong, too old or was used, or none was set up.", "Wait for the next code and try again; with a lost telephone use a recovery code.", "An administrator can remove the user's second factor, to be set up anew.";
    NotLinked = "not-linked", FORBIDDEN, None,
        zh: "外部账号未关联用户", "身份提供方已确认该账号（actual），但管理员尚未将其关联到本系统的用户。", "把 actual 中的账号标识告知管理员。", "用 POST /v1/users/{id}/identities 关联；登录本身不会产生任何权限。",
        en: "The account is linked to no user", "The identity provider vouches for the account (`actual`), and no administrator has linked it to a user.", "Give the administrator what stands in `actual`.", "Link it with POST /v1/users/{id}/identities; logging in never makes a right.";
    Forbidden = "forbidden", FORBIDDEN, None,
        zh: "无权进行此操作", "当前用户的角色、岗位、部门或管辖区域不允许此操作。", "换用有权的账号。权限见 docs/ACCESS.md。", "核对该用户的角色与区域。",
        en: "Not allowed", "The user's role, post, department or region does not allow this.", "Use an account that may. docs/ACCESS.md has the table.", "Check the user's role and region.";
    NotFound = "not-found", NOT_FOUND, None,
        zh: "不存在", "没有这个地址或这个编号，或当前用户无权知道它是否存在。", "核对地址、编号与所用账号。", "无需处理。",
        en: "Not found", "There is no such address or id, or the user may not know whether there is.", "Check the address, the id and the account used.", "Nothing.";
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, None,
        zh: "该地址不支持此方法", "地址存在，但不支持所用的 HTTP 方法，见 Allow 响应头。", "按 /v1/openapi.json 改用所支持的方法。", "无需处理。",
        en: "Method not allowed", "The address exists but not with this HTTP method; see the `Allow` header.", "Use a method that /v1/openapi.json lists.", "Nothing.";
    WrongState = "wrong-state", CONFLICT, None,
        zh: "当前状态不允许此操作", "事项所处的状态（actual）不允许这一步（rule 为空，field 为事项种类）。", "先读取事项的当前状态，再决定下一步。", "按业务流程核对。",
        en: "The state does not allow it", "The thing is in a state (`actual`) that does not allow this step.", "Read its state first, then decide what to do.", "Check against the procedure.";
    AlreadyExists = "already-exists", CONFLICT, None,
        zh: "已经存在", "具有相同唯一值的事项已经存在，见 field。", "改用已有的事项，或更正该值。", "核对是否重复录入。",
        en: "Already there", "Something with the same unique value exists; see `field`.", "Use what is there, or correct the value.", "Check for double entry.";
    IdempotencyKeyReused = "idempotency-key-reused", CONFLICT, None,
        zh: "Idempotency-Key 已用于其他请求", "同一个键先前用于内容不同的请求，首个不同的字段见 field。", "不同的操作用不同的键。", "检查客户端生成键的方式。",
        en: "Idempotency-Key was used for another request", "The key was used before with another content; `field` names the first difference.", "Use another key for another operation.", "Check how the client makes its keys.";
    StaleVersion = "stale-version", PRECONDITION_FAILED, None,
        zh: "内容已被他人修改", "自读取之后，该内容已被修改；If-Match 与当前版本不符，没有写入任何内容。", "重新读取，确认后以新的 ETag 重发。", "无需处理。",
        en: "It was changed in the meantime", "It was changed after it was read: `If-Match` is not the tag of what there is. Nothing was written.", "Read it again, and send the change with the new `ETag`.", "Nothing.";
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, None,
        zh: "请求体过大", "请求体超过上限（limit，字节）。", "分批发送。", "无需处理。",
        en: "The body is too large", "The body is longer than `limit` bytes.", "Send it in parts.", "Nothing.";
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, None,
        zh: "不支持的内容类型", "请求体必须是 application/json。", "设置 Content-Type: application/json。", "无需处理。",
        en: "Unsupported media type", "A body is `application/json`.", "Set `Content-Type: application/json`.", "Nothing.";
    RuleBroken = "rule-broken", UNPROCESSABLE_ENTITY, None,
        zh: "违反规则", "请求违反一条或多条业务规则。violations 按固定次序列出全部，rule、limit、actual、source 为第一条。", "按每一条的 limit 与 source 改正。", "规则见 docs/RULES.md。",
        en: "A rule is broken", "The request breaks one or more rules. `violations` has all of them in a fixed order; `rule`, `limit`, `actual` and `source` are those of the first.", "Correct what each `limit` and `source` asks.", "docs/RULES.md has the rules.";
    UnreadableFile = "unreadable-file", UNPROCESSABLE_ENTITY, None,
        zh: "文件无法读取", "所交文件不是可读取的 CSV 或 XLSX，编码无法识别，或行数、大小超过上限；没有写入任何内容。", "按 detail 处理后重新提交。", "无需处理。",
        en: "The file cannot be read", "The file is no CSV or XLSX that can be read, its encoding is not known, or it has too many rows or bytes. Nothing was written.", "Do what `detail` says and send it again.", "Nothing.";
    NoLedger = "no-ledger", UNPROCESSABLE_ENTITY, None,
        zh: "该区域没有账本", "只有县级区域监管预收费并设有账本，limit 为该区域代码。", "使用县级区划代码。", "核对区划代码。",
        en: "The region has no ledger", "Only a county supervises fees and has a ledger; `actual` is the region given.", "Use the code of a county.", "Check the code.";
    NoPolicy = "no-policy", UNPROCESSABLE_ENTITY, None,
        zh: "该日没有政策数据", "所问的日期早于政策数据的起始日。", "使用较晚的日期。", "需要更早的政策时补充数据文件。",
        en: "No policy data for that day", "The day is before the policy data begins.", "Use a later day.", "Add data where earlier rules are needed.";
    InvalidPolicy = "invalid-policy", UNPROCESSABLE_ENTITY, None,
        zh: "政策草案不合格", "草案不能作为政策数据读入：有缺口、重叠、未知的参数、缺少来源、价格档未覆盖全部人数等，参数名见 field。", "按 detail 所说改正草案；参数与写法见 docs/RULES.md 与 tutela policy check。", "协助起草人对照 docs/RULES.md。",
        en: "The draft is not fit as policy data", "The draft cannot be read as policy data: a gap, an overlap, an unknown parameter, a missing source, price bands that leave a class size uncovered; `field` names the parameter.", "Correct the draft as `detail` says; docs/RULES.md and `tutela policy check` show how parameters are written.", "Help the drafter with docs/RULES.md.";
    InvalidTemplate = "invalid-template", UNPROCESSABLE_ENTITY, None,
        zh: "合同范本文件不合格", "范本文件不能读入：有未知的空格、缺少法定必备字段、空格重复、过大、不是 UTF-8 等，行号见 detail。", "按 detail 改正文件后重新载入；文件格式与字段见 docs/CONTRACT.md 与 GET /v1/contract-fields。", "协助载入人对照 docs/CONTRACT.md。",
        en: "The template file is not fit", "The file cannot be read as a template: an unknown blank, a field missing that the law asks for, a blank twice, too large, not UTF-8; `detail` names the line.", "Correct the file as `detail` says and load it again; docs/CONTRACT.md and GET /v1/contract-fields have form and fields.", "Help whoever loads it with docs/CONTRACT.md.";
    ImpossibleFacts = "impossible-facts", UNPROCESSABLE_ENTITY, None,
        zh: "所述事实不可能成立", "计算所依据的事实自相矛盾或缺少必要的一项，例如已用课时多于所购课时、课包没有课时、日期次序颠倒，见 field、limit、actual。", "核对并改正该字段。", "无需处理。",
        en: "The facts cannot be", "What is to be computed contradicts itself or lacks something: more hours used than bought, a lot without hours, days out of order. See `field`, `limit` and `actual`.", "Check and correct the field.", "Nothing.";
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, Some(1),
        zh: "请求过于频繁", "同一来源地址使用公开计算工具的次数超过每分钟上限（limit）。", "按 Retry-After 稍后再试；批量核算请联系运营方。", "上限由设置 calculator_requests_per_minute 给出；部署在反向代理之后时，用 trusted_proxies 说明代理层数，否则所有人共用代理的地址。",
        en: "Too many requests", "One address used the public calculators more often than `limit` per minute.", "Try again after `Retry-After`; ask the operator where many are needed.", "The setting calculator_requests_per_minute has the limit. Behind reverse proxies, say how many with trusted_proxies, or all share the proxy's address.";
    TooManyAttempts = "too-many-attempts", TOO_MANY_REQUESTS, Some(30),
        zh: "登录失败次数过多", "该账号或来源地址登录失败次数过多，暂不受理；等待时间随失败次数加倍，最长十五分钟。", "按 Retry-After 稍后再试；忘记密码请联系管理员。", "核对日志中的来源；确为本人时可用 tutela user passwd 重设密码。",
        en: "Too many failed log-ins", "The account or the address failed to log in too often. The wait doubles with each failure, up to fifteen minutes.", "Try again after `Retry-After`; ask the administrator for a new password if it is forgotten.", "Look at the log for the address; `tutela user passwd` sets a new password.";
    IdentityProvider = "identity-provider", SERVICE_UNAVAILABLE, Some(5),
        zh: "身份提供方不可用", "无法连接单位的身份提供方，或其公布的配置不能使用。", "稍后重试，或改用密码登录。", "检查设置 oidc_issuer 与网络；细节在日志中。",
        en: "The identity provider is not available", "The bureau's identity provider cannot be reached, or what it publishes cannot be used.", "Try again later, or log in with the password.", "Check the setting oidc_issuer and the network; details are in the log.";
    Busy = "busy", SERVICE_UNAVAILABLE, Some(1),
        zh: "系统繁忙", "等待处理的请求过多，或数据库暂时争用，没有写入任何内容。", "按 Retry-After 稍后用同一个 Idempotency-Key 重发。", "持续出现时检查数据库与磁盘。",
        en: "Busy", "Too many requests are waiting, or the database is contended. Nothing was written.", "Send again after `Retry-After` with the same `Idempotency-Key`.", "If it lasts, look at database and disk.";
    CheckpointPending = "checkpoint-pending", SERVICE_UNAVAILABLE, Some(1),
        zh: "检查点尚未签发", "条目已经记入账本，但覆盖它的检查点尚未签发。", "稍后用同一个 Idempotency-Key 重发，或再取凭证。", "持续出现时查看日志中签发检查点的错误。",
        en: "No checkpoint yet", "The entry is recorded, but no signed checkpoint covers it yet.", "Send again with the same `Idempotency-Key`, or fetch the receipt later.", "If it lasts, look in the log for errors of signing.";
    LedgerStopped = "ledger-stopped", SERVICE_UNAVAILABLE, Some(300),
        zh: "账本停止写入", "账本的完整性存疑，已停止写入；读取照常。", "联系运营方。", "运行 tutela verify，按 docs/OPERATIONS.md 处理；切勿直接修改数据库。",
        en: "The ledger takes no writes", "The ledger's integrity is in doubt: it takes no writes, reads go on.", "Tell the operator.", "Run `tutela verify` and follow docs/OPERATIONS.md; never edit the database.";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, Some(5),
        zh: "服务暂不可用", "数据库不可用、请求超时或服务正在停止。写入请求可能已经生效。", "按 Retry-After 用同一个 Idempotency-Key 重发，即可得知结果。", "检查数据库与服务状态。",
        en: "Not available", "The database cannot be reached, the request took too long, or the server is stopping. A write may have taken effect.", "Send again after `Retry-After` with the same `Idempotency-Key`; the answer tells.", "Check database and service.";
    Internal = "internal", INTERNAL_SERVER_ERROR, None,
        zh: "内部错误", "服务端出现错误，细节只在日志中。", "用同一个 Idempotency-Key 可以安全重发；仍失败时报告请求时间与地址。", "按时间与地址在日志中查找。",
        en: "Internal error", "Something went wrong on our side; details are only in the log.", "It is safe to send again with the same `Idempotency-Key`; report time and address if it stays.", "Find it in the log by time and address.";
}

impl ProblemType {
    /// The type's address.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.slug())
    }

    /// By the last part of its address.
    pub fn by_slug(slug: &str) -> Option<ProblemType> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// The page as Markdown, both languages.
    pub fn markdown(self) -> String {
        let mut text = format!("## `{}` · {}\n", self.uri(), self.status().as_u16());
        for (language, client, operator) in
            [(Language::Zh, "客户端", "运营与支持"), (Language::En, "Client", "Operator and support")]
        {
            let page = self.page(language);
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\n**{}**\n\n{}\n\n- {client}: {}\n- {operator}: {}\n",
                page.title, page.meaning, page.client, page.operator
            );
        }
        text
    }
}

/// docs/PROBLEMS.md.
pub fn document() -> String {
    let mut text = String::from(
        "<!-- Made from crates/api/src/problem_type.rs; `UPDATE_DOCS=1 cargo test -p tests --test api` writes it. -->\n\n\
         # Problems\n\n\
         Every error is a problem document (RFC 9457, `application/problem+json`). `type` is one of the addresses \
         below, where this page is served too; `title` and `detail` are Chinese, or English for those who ask with \
         `Accept-Language`. Further members, where they apply: `rule`, `source`, `limit`, `actual`, `field`, \
         `retryable`, `violations`.\n\n\
         错误一律为 RFC 9457 问题文档。`type` 为下列之一，内容稳定；`retryable` 为真时可用同一个 `Idempotency-Key` 重发。\n",
    );
    for kind in ProblemType::ALL {
        text.push('\n');
        text.push_str(&kind.markdown());
    }
    text
}
