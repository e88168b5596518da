"""A pack whose only policy is disabled: what gRPC and the SDK cost by themselves."""

from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    "disabled",
    policies=[ResourceValidationPolicy("one", "One", lambda args, report: None, EnforcementLevel.DISABLED)],
)
