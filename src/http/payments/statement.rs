//! Reconciling in bulk: what a bank's file tells, payment by payment.

use super::super::body::Json;
use super::super::orders::changing;
use super::super::problem::{Answer, Problem};
use super::super::repeat::Repeatable;
use super::super::session::AtCompany;
use crate::domain::id::{ClientId, PaymentId};
use crate::domain::order::currency::Currency;
use crate::domain::order::money::Money;
use crate::domain::order::reconciliation::{Known, Verdict, Why, verdicts};
use crate::domain::order::state::PaymentDeed;
use crate::domain::order::statement::{self, Entry, Unreadable};
use crate::domain::order::step::{OrderRef, OrderWhat};
use crate::domain::people::permission::{Capability, Scope, scope_of};
use crate::effects::orders::Loaded;
use crate::effects::payments::told;
use crate::store::audit::Deed;
use crate::store::{db, payments};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Payments among which a file's entries are looked for: the newest ones.
const KNOWN: u32 = 5_000;
/// Payments that one request reconciles at most: each takes several calls.
const AT_ONCE: usize = 60;

/// A bank's file.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementBody {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// The file, as text: a header with date, amount, currency, reference or description; `;`, `,` or tabs between them.
    csv: String,
    /// Of lines that do not say theirs.
    currency: Option<Currency>,
    /// Whether to report only what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What became of a file.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = StatementReport)]
pub struct Report {
    dry_run: bool,
    /// Reconciled now, or to be reconciled of a dry run.
    matched: Vec<MatchedEntry>,
    /// More than one payment might be meant.
    ambiguous: Vec<AmbiguousEntry>,
    unmatched: Vec<UnmatchedEntry>,
    #[schema(value_type = Vec<Unreadable>)]
    unreadable: serde_json::Value,
    /// Lines that tell of no money that came in.
    ignored: usize,
    /// Matched, and not reconciled yet: send the file again.
    remaining: usize,
}

/// What the bank says.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EntryBody {
    /// The line of the file, from 1.
    row: u64,
    date: String,
    money: Money,
    text: String,
}

/// An entry with its payment.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct MatchedEntry {
    #[serde(flatten)]
    entry: EntryBody,
    payment_id: PaymentId,
    order: OrderRef,
}

/// An entry with several payments that it might tell of.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct AmbiguousEntry {
    #[serde(flatten)]
    entry: EntryBody,
    payments: Vec<PaymentId>,
}

/// An entry without a payment.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnmatchedEntry {
    #[serde(flatten)]
    entry: EntryBody,
    #[schema(value_type = Why)]
    why: String,
    /// The one that it names.
    payment_id: Option<PaymentId>,
}

/// Reconciles what a bank's file tells of, each payment once; with `dry_run`, only reports what it would do.
#[utoipa::path(post, path = "/api/companies/{company}/payments/reconciliations", tag = "payments",
    params(("company" = String, Path)), request_body = StatementBody,
    responses((status = 200, body = Report), (status = 422, description = "`no_header`, `too_long`")))]
#[worker::send]
pub async fn reconcile(at: AtCompany, Json(body): Json<StatementBody>) -> Answer<axum::Json<Report>> {
    let read = statement::read(&body.csv, body.currency)?;
    if !scope_of(&at.member, Capability::PaymentReconcile).has(Scope::All) {
        return Err(Problem::forbidden(Capability::PaymentReconcile));
    }
    let route = format!("statements of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<Report>(&at.db).await? {
        return Ok(axum::Json(first));
    }
    let known = payments::known(&at.db, at.company.id, KNOWN).await?;
    let mut report = Report {
        dry_run: body.dry_run,
        matched: Vec::new(),
        ambiguous: Vec::new(),
        unmatched: Vec::new(),
        unreadable: serde_json::to_value(&read.unreadable)?,
        ignored: read.ignored,
        remaining: 0,
    };
    for (entry, verdict) in read.entries.iter().zip(verdicts(&read.entries, &known)) {
        report.take(&at, entry, verdict, &known).await?;
    }
    if body.dry_run {
        return Ok(axum::Json(report));
    }
    match report.keep(&at, &repeatable).await {
        Ok(()) => Ok(axum::Json(report)),
        Err(problem) => Ok(axum::Json(repeatable.first(&at.db, problem).await?)),
    }
}

impl Report {
    async fn take(&mut self, at: &AtCompany, entry: &Entry, verdict: Verdict, known: &[Known]) -> Answer<()> {
        let body = EntryBody { row: entry.row, date: entry.date.clone(), money: entry.money, text: entry.text.clone() };
        match verdict {
            Verdict::Ambiguous(payments) => self.ambiguous.push(AmbiguousEntry { entry: body, payments }),
            Verdict::Unmatched { why, named } => self.unmatched(body, why, named)?,
            Verdict::Matched(id) => {
                let Some(payment) = known.iter().find(|one| one.id == id) else { return Ok(()) };
                let order = OrderRef { id: payment.order, number: payment.number };
                if self.matched.len() >= AT_ONCE && !self.dry_run {
                    self.remaining = self.remaining.saturating_add(1);
                } else if self.dry_run || found(at, payment).await? {
                    self.matched.push(MatchedEntry { entry: body, payment_id: id, order });
                } else {
                    // Somebody else was quicker.
                    self.unmatched(body, Why::Already, Some(id))?;
                }
            }
        }
        Ok(())
    }

    fn unmatched(&mut self, entry: EntryBody, why: Why, payment_id: Option<PaymentId>) -> Answer<()> {
        let why = serde_json::to_value(why)?.as_str().unwrap_or_default().to_owned();
        self.unmatched.push(UnmatchedEntry { entry, why, payment_id });
        Ok(())
    }

    /// Keeps the answer for a repeat, and a line in the audit trail.
    async fn keep(&self, at: &AtCompany, repeatable: &Repeatable) -> Answer<()> {
        let (target_id, target_name) = (at.company.id.to_string(), at.company.name.clone());
        let detail = json!({ "matched": self.matched.len(), "unmatched": self.unmatched.len() });
        let deed = Deed { action: "payment.statement_read", target_kind: "company", target_id, target_name, detail };
        let mut statements = vec![at.audit(&deed)?];
        statements.extend(repeatable.keep(&at.db, self, at.here.now)?);
        db::transaction(&at.db, statements).await?;
        Ok(())
    }
}

/// Reconciles a payment that was found; whether it was not before.
async fn found(at: &AtCompany, payment: &Known) -> Answer<bool> {
    let (id, now) = (payment.id, at.here.now);
    let (target_id, target_name) = (payment.order.to_string(), format!("#{}", payment.number));
    let detail = json!({ "payment": id, "amount": payment.money, "statement": true });
    let deed = Deed { action: "payment.reconciled", target_kind: "order", target_id, target_name, detail };
    let was = std::cell::Cell::new(false);
    let decide = |loaded: &Loaded| {
        let change = told(loaded, id, PaymentDeed::Reconcile, OrderWhat::PaymentReconciled, now);
        was.set(change.is_some());
        let Some(mut change) = change else { return Ok(None) };
        change.more.push(at.audit(&deed)?);
        Ok::<_, Problem>(Some(change))
    };
    changing(at).change(payment.order, decide).await?;
    Ok(was.get())
}
