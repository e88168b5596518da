"""Which rules are about security: who may reach, read or do what. The others are about what works and keeps working."""

SECURITY = frozenset({
    "ecs-cluster-execute-command-logging", "ecs-instances-ami-supported", "ecs-instances-block-imds-for-awsvpc",
    "ecs-instances-encrypted-volumes", "ecs-instances-ephemeral-ingress", "ecs-instances-imdsv2",
    "ecs-instances-imdsv2-stated", "ecs-instances-metadata-hop-limit", "ecs-instances-no-all-traffic-ingress",
    "ecs-instances-no-public-address", "ecs-instances-no-secrets-in-user-data", "ecs-instances-no-ssh-from-world",
    "ecs-instances-role-no-administrator", "ecs-instances-role-no-execution-policy", "ecs-instances-session-manager",
    "ecs-load-balancer-access-logs", "ecs-load-balancer-desync-mitigation", "ecs-load-balancer-drop-invalid-headers",
    "ecs-load-balancer-https", "ecs-load-balancer-tls-policy", "ecs-service-awsvpc-closed-to-addresses",
    "ecs-task-definition-docker-socket", "ecs-task-definition-efs-authorization",
    "ecs-task-definition-efs-transit-encryption", "ecs-task-definition-host-namespaces",
    "ecs-task-definition-host-network", "ecs-task-definition-image-pinned", "ecs-task-definition-no-secrets",
    "ecs-task-definition-privileged", "ecs-task-definition-readonly-root",
    "ecs-task-definition-role-no-wildcard-actions", "ecs-task-definition-role-trust-condition",
    "ecs-task-definition-root-user", "ecs-task-definition-separate-roles",
    "ecs-task-definition-task-role-no-execution-policy",
})  # fmt: skip
