//! The page of a problem type in the browser. All texts are ours, so nothing has to be escaped.

use crate::language::Language;
use crate::problem_type::ProblemType;

/// The page, the caller's language first.
pub fn html(kind: ProblemType, language: Language) -> String {
    let (first, second) = language.pick((Language::Zh, Language::En), (Language::En, Language::Zh));
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{}</title>\n\
         <body style=\"max-width:40em;margin:2em auto;padding:0 1em;font-family:sans-serif;line-height:1.6\">\n\
         <p><code>{}</code> · HTTP {}</p>\n{}\n{}\n</body>\n</html>\n",
        language.tag(),
        kind.page(language).title,
        kind.uri(),
        kind.status().as_u16(),
        section(kind, first),
        section(kind, second),
    )
}

fn section(kind: ProblemType, language: Language) -> String {
    let page = kind.page(language);
    format!(
        "<section lang=\"{}\">\n<h1>{}</h1>\n<p>{}</p>\n<dl>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n</dl>\n</section>",
        language.tag(),
        page.title,
        page.meaning,
        language.pick("客户端", "Client"),
        page.client,
        language.pick("运营与支持", "Operator and support"),
        page.operator,
    )
}
