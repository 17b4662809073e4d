//! The contract, generated from the handlers. `public/openapi.json` is its committed copy; a test compares them.

use super::problem::ProblemBody;
use super::routes::{Access, ROUTES};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi as _};

/// The committed document.
const DOCUMENT: &str = include_str!("../../public/openapi.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Edgedesk", description = "A customer-conversation desk for many companies."),
    paths(
        super::health::health,
        super::health::ready,
        super::operations::rebuild_index,
        document,
        super::accounts::sign_up,
        super::accounts::slug,
        super::accounts::sign_in,
        super::accounts::sign_out,
        super::accounts::token,
        super::sessions::list,
        super::sessions::end_all,
        super::sessions::end,
        super::passwords::forgot,
        super::passwords::reset,
        super::passwords::change,
        super::second_factor::show,
        super::second_factor::begin,
        super::second_factor::confirm,
        super::second_factor::remove,
        super::invitations::show,
        super::invitations::accept,
        super::companies::list,
        super::companies::create,
        super::companies::show,
        super::companies::update,
        super::company_data::erase,
        super::company_data::export,
        super::restorations::show,
        super::restorations::take,
        super::restorations::open,
        super::restorations::give_up,
        super::privacy::list,
        super::privacy::reapply,
        super::privacy::erase_contact,
        super::privacy::export_contact,
        super::me::show,
        super::me::update,
        super::notifications::list,
        super::notifications::read,
        super::push_subscriptions::key,
        super::push_subscriptions::list,
        super::push_subscriptions::create,
        super::push_subscriptions::remove,
        super::status_board::show,
        super::monitoring::show,
        super::reports::conversations,
        super::reports::agents,
        super::reports::payments,
        super::report_schedules::list,
        super::report_schedules::create,
        super::report_schedules::update,
        super::report_schedules::remove,
        super::agents::list,
        super::agents::inviting::create,
        super::agents::show,
        super::agents::changing::update,
        super::agents::leaving::remove,
        super::agents::leaving::disable,
        super::agents::leaving::enable,
        super::invitations::again,
        super::agents::passwords::reset,
        super::agents::passwords::force_change,
        super::roles::list,
        super::roles::create,
        super::roles::update,
        super::roles::remove,
        super::teams::groups,
        super::teams::create_group,
        super::teams::update_group,
        super::teams::remove_group,
        super::teams::units,
        super::teams::create_unit,
        super::teams::update_unit,
        super::teams::remove_unit,
        super::folders::list,
        super::folders::create,
        super::folders::update,
        super::folders::remove,
        super::folders::rights,
        super::folders::set_rights,
        super::contacts::list,
        super::contacts::show,
        super::contacts::update,
        super::tags::list,
        super::tags::create,
        super::tags::update,
        super::tags::remove,
        super::tags::merge,
        super::responses::list,
        super::responses::create,
        super::responses::rendering::preview,
        super::responses::show,
        super::responses::update,
        super::responses::remove,
        super::responses::rendering::create,
        super::contacts::stick,
        super::contacts::unstick,
        super::automations::list,
        super::automations::create,
        super::automations::set_order,
        super::automations::dry_run,
        super::automations::show,
        super::automations::update,
        super::automations::remove,
        super::automations::runs,
        super::companies::business_hours,
        super::audit::list,
        super::files::set_logo,
        super::files::remove_logo,
        super::files::set_photo,
        super::files::remove_photo,
        super::files::set_description_file,
        super::files::remove_description_file,
        super::files::download,
        super::files::public,
        super::search::search,
        super::catalog::list,
        super::catalog::create,
        super::catalog::show,
        super::catalog::update,
        super::catalog::remove,
        super::catalog::set_picture,
        super::catalog::remove_picture,
        super::catalog::send,
        super::payments::settings::show,
        super::payments::settings::set,
        super::orders::list,
        super::orders::making::create,
        super::orders::show,
        super::orders::update,
        super::orders::remove,
        super::orders::steps::offer,
        super::orders::steps::confirm,
        super::orders::steps::cancel,
        super::orders::steps::restore,
        super::orders::comments::list,
        super::orders::comments::create,
        super::orders::comments::history,
        super::payments::of_order,
        super::payments::create,
        super::payments::receive,
        super::payments::reconcile,
        super::payments::reject,
        super::payments::reopen,
        super::payments::list,
        super::payments::statement::reconcile,
        super::payments::webhook::stripe_event,
        super::conversations::feed,
        super::conversations::list::list,
        super::conversations::list::counters,
        super::conversations::starting::start,
        super::conversations::bulk::bulk,
        super::conversations::next,
        super::conversations::show,
        super::conversations::events,
        super::conversations::log::export,
        super::conversations::live,
        super::conversations::reply,
        super::conversations::comment,
        super::conversations::following::colleagues,
        super::conversations::following::follow,
        super::conversations::following::unfollow,
        super::conversations::translating::show,
        super::conversations::claim,
        super::conversations::assign,
        super::conversations::set_folder,
        super::conversations::set_team,
        super::conversations::marks::set_priority,
        super::conversations::marks::tag,
        super::conversations::marks::untag,
        super::conversations::set_status,
        super::conversations::merging::merge,
        super::attachments::bring,
        super::attachments::read,
        super::attachments::take_back,
        super::attachments::customer_brings,
        super::attachments::customer_reads,
        super::attachments::customer_takes_back,
        super::links::replace,
        super::customers::open,
        super::availability::show,
        super::customers::show,
        super::customers::events,
        super::customers::live,
        super::customers::write,
        super::customers::set_status,
        super::customers::rate,
        super::customer_orders::list,
        super::customer_orders::request,
        super::customer_orders::respond,
        super::customer_orders::pay,
        super::pages::home,
        super::pages::dashboard,
        super::pages::terms,
        super::pages::contact,
        super::pages::open,
        super::links::page,
        super::links::ask,
        super::chat::show,
        super::chat::start,
        super::customer_page::follow_link,
        super::customer_page::show,
        super::customer_page::write,
        super::customer_page::set_status,
        super::customer_page::rate,
        super::customer_page::set_language,
        super::customer_orders::request_form,
        super::customer_orders::respond_form,
        super::customer_orders::pay_form,
        super::dev::mail,
        super::dev::mail_json,
        super::payments::webhook::dev_page,
        super::payments::webhook::dev_pay,
    ),
    components(schemas(ProblemBody)),
    modifiers(&Shell, &Flattened, &Problems, &Keys),
    security(("session" = []), ("token" = []))
)]
struct Contract;

/// The dashboard's shell answers at more than one address.
struct Shell;

impl Modify for Shell {
    fn modify(&self, openapi: &mut OpenApi) {
        let paths = &mut openapi.paths.paths;
        let Some(shell) = paths.get("/app/{path}").cloned() else { return };
        for path in [
            "/app",
            "/register",
            "/sign-in",
            "/invitation/{token}",
            "/password",
            "/password/change",
            "/password/reset/{token}",
        ] {
            let mut item = shell.clone();
            if let Some(get) = &mut item.get {
                get.operation_id = Some(format!("dashboard{}", path.replace(['/', '-', '{', '}'], "_")));
                for parameter in get.parameters.iter_mut().flatten() {
                    if let RefOr::T(parameter) = parameter {
                        parameter.name = "token".to_owned();
                    }
                }
                if !path.contains('{') {
                    get.parameters = None;
                }
            }
            paths.insert(path.to_owned(), item);
        }
    }
}

/// What is flattened into another thing has, there, that other thing's fields beside its own.
struct Flattened;

impl Modify for Flattened {
    fn modify(&self, openapi: &mut OpenApi) {
        let Some(components) = &mut openapi.components else { return };
        let known = components.schemas.clone();
        let open = |part: &RefOr<Schema>| {
            let RefOr::Ref(part) = part else { return None };
            let name = part.ref_location.rsplit('/').next()?;
            let RefOr::T(Schema::Object(object)) = known.get(name)? else { return None };
            let mut object = object.clone();
            object.additional_properties.take()?;
            Some(RefOr::T(Schema::Object(object)))
        };
        for schema in components.schemas.values_mut() {
            let RefOr::T(Schema::AllOf(all)) = schema else { continue };
            for part in &mut all.items {
                if let Some(open) = open(part) {
                    *part = open;
                }
            }
        }
    }
}

/// Every operation answers its faults in one form; pages have some of them as HTML.
struct Problems;

impl Modify for Problems {
    fn modify(&self, openapi: &mut OpenApi) {
        for (path, item) in &mut openapi.paths.paths {
            let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
            let mut response = ResponseBuilder::new()
                .description("What went wrong (RFC 9457)")
                .content("application/problem+json", problem);
            if !path.starts_with("/api/") {
                response = response.content("text/html", ContentBuilder::new().build());
            }
            let response = response.build();
            for (_, operation) in operations(item) {
                operation.responses.responses.insert("default".to_owned(), RefOr::T(response.clone()));
            }
        }
    }
}

/// How a caller says who he is: with each operation, what the table of routes asks for.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let cookie = |name: &str| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)));
        let bearer = || HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let secret =
            "The secret of the conversation's link. Without it the conversation is as if it did not exist: 404.";
        components.add_security_scheme("session", cookie("__Host-edgedesk"));
        components.add_security_scheme("token", SecurityScheme::Http(bearer().build()));
        components.add_security_scheme("link", SecurityScheme::Http(bearer().description(Some(secret)).build()));
        let key = "The deployment's RESTORE_KEY. Where it is wrong, or there is none, there is nothing here: 404.";
        components.add_security_scheme("operator", SecurityScheme::Http(bearer().description(Some(key)).build()));
        components.add_security_scheme("browser", cookie("__Host-edgedesk-{id}"));
        for route in ROUTES {
            let Some(item) = openapi.paths.paths.get_mut(&route.path.replace("{*", "{")) else { continue };
            for (_, operation) in operations(item).filter(|(method, _)| *method == route.method) {
                operation.security = match route.access {
                    Access::Anybody | Access::Local => Some(vec![SecurityRequirement::default()]),
                    Access::Customer => Some(vec![required("link"), required("browser")]),
                    Access::Operator => Some(vec![required("operator")]),
                    Access::SignedIn | Access::Member | Access::May(_) => None,
                };
            }
        }
    }
}

fn required(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, <[String; 0]>::default())
}

/// The operations at a path, by method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses(
    (status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

/// The contract as the handlers state it.
#[must_use]
pub fn openapi() -> OpenApi {
    Contract::openapi()
}
