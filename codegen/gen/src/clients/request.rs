//! The calls that build a method's request: `.path("id", Style::Simple.plain(), &id)`.

use super::{
    plan::{BodyPlan, Field, ParamPlan},
    source::literal,
    types::{Argument, Method},
};
use uaps_model::{BodyKind, Encoding, Operation, Place, Style};

/// The calls, in the order of the document: `accept`, the parameters, the body.
pub(super) fn steps(method: &Method<'_>) -> Vec<String> {
    let (plan, arguments) = (method.plan, &method.signature.arguments);
    let mut steps: Vec<String> =
        accepted(plan.operation).map(|media| format!(".accept({})", literal(&media))).into_iter().collect();
    for param in &plan.params {
        let found = arguments.iter().find(|argument| argument.param.is_some_and(|other| std::ptr::eq(other, param)));
        steps.extend(found.map(|argument| step(param, &argument.ident)));
    }
    let body = arguments.iter().find(|argument| argument.param.is_none());
    steps.extend(plan.body.as_ref().zip(body).map(|(body, argument)| send(body, argument)));
    steps
}

fn step(plan: &ParamPlan<'_>, ident: &str) -> String {
    let param = plan.param;
    let place = match param.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    };
    let how = match param.json {
        true => "Style::Json.plain()".to_owned(),
        false => format(param.style, param.explode, param.allow_reserved),
    };
    format!(".{place}({}, {how}, &{ident})", literal(&param.name))
}

/// `Style::Form.exploded()`
fn format(style: Style, explode: bool, reserved: bool) -> String {
    let style = match style {
        Style::Matrix => "Matrix",
        Style::Label => "Label",
        Style::Simple => "Simple",
        Style::Form => "Form",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::TabDelimited => "TabDelimited",
        Style::DeepObject => "DeepObject",
    };
    let explode = if explode { "exploded" } else { "plain" };
    let reserved = if reserved { ".reserved()" } else { "" };
    format!("Style::{style}.{explode}(){reserved}")
}

/// `&[("tags", Field::Styled(Style::Form.plain()))]`
fn fields(plan: &BodyPlan<'_>) -> String {
    let fields = plan.fields.iter().map(|(name, field)| {
        let how = match field {
            Field::File(media) => format!("Field::File({})", literal(media)),
            Field::Encoded(Encoding::Media { content_type }) => format!("Field::Media({})", literal(content_type)),
            Field::Encoded(Encoding::Styled { style, explode, allow_reserved }) => {
                format!("Field::Styled({})", format(*style, *explode, *allow_reserved))
            }
        };
        format!("({}, {how})", literal(name))
    });
    format!("&[{}]", fields.collect::<Vec<_>>().join(", "))
}

fn send(plan: &BodyPlan<'_>, body: &Argument<'_>) -> String {
    let media = literal(plan.content_type);
    let value = match (body.required, plan.kind) {
        (true, BodyKind::Binary) => "Some(body)",
        (true, _) => "Some(&body)",
        (false, BodyKind::Binary) => "body",
        (false, _) => "body.as_ref()",
    };
    match plan.kind {
        BodyKind::Json => format!(".json({media}, {value})"),
        BodyKind::Form => format!(".form({media}, {}, {value})", fields(plan)),
        BodyKind::Text => format!(".text({media}, {value})"),
        BodyKind::Binary => format!(".bytes({media}, {value})"),
        BodyKind::Multipart => {
            format!(".multipart({media}, crate::multipart::write({}, {value}))", fields(plan))
        }
    }
}

/// The media types that the document announces, JSON first.
fn accepted(operation: &Operation) -> Option<String> {
    let mut types: Vec<&str> = Vec::new();
    for response in &operation.responses {
        types.extend(response.content_type.as_deref().filter(|known| !types.contains(known)));
    }
    types.sort_by_key(|known| !known.contains("json"));
    (!types.is_empty()).then(|| types.join(", "))
}

/// The path template as a literal, with its own text encoded as far as a URL needs it; variables stay between braces.
/// Some documents write a query behind the path, which is sent, and others a fragment, by which they tell operations of
/// one path apart and which never is.
pub(super) fn template(path: &str) -> String {
    let sent = path.split('#').next().unwrap_or_default();
    literal(&match sent.split_once('?') {
        Some((path, query)) => format!("{}?{}", path_encoded(path), literal_encoded(query)),
        None => path_encoded(sent),
    })
}

fn path_encoded(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((literal, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        out.push_str(&literal_encoded(literal));
        out.push_str(&format!("{{{name}}}"));
        rest = tail;
    }
    out.push_str(&literal_encoded(rest));
    out
}

fn literal_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b' ' | b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | b'\\' | b'^' | b'|' => format!("%{byte:02X}"),
        _ if byte.is_ascii() && !byte.is_ascii_control() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
