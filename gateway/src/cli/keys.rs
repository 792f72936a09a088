//! `keys` and `credit`.

use super::{Format, KeysCommand, print, print_json};
use anyhow::anyhow;
use ledger::{CredentialId, Ledger, NewKey};
use serde_json::json;
use uaps_model::{AccessLevel, Money};

pub(super) async fn run(ledger: &Ledger, command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Create { email, credit_cents, level, parent, limits, format } => {
            let parent = match parent {
                Some(id) => Some(known(ledger, &id).await?),
                None => None,
            };
            let (level, limits) = (AccessLevel::from(level), limits.limits()?);
            let new = NewKey { credit_cents, parent, limits, ..NewKey::new(email, level) };
            let created = ledger.create_key(new).await?;
            let (secret, credential) = (created.secret.reveal(), &created.credential);
            if format == Format::Json {
                return print_json(&json!({
                    "key": secret,
                    "id": credential.id,
                    "email": credential.email,
                    "level": credential.level,
                    "parent": credential.parent,
                    "limits": credential.limits,
                    "created_at": credential.created_at,
                    "credit_cents": credit_cents,
                }));
            }
            let credit = Money::usd(credit_cents);
            print(&format!(
                "{secret}\n\nid     {}\nemail  {}\nlevel  {}\ncredit {credit}\n\nThe first line is the key. It is shown this once",
                credential.id, credential.email, credential.level
            ))
        }
        KeysCommand::List { format } => {
            let keys = ledger.keys().await?;
            if format == Format::Json {
                return print_json(&keys);
            }
            let mut lines = vec![format!("{:<36}  {:<13}  {:<20}  {:<9}  email", "id", "level", "created", "state")];
            for key in &keys {
                let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                let created = key.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                lines.push(format!(
                    "{:<36}  {:<13}  {created:<20}  {state:<9}  {}",
                    key.id.as_str(),
                    key.level.as_str(),
                    key.email
                ));
            }
            print(&lines.join("\n"))
        }
        KeysCommand::Limit { id, limits } => {
            let id = known(ledger, &id).await?;
            let limits = limits.limits()?;
            ledger.set_limits(&id, limits.clone()).await?;
            print(&match limits.is_none() {
                true => format!("{id} is not limited"),
                false => format!("{id} is limited: {}", serde_json::to_string(&limits)?),
            })
        }
        KeysCommand::Revoke { id } => {
            let id = known(ledger, &id).await?;
            ledger.revoke(&id).await?;
            print(&format!("{id} is revoked"))
        }
    }
}

pub(super) async fn credit(ledger: &Ledger, id: &str, cents: i64, reference: &str) -> anyhow::Result<()> {
    let id = known(ledger, id).await?;
    let balance = ledger.add_credit(&id, cents, reference).await?;
    let money = |cents| Money { cents, currency: balance.currency };
    let (posted, available) = (money(balance.posted_cents), money(balance.available_cents));
    print(&format!("{id} has {posted}, {available} of it available"))
}

async fn known(ledger: &Ledger, id: &str) -> anyhow::Result<CredentialId> {
    let nothing = || anyhow!("there is no key `{id}`; `penumbra-gateway keys list` shows them");
    let parsed: CredentialId = id.parse().map_err(|_| nothing())?;
    ledger.key(&parsed).await?.map(|_| parsed).ok_or_else(nothing)
}
