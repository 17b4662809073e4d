//! How a company wants to be paid.

use super::super::body::Json;
use super::super::orders::input::currency_of;
use super::super::orders::sight;
use super::super::problem::Answer;
use super::super::session::AtCompany;
use crate::domain::input::{self, FieldError, Form};
use crate::domain::order::currency::Currency;
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::time::Span;
use crate::platform::provider::Provider;
use crate::store::audit::Deed;
use crate::store::db;
use crate::store::payments::{self, OrderSettings};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Characters of bank details, at most.
const BANK_CHARACTERS: usize = 1_000;

/// How a company wants to be paid.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderSettingsBody {
    /// Proposed for new orders.
    currency: Currency,
    /// Shown to whoever pays by transfer.
    bank_details: String,
    /// After which an order runs out that is not paid; none: it does not.
    expires_after: Option<Span>,
    /// Whether card payments are set up here.
    card: bool,
}

/// How a company wants to be paid from now on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderSettings {
    currency: Currency,
    /// At most 1,000 characters.
    bank_details: String,
    expires_after: Option<Span>,
}

/// How the company wants to be paid.
#[utoipa::path(get, path = "/api/companies/{company}/order-settings", tag = "orders", params(("company" = String, Path)),
    responses((status = 200, body = OrderSettingsBody)))]
#[worker::send]
pub async fn show(at: AtCompany) -> Answer<axum::Json<OrderSettingsBody>> {
    sight(&at)?;
    let settings = match payments::settings(&at.db, at.company.id).await? {
        Some(settings) => settings,
        None => OrderSettings { currency: currency_of(&at).await?, bank_details: String::new(), expires_after: None },
    };
    Ok(axum::Json(OrderSettingsBody::new(&at, settings)))
}

/// Sets how the company wants to be paid.
#[utoipa::path(put, path = "/api/companies/{company}/order-settings", tag = "orders", params(("company" = String, Path)),
    request_body = NewOrderSettings, responses((status = 200, body = OrderSettingsBody)))]
#[worker::send]
pub async fn set(at: AtCompany, Json(body): Json<NewOrderSettings>) -> Answer<axum::Json<OrderSettingsBody>> {
    let mut form = Form::default();
    let bank_details = form.take(input::text("bank_details", &body.bank_details, BANK_CHARACTERS));
    let expires_after = body.expires_after.map(Span::as_seconds);
    if expires_after.is_some_and(|seconds| seconds < 60) {
        form.fault(FieldError::new("expires_after", "out_of_range", "At least a minute, please."));
    }
    form.finish()?;
    permit_company(&at.member, Capability::TenantSettings)?;
    let settings = OrderSettings { currency: body.currency, bank_details, expires_after };
    let (target_id, target_name) = (at.company.id.to_string(), at.company.name.clone());
    let detail = json!({ "currency": settings.currency, "expires_after": body.expires_after });
    let deed = Deed { action: "company.order_settings_set", target_kind: "company", target_id, target_name, detail };
    let statements = vec![payments::set_settings(&at.db, at.company.id, &settings)?, at.audit(&deed)?];
    db::transaction(&at.db, statements).await?;
    Ok(axum::Json(OrderSettingsBody::new(&at, settings)))
}

impl OrderSettingsBody {
    fn new(at: &AtCompany, settings: OrderSettings) -> Self {
        Self {
            currency: settings.currency,
            bank_details: settings.bank_details,
            expires_after: settings.expires_after.map(Span::seconds),
            card: Provider::of(&at.here.env).is_some(),
        }
    }
}
