//! The names of changes.

/// Declares the kinds with their codes, which are stable: fingerprints are made from them.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What happened. Which effect it has depends on where it happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$name),*];

            /// The name in output and in fingerprints: `parameter-removed`.
            pub fn code(self) -> &'static str {
                match self {
                    $(Kind::$name => $code,)*
                }
            }
        }
    };
}

kinds! {
    /// A provider is new.
    ServiceAdded = "service-added",
    /// A provider is gone.
    ServiceRemoved = "service-removed",
    /// One of the two sides could not be read.
    ServiceNotComparable = "service-not-comparable",
    /// Requests go to another address.
    UpstreamChanged = "upstream-changed",
    /// The gateway proves itself in another way.
    AuthChanged = "auth-changed",
    /// Fewer calls are allowed.
    RateLimitLowered = "rate-limit-lowered",
    /// More calls are allowed.
    RateLimitRaised = "rate-limit-raised",

    /// An operation is new.
    OperationAdded = "operation-added",
    /// An operation is gone.
    OperationRemoved = "operation-removed",
    /// An operation answers under another method or path.
    OperationMoved = "operation-moved",
    /// A tool has another name.
    ToolRenamed = "tool-renamed",
    /// Something should be used no more.
    Deprecated = "deprecated",
    /// Something may be used again.
    DeprecationWithdrawn = "deprecation-withdrawn",
    /// What a client may assume about a tool.
    HintChanged = "hint-changed",

    /// Callers must be known better.
    AccessRaised = "access-raised",
    /// Callers need not be known as well.
    AccessLowered = "access-lowered",
    /// A call costs more.
    FeeRaised = "fee-raised",
    /// A call costs less.
    FeeLowered = "fee-lowered",
    /// The part in a purchase: none, quote or purchase.
    PurchaseRoleChanged = "purchase-role-changed",
    /// A purchase is quoted by another operation.
    PurchasePairingChanged = "purchase-pairing-changed",
    /// A price is read from another place, or no longer read.
    AmountPathChanged = "amount-path-changed",
    /// The number that is a price counts something else.
    AmountUnitChanged = "amount-unit-changed",
    /// A price is in another currency, or its currency comes from elsewhere.
    CurrencyChanged = "currency-changed",
    /// The id of a sale is read from another place.
    TransactionIdPathChanged = "transaction-id-path-changed",
    /// The header by which a purchase can be sent again.
    IdempotencyHeaderChanged = "idempotency-header-changed",
    /// How it is found out what became of an order.
    LookupChanged = "lookup-changed",

    /// A parameter is new.
    ParameterAdded = "parameter-added",
    /// A parameter is new, and must be given.
    RequiredParameterAdded = "required-parameter-added",
    /// A parameter is gone.
    ParameterRemoved = "parameter-removed",
    /// A path variable has another name: the same URL, another argument.
    ParameterRenamed = "parameter-renamed",
    /// A parameter goes elsewhere in the request.
    ParameterMoved = "parameter-moved",
    /// A tool takes a parameter under another name.
    ParameterKeyChanged = "parameter-key-changed",
    /// A parameter must be given now.
    ParameterBecameRequired = "parameter-became-required",
    /// A parameter may be left out now.
    ParameterBecameOptional = "parameter-became-optional",
    /// A parameter is written in another way.
    ParameterStyleChanged = "parameter-style-changed",

    /// There is a body now.
    BodyAdded = "body-added",
    /// There is a body now, and it must be sent.
    RequiredBodyAdded = "required-body-added",
    /// There is no body any more.
    BodyRemoved = "body-removed",
    /// The body must be sent now.
    BodyBecameRequired = "body-became-required",
    /// The body may be left out now.
    BodyBecameOptional = "body-became-optional",
    /// A body may have another type besides.
    MediaTypeAdded = "media-type-added",
    /// A body or an answer no longer has a type.
    MediaTypeRemoved = "media-type-removed",
    /// A property of a form is written in another way.
    EncodingChanged = "encoding-changed",
    /// A tool's body is of another type than before.
    PreferredMediaTypeChanged = "preferred-media-type-changed",
    /// An answer has another type.
    MediaTypeChanged = "media-type-changed",

    /// An answer is announced.
    ResponseAdded = "response-added",
    /// An answer is no longer announced.
    ResponseRemoved = "response-removed",
    /// An answer has content now.
    ResponseBodyAdded = "response-body-added",
    /// An answer has no content any more.
    ResponseBodyRemoved = "response-body-removed",

    /// A value is of another type.
    TypeChanged = "type-changed",
    /// A value has fewer types.
    TypeNarrowed = "type-narrowed",
    /// A value has more types.
    TypeWidened = "type-widened",
    /// A value may be null.
    NullAdded = "null-added",
    /// A value may no longer be null.
    NullRemoved = "null-removed",
    /// A value of an enumeration is new.
    EnumValueAdded = "enum-value-added",
    /// A value of an enumeration is gone.
    EnumValueRemoved = "enum-value-removed",
    /// Only listed values are left.
    EnumAdded = "enum-added",
    /// Values are no longer listed.
    EnumRemoved = "enum-removed",
    /// A bound leaves less.
    BoundNarrowed = "bound-narrowed",
    /// A bound leaves more.
    BoundWidened = "bound-widened",
    /// A value is of another format.
    FormatChanged = "format-changed",
    /// Text must match something else.
    PatternChanged = "pattern-changed",
    /// Another keyword, which is not understood well enough to be judged.
    ConstraintChanged = "constraint-changed",
    /// What is meant where nothing is given.
    DefaultChanged = "default-changed",

    /// A property is new.
    PropertyAdded = "property-added",
    /// A property is new, and must be there.
    RequiredPropertyAdded = "required-property-added",
    /// A property is gone.
    PropertyRemoved = "property-removed",
    /// A property must be there now.
    PropertyBecameRequired = "property-became-required",
    /// A property may be missing now.
    PropertyBecameOptional = "property-became-optional",
    /// Properties without a name are restricted.
    OtherPropertiesNarrowed = "other-properties-narrowed",
    /// Properties without a name are allowed.
    OtherPropertiesWidened = "other-properties-widened",
    /// Another property tells alternatives apart, or one of its values stands for another of them.
    DiscriminatorChanged = "discriminator-changed",
    /// An alternative is new.
    AlternativeAdded = "alternative-added",
    /// An alternative is gone.
    AlternativeRemoved = "alternative-removed",
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_a_name_of_its_own() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        assert!(codes.iter().all(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
    }
}
