"""One trivial policy of each kind on the SDK's own analyzer."""

from pulumi_policy import PolicyPack, ResourceValidationPolicy, StackValidationPolicy

PolicyPack(
    "trivial",
    policies=[
        ResourceValidationPolicy("one", "One", lambda args, report: None),
        StackValidationPolicy("whole", "Whole", lambda args, report: None),
    ],
)
