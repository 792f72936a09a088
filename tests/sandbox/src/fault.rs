//! Providers that fail on purpose.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A way to fail.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Answers this status with this JSON document.
    Status(u16, Value),
    /// Waits so long, then goes on as if nothing were wrong.
    Hang(Duration),
    /// Closes the connection without an answer.
    Drop,
    /// Answers success with a JSON document that ends in its middle.
    Garbage,
}

impl Fault {
    /// Only for calls of this tool.
    #[must_use]
    pub fn on(self, tool: &str) -> Injection {
        Injection { tool: Some(tool.to_owned()), ..self.into() }
    }

    /// Only for the next `n` calls.
    #[must_use]
    pub fn times(self, n: u32) -> Injection {
        Injection::from(self).times(n)
    }

    /// After the provider has done its work: the order is taken, and only the answer goes wrong.
    #[must_use]
    pub fn after_acting(self) -> Injection {
        Injection::from(self).after_acting()
    }
}

/// A fault and when it happens. Made from a [`Fault`]: `Fault::Drop.on("create_ride").times(1).after_acting()`.
#[derive(Debug, Clone, PartialEq)]
pub struct Injection {
    fault: Fault,
    tool: Option<String>,
    left: Option<u32>,
    after: bool,
}

impl From<Fault> for Injection {
    fn from(fault: Fault) -> Self {
        Injection { fault, tool: None, left: None, after: false }
    }
}

impl Injection {
    /// Only for calls of this tool.
    #[must_use]
    pub fn on(mut self, tool: &str) -> Self {
        self.tool = Some(tool.to_owned());
        self
    }

    /// Only for the next `n` calls.
    #[must_use]
    pub fn times(mut self, n: u32) -> Self {
        self.left = Some(n);
        self
    }

    /// After the provider has done its work: the order is taken, and only the answer goes wrong. Otherwise a fault
    /// comes first, and [`Fault::Status`], [`Fault::Drop`] and [`Fault::Garbage`] leave nothing done.
    #[must_use]
    pub fn after_acting(mut self) -> Self {
        self.after = true;
        self
    }
}

/// A fault whose turn it is.
#[derive(Debug, PartialEq)]
pub(crate) struct Due {
    pub(crate) fault: Fault,
    pub(crate) after: bool,
}

/// The faults that wait, by service.
#[derive(Default)]
pub(crate) struct Faults(BTreeMap<String, Vec<Injection>>);

impl Faults {
    pub(crate) fn add(&mut self, service: &str, injection: Injection) {
        self.0.entry(service.to_owned()).or_default().push(injection);
    }

    pub(crate) fn clear(&mut self, service: &str) {
        self.0.remove(service);
    }

    /// The first fault that fits the call; one that is limited is used up by it.
    pub(crate) fn take(&mut self, service: &str, tool: &str) -> Option<Due> {
        let waiting = self.0.get_mut(service)?;
        waiting.retain(|injection| injection.left != Some(0));
        let found = waiting.iter_mut().find(|i| i.tool.as_deref().is_none_or(|wanted| wanted == tool))?;
        found.left = found.left.map(|n| n - 1);
        Some(Due { fault: found.fault.clone(), after: found.after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_to_its_tool_and_its_number() {
        let mut faults = Faults::default();
        faults.add("a", Fault::Drop.on("buy").times(1));
        faults.add("a", Fault::Garbage.into());
        assert_eq!(faults.take("b", "buy"), None);
        assert_eq!(faults.take("a", "look").map(|d| d.fault), Some(Fault::Garbage));
        assert_eq!(faults.take("a", "buy").map(|d| d.fault), Some(Fault::Drop));
        assert_eq!(faults.take("a", "buy").map(|d| d.fault), Some(Fault::Garbage));
        faults.clear("a");
        assert_eq!(faults.take("a", "buy"), None);
        faults.add("a", Fault::Drop.times(0));
        assert_eq!(faults.take("a", "buy"), None);
    }
}
