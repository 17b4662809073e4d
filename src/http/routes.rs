//! The table of routes.

use self::Access::{Anybody, Customer, Local, May, Member, Operator, SignedIn};
use super::body::BODY_BYTES;
use super::observe::{self, Observed};
use super::problem::{Problem, method_not_allowed};
use super::{
    accounts, agents, attachments, audit, automations, availability, catalog, chat, companies, company_data, contacts,
    contract, conversations, customer_orders, customer_page, customers, dev, files, folders, health, invitations,
    links, me, monitoring, notifications, operations, orders, pages, passwords, payments, privacy, push_subscriptions,
    report_schedules, reports, responses, restorations, roles, search, second_factor, secure, sessions, status_board,
    tags, teams,
};
use crate::domain::people::permission::{Capability, Capability as C};
use crate::platform::transfer::{self, Passing};
use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Method, StatusCode};
use std::cell::OnceCell;
use std::sync::Arc;
use tower_service::Service;
use worker::{Context, Env, web_sys};

/// Who may call a route. What a capability reaches (one's own, everything) is decided at the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody at all.
    Anybody,
    /// Whoever is signed in, whatever the company.
    SignedIn,
    /// A member of the company that the path names.
    Member,
    /// A member with this capability; where a route does several things, with the one that its usual use takes.
    May(Capability),
    /// Whoever holds the conversation's link.
    Customer,
    /// Anybody, on a developer's machine; nobody elsewhere.
    Local,
    /// Whoever runs the deployment and has its restore key; nobody where there is none.
    Operator,
}

/// One route, as the contract and the permission table know it.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
}

/// Declares every route once: for the router, for the contract and for the permission table. A route without an access
/// does not compile.
macro_rules! routes {
    ($($method:ident $path:literal $handler:path, $access:expr;)+) => {
        /// Every route.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, access: $access }),+];

        fn router() -> Router {
            Router::new()$(.route($path, $method($handler)))+
                .route_layer(from_fn(observe::name_route))
                .fallback(pages::nothing_here)
        }
    };
}

routes! {
    get "/api/health" health::health, Anybody;
    get "/api/ready" health::ready, Anybody;
    get "/api/openapi.json" contract::document, Anybody;

    post "/api/signup" accounts::sign_up, Anybody;
    get "/api/slugs/{slug}" accounts::slug, Anybody;
    post "/api/session" accounts::sign_in, Anybody;
    delete "/api/session" accounts::sign_out, SignedIn;
    get "/api/sessions" sessions::list, SignedIn;
    delete "/api/sessions" sessions::end_all, SignedIn;
    delete "/api/sessions/{id}" sessions::end, SignedIn;
    post "/api/tokens" accounts::token, Anybody;
    post "/api/password/forgot" passwords::forgot, Anybody;
    post "/api/password/reset" passwords::reset, Anybody;
    put "/api/password" passwords::change, SignedIn;
    get "/api/second-factor" second_factor::show, SignedIn;
    post "/api/second-factor" second_factor::begin, SignedIn;
    put "/api/second-factor" second_factor::confirm, SignedIn;
    delete "/api/second-factor" second_factor::remove, SignedIn;
    get "/api/invitations/{token}" invitations::show, Anybody;
    post "/api/invitations/{token}" invitations::accept, Anybody;

    get "/api/companies" companies::list, SignedIn;
    post "/api/companies" companies::create, SignedIn;
    get "/api/companies/{company}" companies::show, Member;
    post "/api/companies/{company}/index/rebuild" operations::rebuild_index, May(C::TenantSettings);
    patch "/api/companies/{company}" companies::update, May(C::TenantSettings);
    delete "/api/companies/{company}" company_data::erase, Member;
    get "/api/companies/{company}/export" company_data::export, Member;
    get "/api/restorations/{id}" restorations::show, Operator;
    post "/api/restorations/{id}/lines" restorations::take, Operator;
    post "/api/restorations/{id}/opening" restorations::open, Operator;
    delete "/api/restorations/{id}" restorations::give_up, Operator;
    get "/api/companies/{company}/erasures" privacy::list, May(C::ContactErase);
    post "/api/companies/{company}/erasures/reapplication" privacy::reapply, May(C::ContactErase);
    get "/api/companies/{company}/me" me::show, Member;
    patch "/api/companies/{company}/me" me::update, Member;
    get "/api/companies/{company}/notifications" notifications::list, Member;
    put "/api/companies/{company}/notifications/read" notifications::read, Member;
    get "/api/companies/{company}/push-key" push_subscriptions::key, Member;
    get "/api/companies/{company}/push-subscriptions" push_subscriptions::list, Member;
    post "/api/companies/{company}/push-subscriptions" push_subscriptions::create, Member;
    delete "/api/companies/{company}/push-subscriptions/{id}" push_subscriptions::remove, Member;
    get "/api/companies/{company}/agents" agents::list, May(C::AgentList);
    post "/api/companies/{company}/agents" agents::inviting::create, May(C::AgentInvite);
    get "/api/companies/{company}/agents/{id}" agents::show, May(C::AgentList);
    patch "/api/companies/{company}/agents/{id}" agents::changing::update, May(C::AgentEdit);
    delete "/api/companies/{company}/agents/{id}" agents::leaving::remove, May(C::AgentRemove);
    put "/api/companies/{company}/agents/{id}/disabled" agents::leaving::disable, May(C::AgentDisable);
    delete "/api/companies/{company}/agents/{id}/disabled" agents::leaving::enable, May(C::AgentDisable);
    post "/api/companies/{company}/agents/{id}/invitation" invitations::again, May(C::AgentInvite);
    post "/api/companies/{company}/agents/{id}/password-reset" agents::passwords::reset, May(C::AgentResetPassword);
    post "/api/companies/{company}/agents/{id}/force-password-change" agents::passwords::force_change, May(C::AgentForcePasswordChange);
    get "/api/companies/{company}/monitoring" monitoring::show, May(C::MonitorView);
    get "/api/companies/{company}/status-board" status_board::show, May(C::StatusBoardView);
    get "/api/companies/{company}/roles" roles::list, Member;
    post "/api/companies/{company}/roles" roles::create, May(C::AgentRole);
    patch "/api/companies/{company}/roles/{id}" roles::update, May(C::AgentRole);
    delete "/api/companies/{company}/roles/{id}" roles::remove, May(C::AgentRole);
    get "/api/companies/{company}/teams" teams::groups, Member;
    post "/api/companies/{company}/teams" teams::create_group, May(C::TeamManage);
    patch "/api/companies/{company}/teams/{id}" teams::update_group, May(C::TeamManage);
    delete "/api/companies/{company}/teams/{id}" teams::remove_group, May(C::TeamManage);
    get "/api/companies/{company}/business-units" teams::units, Member;
    post "/api/companies/{company}/business-units" teams::create_unit, May(C::TeamManage);
    patch "/api/companies/{company}/business-units/{id}" teams::update_unit, May(C::TeamManage);
    delete "/api/companies/{company}/business-units/{id}" teams::remove_unit, May(C::TeamManage);
    get "/api/companies/{company}/folders" folders::list, Member;
    post "/api/companies/{company}/folders" folders::create, May(C::FolderCreate);
    patch "/api/companies/{company}/folders/{id}" folders::update, May(C::FolderEdit);
    delete "/api/companies/{company}/folders/{id}" folders::remove, May(C::FolderDelete);
    get "/api/companies/{company}/folders/{id}/rights" folders::rights, May(C::FolderAcl);
    put "/api/companies/{company}/folders/{id}/rights" folders::set_rights, May(C::FolderAcl);
    get "/api/companies/{company}/contacts" contacts::list, Member;
    get "/api/companies/{company}/contacts/{id}" contacts::show, Member;
    patch "/api/companies/{company}/contacts/{id}" contacts::update, May(C::ContactEdit);
    get "/api/companies/{company}/tags" tags::list, Member;
    post "/api/companies/{company}/tags" tags::create, May(C::TagCreate);
    patch "/api/companies/{company}/tags/{id}" tags::update, May(C::TagCreate);
    delete "/api/companies/{company}/tags/{id}" tags::remove, May(C::TagDelete);
    put "/api/companies/{company}/tags/{id}/merger" tags::merge, May(C::TagDelete);
    get "/api/companies/{company}/responses" responses::list, May(C::TemplateUse);
    post "/api/companies/{company}/responses" responses::create, May(C::TemplateCreate);
    post "/api/companies/{company}/responses/rendering" responses::rendering::preview, May(C::TemplateUse);
    get "/api/companies/{company}/responses/{id}" responses::show, May(C::TemplateUse);
    patch "/api/companies/{company}/responses/{id}" responses::update, May(C::TemplateEdit);
    delete "/api/companies/{company}/responses/{id}" responses::remove, May(C::TemplateDelete);
    post "/api/companies/{company}/responses/{id}/rendering" responses::rendering::create, May(C::TemplateUse);
    delete "/api/companies/{company}/contacts/{id}" privacy::erase_contact, May(C::ContactErase);
    get "/api/companies/{company}/contacts/{id}/export" privacy::export_contact, May(C::ContactExport);
    put "/api/companies/{company}/contacts/{id}/sticky" contacts::stick, May(C::ContactStick);
    delete "/api/companies/{company}/contacts/{id}/sticky" contacts::unstick, May(C::ContactUnstick);
    get "/api/companies/{company}/automations" automations::list, May(C::AutomationManage);
    post "/api/companies/{company}/automations" automations::create, May(C::AutomationManage);
    put "/api/companies/{company}/automations/order" automations::set_order, May(C::AutomationManage);
    post "/api/companies/{company}/automations/dry-run" automations::dry_run, May(C::AutomationManage);
    get "/api/companies/{company}/automations/{id}" automations::show, May(C::AutomationManage);
    patch "/api/companies/{company}/automations/{id}" automations::update, May(C::AutomationManage);
    delete "/api/companies/{company}/automations/{id}" automations::remove, May(C::AutomationManage);
    get "/api/companies/{company}/automations/{id}/runs" automations::runs, May(C::AutomationManage);
    get "/api/companies/{company}/business-hours" companies::business_hours, Member;
    get "/api/companies/{company}/reports/conversations" reports::conversations, May(C::ReportConversations);
    get "/api/companies/{company}/reports/agents" reports::agents, May(C::ReportConversations);
    get "/api/companies/{company}/reports/payments" reports::payments, May(C::ReportPayments);
    get "/api/companies/{company}/report-schedules" report_schedules::list, Member;
    post "/api/companies/{company}/report-schedules" report_schedules::create, May(C::ReportExport);
    patch "/api/companies/{company}/report-schedules/{id}" report_schedules::update, Member;
    delete "/api/companies/{company}/report-schedules/{id}" report_schedules::remove, Member;
    get "/api/companies/{company}/audit" audit::list, May(C::TenantAuditView);
    put "/api/companies/{company}/logo" files::set_logo, May(C::TenantBranding);
    delete "/api/companies/{company}/logo" files::remove_logo, May(C::TenantBranding);
    put "/api/companies/{company}/me/photo" files::set_photo, Member;
    delete "/api/companies/{company}/me/photo" files::remove_photo, Member;
    put "/api/companies/{company}/me/description-file" files::set_description_file, Member;
    delete "/api/companies/{company}/me/description-file" files::remove_description_file, Member;
    get "/api/companies/{company}/files/{id}" files::download, Member;
    get "/api/companies/{company}/live" conversations::feed, Member;
    get "/api/companies/{company}/search" search::search, Member;

    get "/api/companies/{company}/catalog" catalog::list, Member;
    post "/api/companies/{company}/catalog" catalog::create, May(C::CatalogManage);
    get "/api/companies/{company}/catalog/{id}" catalog::show, Member;
    patch "/api/companies/{company}/catalog/{id}" catalog::update, May(C::CatalogManage);
    delete "/api/companies/{company}/catalog/{id}" catalog::remove, May(C::CatalogManage);
    put "/api/companies/{company}/catalog/{id}/picture" catalog::set_picture, May(C::CatalogManage);
    delete "/api/companies/{company}/catalog/{id}/picture" catalog::remove_picture, May(C::CatalogManage);

    get "/api/companies/{company}/order-settings" payments::settings::show, May(C::OrderView);
    put "/api/companies/{company}/order-settings" payments::settings::set, May(C::TenantSettings);
    get "/api/companies/{company}/orders" orders::list, May(C::OrderView);
    post "/api/companies/{company}/orders" orders::making::create, May(C::OrderCreateIndependent);
    get "/api/companies/{company}/orders/{id}" orders::show, May(C::OrderView);
    patch "/api/companies/{company}/orders/{id}" orders::update, May(C::OrderEdit);
    delete "/api/companies/{company}/orders/{id}" orders::remove, May(C::OrderDelete);
    post "/api/companies/{company}/orders/{id}/offer" orders::steps::offer, May(C::OrderEdit);
    post "/api/companies/{company}/orders/{id}/confirmation" orders::steps::confirm, May(C::OrderEdit);
    post "/api/companies/{company}/orders/{id}/cancellation" orders::steps::cancel, May(C::OrderCancel);
    post "/api/companies/{company}/orders/{id}/restoration" orders::steps::restore, May(C::OrderDelete);
    get "/api/companies/{company}/orders/{id}/comments" orders::comments::list, May(C::OrderView);
    post "/api/companies/{company}/orders/{id}/comments" orders::comments::create, May(C::OrderComment);
    get "/api/companies/{company}/orders/{id}/history" orders::comments::history, May(C::OrderView);
    get "/api/companies/{company}/orders/{id}/payments" payments::of_order, May(C::OrderView);
    post "/api/companies/{company}/orders/{id}/payments" payments::create, May(C::OrderEdit);
    post "/api/companies/{company}/orders/{id}/payments/{payment}/receipt" payments::receive, May(C::OrderEdit);
    post "/api/companies/{company}/orders/{id}/payments/{payment}/reconciliation" payments::reconcile, May(C::PaymentReconcile);
    post "/api/companies/{company}/orders/{id}/payments/{payment}/rejection" payments::reject, May(C::PaymentReject);
    post "/api/companies/{company}/orders/{id}/payments/{payment}/reopening" payments::reopen, May(C::PaymentReopen);
    get "/api/companies/{company}/payments" payments::list, May(C::OrderView);
    post "/api/companies/{company}/payments/reconciliations" payments::statement::reconcile, May(C::PaymentReconcile);
    post "/api/webhooks/stripe" payments::webhook::stripe_event, Anybody;

    get "/api/companies/{company}/conversations" conversations::list::list, Member;
    post "/api/companies/{company}/conversations" conversations::starting::start, May(C::ConversationReply);
    get "/api/companies/{company}/conversations/counters" conversations::list::counters, Member;
    post "/api/companies/{company}/conversations/bulk" conversations::bulk::bulk, Member;
    post "/api/companies/{company}/conversations/next" conversations::next, May(C::ConversationAssignSelf);
    get "/api/companies/{company}/conversations/{id}" conversations::show, May(C::ConversationView);
    get "/api/companies/{company}/conversations/{id}/events" conversations::events, May(C::ConversationView);
    get "/api/companies/{company}/conversations/{id}/live" conversations::live, May(C::ConversationView);
    post "/api/companies/{company}/conversations/{id}/messages" conversations::reply, May(C::ConversationReply);
    post "/api/companies/{company}/conversations/{id}/notes" conversations::comment, May(C::ConversationCommentInternal);
    get "/api/companies/{company}/conversations/{id}/colleagues" conversations::following::colleagues, May(C::ConversationView);
    put "/api/companies/{company}/conversations/{id}/followers/{agent_id}" conversations::following::follow, May(C::ConversationView);
    delete "/api/companies/{company}/conversations/{id}/followers/{agent_id}" conversations::following::unfollow, May(C::ConversationView);
    get "/api/companies/{company}/conversations/{id}/log" conversations::log::export, May(C::TenantAuditExport);
    get "/api/companies/{company}/conversations/{id}/events/{seq}/translation" conversations::translating::show, May(C::ConversationView);
    post "/api/companies/{company}/conversations/{id}/catalog" catalog::send, May(C::CatalogSend);
    post "/api/companies/{company}/conversations/{id}/claim" conversations::claim, May(C::ConversationAssignSelfPick);
    put "/api/companies/{company}/conversations/{id}/assignee" conversations::assign, May(C::ConversationAssignOther);
    put "/api/companies/{company}/conversations/{id}/folder" conversations::set_folder, May(C::ConversationAssignFolder);
    put "/api/companies/{company}/conversations/{id}/team" conversations::set_team, May(C::ConversationAssignTeam);
    put "/api/companies/{company}/conversations/{id}/priority" conversations::marks::set_priority, May(C::ConversationTag);
    put "/api/companies/{company}/conversations/{id}/tags/{tag_id}" conversations::marks::tag, May(C::ConversationTag);
    delete "/api/companies/{company}/conversations/{id}/tags/{tag_id}" conversations::marks::untag, May(C::ConversationTag);
    put "/api/companies/{company}/conversations/{id}/status" conversations::set_status, May(C::ConversationClose);
    put "/api/companies/{company}/conversations/{id}/merger" conversations::merging::merge, May(C::ConversationMerge);
    post "/api/companies/{company}/conversations/{id}/files" attachments::bring, May(C::ConversationCommentInternal);
    get "/api/companies/{company}/conversations/{id}/files/{file}" attachments::read, May(C::ConversationView);
    delete "/api/companies/{company}/conversations/{id}/files/{file}" attachments::take_back, Member;
    post "/api/companies/{company}/conversations/{id}/link" links::replace, May(C::ConversationReply);

    get "/api/public/files/{id}" files::public, Anybody;
    post "/api/public/companies/{company}/conversations" customers::open, Anybody;
    get "/api/public/companies/{company}/availability" availability::show, Anybody;
    get "/api/public/conversations/{id}" customers::show, Customer;
    get "/api/public/conversations/{id}/events" customers::events, Customer;
    get "/api/public/conversations/{id}/live" customers::live, Customer;
    post "/api/public/conversations/{id}/messages" customers::write, Customer;
    put "/api/public/conversations/{id}/status" customers::set_status, Customer;
    post "/api/public/conversations/{id}/files" attachments::customer_brings, Customer;
    get "/api/public/conversations/{id}/files/{file}" attachments::customer_reads, Customer;
    delete "/api/public/conversations/{id}/files/{file}" attachments::customer_takes_back, Customer;
    put "/api/public/conversations/{id}/rating" customers::rate, Customer;
    get "/api/public/conversations/{id}/orders" customer_orders::list, Customer;
    post "/api/public/conversations/{id}/orders" customer_orders::request, Customer;
    put "/api/public/conversations/{id}/orders/{order}/answer" customer_orders::respond, Customer;
    post "/api/public/conversations/{id}/orders/{order}/payments" customer_orders::pay, Customer;

    get "/" pages::home, Anybody;
    get "/register" pages::dashboard, Anybody;
    get "/sign-in" pages::dashboard, Anybody;
    get "/terms" pages::terms, Anybody;
    get "/invitation/{token}" pages::dashboard, Anybody;
    get "/password" pages::dashboard, Anybody;
    get "/password/change" pages::dashboard, Anybody;
    get "/password/reset/{token}" pages::dashboard, Anybody;
    get "/app" pages::dashboard, Anybody;
    get "/app/{*path}" pages::dashboard, Anybody;
    get "/dev/mail" dev::mail, Local;
    get "/dev/mail.json" dev::mail_json, Local;
    get "/dev/pay/{session}" payments::webhook::dev_page, Local;
    post "/dev/pay/{session}" payments::webhook::dev_pay, Local;
    get "/{company}" pages::contact, Anybody;
    post "/{company}" pages::open, Anybody;
    get "/{company}/link" links::page, Anybody;
    post "/{company}/link" links::ask, Anybody;
    get "/{company}/chat" chat::show, Anybody;
    post "/{company}/chat" chat::start, Anybody;
    get "/{company}/c/{secret}" customer_page::follow_link, Anybody;
    get "/{company}/conversations/{id}" customer_page::show, Customer;
    post "/{company}/conversations/{id}/messages" customer_page::write, Customer;
    post "/{company}/conversations/{id}/status" customer_page::set_status, Customer;
    post "/{company}/conversations/{id}/rating" customer_page::rate, Customer;
    post "/{company}/conversations/{id}/language" customer_page::set_language, Customer;
    post "/{company}/conversations/{id}/orders" customer_orders::request_form, Customer;
    post "/{company}/conversations/{id}/orders/{order}/answer" customer_orders::respond_form, Customer;
    post "/{company}/conversations/{id}/orders/{order}/payments" customer_orders::pay_form, Customer;
}

thread_local! {
    /// Built once per isolate; cloning it is an `Arc`.
    static ROUTER: OnceCell<Router> = const { OnceCell::new() };
}

/// Answers one request.
///
/// # Errors
/// Never: faults are answers.
pub async fn answer(request: web_sys::Request, env: Env, context: Context) -> worker::Result<Response> {
    let mut head = transfer::head(&request)?;
    let observed = Observed::new(&env, &head.method, &head.headers);
    let secure = head.uri.scheme_str() == Some("https");
    let path = head.uri.path().to_owned();
    head.extensions.insert(env);
    head.extensions.insert(Arc::new(context));
    let mut router = ROUTER.with(|built| built.get_or_init(router).clone());
    let response = match router.call(with_body(head, &request).await?).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let mut response = secure::headers(own_words(response, &path), secure);
    observed.answered(&mut response);
    Ok(response)
}

/// The request with its body: a file for a conversation passes by; what says that it is small is at hand; what does not
/// say is read within the limit.
async fn with_body(mut head: Parts, request: &web_sys::Request) -> worker::Result<axum::extract::Request> {
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let body = match length {
        Some(0) => Body::empty(),
        _ if matches!(head.method, Method::GET | Method::HEAD) => Body::empty(),
        _ if takes_a_file(&head) => {
            if let Some(stream) = request.body() {
                head.extensions.insert(Passing::new(stream));
            }
            Body::empty()
        }
        Some(length) if length <= BODY_BYTES => Body::from(transfer::body(request).await?),
        _ => request.body().map_or_else(Body::empty, |stream| Body::new(worker::Body::new(stream))),
    };
    Ok(axum::extract::Request::from_parts(head, body))
}

/// Whether the body is a file for a conversation.
fn takes_a_file(head: &Parts) -> bool {
    head.method == Method::POST && head.uri.path().ends_with("/files")
}

/// The router's own refusals, in our form.
fn own_words(response: Response, path: &str) -> Response {
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => method_not_allowed(&response),
        StatusCode::NOT_FOUND if path.starts_with("/api/") && response.headers().get("content-type").is_none() => {
            Problem::not_found().into_response()
        }
        _ => response,
    }
}
