//! Every rule, one a file.

mod access_level;
pub(crate) mod amount_path;
pub(crate) mod amount_unit;
mod auth_differs;
pub(crate) mod currency;
pub(crate) mod currency_disagreement;
mod currency_unproven;
mod extension_misplaced;
mod extension_misspelt;
pub(crate) mod idempotency_header;
pub(crate) mod lookup_operation;
pub(crate) mod lookup_reference;
pub(crate) mod lookup_status;
mod method_unknown;
mod operation_elsewhere;
mod operation_id_confusable;
mod operation_id_duplicate;
mod operation_id_illegal;
mod operation_id_missing;
mod parameter_duplicate;
mod parameter_malformed;
mod parameter_untyped;
mod path_collision;
mod path_parameter_optional;
mod path_parameter_undeclared;
mod path_parameter_unused;
mod path_template;
mod path_unroutable;
mod paths_malformed;
pub(crate) mod priced_answer;
pub(crate) mod purchase_and_quote;
pub(crate) mod purchase_flag;
pub(crate) mod purchase_incomplete;
pub(crate) mod purchase_lookup;
pub(crate) mod purchase_method;
pub(crate) mod purchase_precheck;
pub(crate) mod quote_arguments;
mod reference_cycle;
mod reference_dangling;
mod reference_external;
mod responses_empty;
mod responses_missing;
mod schema_type_unknown;
mod service_facts_foreign;
mod service_facts_missing;
mod service_facts_unknown;
pub(crate) mod transaction_id_path;
mod upstream_differs;
mod usage_fee;

#[cfg(test)]
mod tests;

use crate::Rule;

/// Every rule, by code.
pub(crate) static RULES: &[Rule] = &[
    operation_id_missing::RULE,
    operation_id_duplicate::RULE,
    operation_id_illegal::RULE,
    operation_id_confusable::RULE,
    responses_missing::RULE,
    paths_malformed::RULE,
    responses_empty::RULE,
    method_unknown::RULE,
    path_template::RULE,
    path_parameter_undeclared::RULE,
    path_parameter_unused::RULE,
    path_parameter_optional::RULE,
    path_collision::RULE,
    parameter_malformed::RULE,
    parameter_duplicate::RULE,
    parameter_untyped::RULE,
    path_unroutable::RULE,
    reference_external::RULE,
    reference_dangling::RULE,
    reference_cycle::RULE,
    schema_type_unknown::RULE,
    service_facts_missing::RULE,
    service_facts_unknown::RULE,
    service_facts_foreign::RULE,
    extension_misspelt::RULE,
    extension_misplaced::RULE,
    usage_fee::RULE,
    access_level::RULE,
    purchase_flag::RULE,
    purchase_incomplete::RULE,
    purchase_and_quote::RULE,
    purchase_method::RULE,
    purchase_precheck::RULE,
    quote_arguments::RULE,
    priced_answer::RULE,
    amount_path::RULE,
    amount_unit::RULE,
    currency::RULE,
    currency_disagreement::RULE,
    currency_unproven::RULE,
    transaction_id_path::RULE,
    idempotency_header::RULE,
    purchase_lookup::RULE,
    lookup_operation::RULE,
    lookup_reference::RULE,
    lookup_status::RULE,
    upstream_differs::RULE,
    auth_differs::RULE,
    operation_elsewhere::RULE,
];
