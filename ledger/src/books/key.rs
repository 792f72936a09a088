//! Keys: made, limited, revoked.

use super::{Accounts, Books, Command, Needs, credit};
use crate::{Credential, CredentialId, LedgerError, Limits, NewKey};

/// How many keys may stand above one another.
const MAX_DEPTH: usize = 8;

/// A key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub credential: Credential,
    /// SHA-256 of the secret. Absent where it was loaded: nobody needs it then.
    pub hash: Option<[u8; 32]>,
}

/// Makes a key.
#[derive(Debug)]
pub(crate) struct CreateKey {
    pub id: CredentialId,
    pub new: NewKey,
    pub hash: [u8; 32],
}

impl Command for CreateKey {
    type Out = Credential;

    fn needs(&self, needs: &mut Needs) {
        needs.keys.extend(self.new.parent.clone());
        needs.sources.insert(opening(&self.id));
    }

    fn apply(&self, books: &mut Books) -> Result<Credential, LedgerError> {
        let NewKey { email, level, credit_cents, parent, limits } = self.new.clone();
        let id = self.id.clone();
        match &parent {
            None => books.accounts.put(id.clone(), Accounts::default()),
            Some(parent) => {
                books.accounts_of_valid(parent)?;
                let above = books.keys.get(parent).map(|key| key.credential.level);
                if let Some(above) = above.filter(|above| level > *above) {
                    let reason = format!("can't be {level}; the key above it is {above}");
                    return Err(LedgerError::Invalid { what: "the level of a key below another", reason });
                }
                if books.lineage(parent)?.len() >= MAX_DEPTH {
                    let reason = format!("stand {MAX_DEPTH} deep already; make this one below a key further up");
                    return Err(LedgerError::Invalid { what: "the keys above it", reason });
                }
            }
        }
        let credential =
            Credential { id: id.clone(), email, level, parent, created_at: books.now, limits, revoked_at: None };
        books.keys.put(id.clone(), Key { credential: credential.clone(), hash: Some(self.hash) });
        if credit_cents > 0 {
            credit::add(books, &id, credit_cents, &opening(&id))?;
        }
        Ok(credential)
    }
}

/// The source of what a key starts with.
fn opening(id: &CredentialId) -> String {
    format!("opening:{id}")
}

/// Sets what a key may spend.
#[derive(Debug)]
pub(crate) struct SetLimits {
    pub key: CredentialId,
    pub limits: Limits,
}

impl Command for SetLimits {
    type Out = ();

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.key.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<(), LedgerError> {
        change(books, &self.key, |credential| credential.limits = self.limits.clone())
    }
}

/// Refuses a key, and with it those below, from now on.
#[derive(Debug)]
pub(crate) struct Revoke {
    pub key: CredentialId,
}

impl Command for Revoke {
    type Out = ();

    fn needs(&self, needs: &mut Needs) {
        needs.keys.insert(self.key.clone());
    }

    fn apply(&self, books: &mut Books) -> Result<(), LedgerError> {
        let now = books.now;
        change(books, &self.key, |credential| credential.revoked_at = credential.revoked_at.or(Some(now)))
    }
}

fn change(books: &mut Books, id: &CredentialId, how: impl FnOnce(&mut Credential)) -> Result<(), LedgerError> {
    let mut key = books.keys.get(id).cloned().ok_or_else(|| LedgerError::UnknownCredential(id.clone()))?;
    how(&mut key.credential);
    books.keys.put(id.clone(), key);
    Ok(())
}
