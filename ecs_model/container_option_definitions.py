"""A container's options as they stand in its container definition."""

from typing import Any

from ecs_model.container_options import KernelCapabilities, LinuxParameters, RestartPolicy
from ecs_model.containers import Container


def written_options(c: Container, *, execute_command: bool) -> dict[str, Any]:
    """The keys of a container definition for its options, sorted lists and all; absent what is not set.

    `execute_command` adds the init process, which reaps what sessions of ECS Exec leave behind.
    """
    gpus = [{"type": "GPU", "value": str(c.gpus)}] if c.gpus else None
    limits = [{"name": u.name.value, "softLimit": u.soft_limit, "hardLimit": u.hard_limit} for u in c.ulimits]
    whole: dict[str, Any] = {
        "workingDirectory": c.working_directory,
        "ulimits": sorted(limits, key=lambda limit: str(limit["name"])) or None,
        "linuxParameters": _linux_parameters(c.linux_parameters or LinuxParameters(), execute_command) or None,
        "systemControls": [{"namespace": key, "value": value} for key, value in sorted(c.system_controls.items())],
        "dockerLabels": c.docker_labels or None,
        "startTimeout": c.start_timeout,
        "stopTimeout": c.stop_timeout,
        "restartPolicy": _restart_policy(c.restart_policy),
        "resourceRequirements": gpus,
        "hostname": c.hostname,
        "dnsServers": c.dns_servers or None,
        "dnsSearchDomains": c.dns_search_domains or None,
        "repositoryCredentials": {"credentialsParameter": c.repository_credentials}
        if c.repository_credentials
        else None,
        "privileged": c.privileged or None,
        "dockerSecurityOptions": sorted(c.docker_security_options) or None,
        "versionConsistency": c.version_consistency.value if c.version_consistency else None,
        "interactive": c.interactive or None,
        "pseudoTerminal": c.pseudo_terminal or None,
        "disableNetworking": c.disable_networking or None,
        "extraHosts": [{"hostname": name, "ipAddress": ip} for name, ip in sorted(c.extra_hosts.items())] or None,
    }
    return {key: value for key, value in whole.items() if value is not None}


def _linux_parameters(linux: LinuxParameters, execute_command: bool) -> dict[str, Any]:
    tmpfs = [
        {"containerPath": each.container_path, "size": each.size}
        | ({"mountOptions": each.mount_options} if each.mount_options else {})
        for each in sorted(linux.tmpfs, key=lambda each: each.container_path)
    ]
    devices = [
        {"hostPath": each.host_path}
        | ({"containerPath": each.container_path} if each.container_path else {})
        | ({"permissions": sorted(permission.value for permission in each.permissions)} if each.permissions else {})
        for each in sorted(linux.devices, key=lambda each: (each.host_path, each.container_path or ""))
    ]
    whole: dict[str, Any] = {
        "capabilities": _capabilities(linux.capabilities) if linux.capabilities else None,
        "initProcessEnabled": linux.init_process_enabled or execute_command or None,
        "sharedMemorySize": linux.shared_memory_size,
        "tmpfs": tmpfs or None,
        "devices": devices or None,
        "maxSwap": linux.max_swap,
        "swappiness": linux.swappiness,
    }
    return {key: value for key, value in whole.items() if value is not None}


def _capabilities(capabilities: KernelCapabilities) -> dict[str, list[str]] | None:
    lists = {"add": capabilities.add, "drop": capabilities.drop}
    return {key: sorted(each.value for each in names) for key, names in lists.items() if names} or None


def _restart_policy(policy: RestartPolicy | None) -> dict[str, Any] | None:
    if policy is None:
        return None
    ignored = {"ignoredExitCodes": sorted(policy.ignored_exit_codes)} if policy.ignored_exit_codes else {}
    return {"enabled": True, "restartAttemptPeriod": policy.restart_attempt_period} | ignored
