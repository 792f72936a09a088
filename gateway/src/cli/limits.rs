//! The flags that say what a key may spend.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use ledger::Limits;

/// What is not said is not limited.
#[derive(Debug, clap::Args)]
pub(super) struct LimitFlags {
    /// The most that one purchase may hold, in US cents
    #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
    purchase_cents: Option<i64>,
    /// The most that the purchases of a window may come to, in US cents
    #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
    budget_cents: Option<i64>,
    /// How many purchases a window may have
    #[arg(long, value_name = "NUMBER")]
    purchases: Option<u32>,
    /// How far a window reaches back [default: 24]
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=8784))]
    window_hours: Option<u32>,
    /// A purchase of more US cents waits until a person approves it
    #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
    approval_above: Option<i64>,
    /// A purchase of more US cents waits until the person at the client confirms it
    #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
    confirm_above: Option<i64>,
    /// The person at the client has to confirm calls that destroy or overwrite something
    #[arg(long)]
    confirm_destructive: bool,
    /// A service that it may use; may be given several times, and then it may use no other
    #[arg(long, value_name = "ID")]
    service: Vec<String>,
    /// The first day on which it is refused, in UTC
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: Option<Date>,
}

impl LimitFlags {
    pub(super) fn limits(self) -> anyhow::Result<Limits> {
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        Ok(Limits {
            purchase_cents: self.purchase_cents,
            budget_cents: self.budget_cents,
            purchases: self.purchases,
            approval_above: self.approval_above,
            confirm_above: self.confirm_above,
            confirm_destructive: self.confirm_destructive,
            window_seconds: self.window_hours.map(|hours| hours * 3600),
            services: Some(self.service).filter(|services| !services.is_empty()),
            expires_at: self.expires.map(midnight).transpose()?,
        })
    }
}
