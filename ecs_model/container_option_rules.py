"""What cannot work in a container's options: limits, capabilities, memory file systems, restarts, kernel parameters."""

import re
from collections.abc import Iterator, Mapping

from ecs_model.container_options import LinuxCapability, LinuxParameters, RestartPolicy, Tmpfs, Ulimit
from ecs_model.containers import Container
from ecs_model.host_name_rules import host_problems
from ecs_model.network_modes import NetworkMode
from ecs_model.problem import Problem, out_of_range, under
from ecs_model.security_option_rules import security_option_problems

LONGEST_TIMEOUT = 2_147_483_647
MOST_EXIT_CODES = 50
MOUNT_OPTIONS = frozenset({
    "async", "atime", "bind", "defaults", "dev", "diratime", "dirsync", "exec", "gid", "mand", "mode", "mpol",
    "noatime", "nodev", "nodiratime", "noexec", "nomand", "norelatime", "nostrictatime", "nosuid", "nr_blocks",
    "nr_inodes", "private", "rbind", "relatime", "remount", "ro", "rprivate", "rshared", "rslave", "runbindable",
    "rw", "shared", "slave", "strictatime", "suid", "sync", "uid", "unbindable"
})  # fmt: skip
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html"""
IPC_CONTROLS = frozenset({
    "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shm_rmid_forced", "kernel.shmall",
    "kernel.shmmax", "kernel.shmmni"
})  # fmt: skip
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html"""
AGENT_LABELS = "com.amazonaws.ecs."
_USER = re.compile(r"[^:\s]+(:[^:\s]+)?")


def option_problems(container: Container, mode: NetworkMode) -> Iterator[Problem]:
    """Everything wrong with the options of one container by itself."""
    if container.user is not None and not _USER.fullmatch(container.user):
        yield Problem(("user",), f"{container.user!r} is no user: give a name or number, or two as user:group")
    directory = container.working_directory
    if directory is not None and not directory.startswith("/"):
        yield Problem(("workingDirectory",), f"{directory!r} is not an absolute path: begin it with a slash")
    yield from _ulimit_problems(container.ulimits)
    if container.linux_parameters is not None:
        yield from under(_linux_problems(container.linux_parameters, container.memory), "linuxParameters")
    for key in container.docker_labels:
        if not key.strip() or key.startswith(AGENT_LABELS):
            yield Problem(
                ("dockerLabels", key), f"{key!r} is no label of yours: none is empty or begins with {AGENT_LABELS}"
            )
    yield from _timeout_problems(container)
    if container.restart_policy is not None:
        yield from under(_restart_problems(container.restart_policy), "restartPolicy")
    yield from _control_problems(container.system_controls, mode)
    if container.gpus is not None and container.gpus < 1:
        yield Problem(("gpus",), f"{container.gpus} is no number of GPUs: give 1 or more, or leave it out")
    yield from host_problems(container, mode)
    yield from security_option_problems(container)
    yield from _network_problems(container, mode)


def _network_problems(container: Container, mode: NetworkMode) -> Iterator[Problem]:
    if not container.disable_networking:
        return
    path = ("disableNetworking",)
    if mode is not NetworkMode.BRIDGE:
        yield Problem(path, f"is for networkMode bridge, and this is {mode.value}: leave it out")
    for key, given in (("portMappings", container.port_mappings), ("links", container.links)):
        if given:
            yield Problem(path, f"leaves nothing to {key}: leave one of the two out")


def _ulimit_problems(ulimits: list[Ulimit]) -> Iterator[Problem]:
    names = [limit.name for limit in ulimits]
    for position, limit in enumerate(ulimits):
        path = ("ulimits", position)
        if limit.name in names[:position]:
            yield Problem((*path, "name"), f"{limit.name.value} is limited twice: keep it once")
        for key, value in (("softLimit", limit.soft_limit), ("hardLimit", limit.hard_limit)):
            if value < -1:
                yield Problem((*path, key), f"{value} is no limit: give 0 or more, or -1 for none")
        soft, hard = limit.soft_limit, limit.hard_limit
        if min(soft, hard) >= -1 and hard != -1 and (soft == -1 or soft > hard):
            yield Problem((*path, "softLimit"), f"{soft} is above hardLimit ({hard}), which bounds it: lower it")


def _linux_problems(linux: LinuxParameters, memory: int | None) -> Iterator[Problem]:
    if linux.capabilities is not None:
        add, drop = linux.capabilities.add, linux.capabilities.drop
        both = sorted(set(add) & set(drop))
        if both:
            listed = ", ".join(capability.value for capability in both)
            yield Problem(("capabilities",), f"both adds and drops {listed}: keep one of the two")
        if LinuxCapability.ALL in drop and len(drop) > 1:
            yield Problem(("capabilities", "drop"), "names ALL beside others: keep ALL alone")
        if LinuxCapability.ALL in add and len(add) > 1:
            yield Problem(("capabilities", "add"), "names ALL beside others: keep ALL alone")
    if linux.shared_memory_size is not None:
        yield from _size_problems("sharedMemorySize", linux.shared_memory_size, memory)
    for position, tmpfs in enumerate(linux.tmpfs):
        yield from under(_tmpfs_problems(tmpfs, memory), "tmpfs", position)
    yield from _device_problems(linux)
    yield from _swap_problems(linux)


def _size_problems(key: str, size: int, memory: int | None) -> Iterator[Problem]:
    if size < 1:
        yield Problem((key,), f"{size} MiB is no size: give 1 or more")
    elif memory is not None and size > memory:
        yield Problem((key,), f"{size} MiB of the container's memory are more than its limit ({memory} MiB): lower it")


def _tmpfs_problems(tmpfs: Tmpfs, memory: int | None) -> Iterator[Problem]:
    yield from _size_problems("size", tmpfs.size, memory)
    for position, option in enumerate(tmpfs.mount_options):
        if option.split("=")[0] not in MOUNT_OPTIONS:
            yield Problem(
                ("mountOptions", position), f"{option!r} is no mount option that ECS takes, such as mode=0700"
            )


def _device_problems(linux: LinuxParameters) -> Iterator[Problem]:
    for position, device in enumerate(linux.devices):
        for key, path in (("hostPath", device.host_path), ("containerPath", device.container_path)):
            if path is not None and not path.startswith("/"):
                yield Problem(("devices", position, key), f"{path!r} is not an absolute path, such as /dev/fuse")


def _swap_problems(linux: LinuxParameters) -> Iterator[Problem]:
    if linux.max_swap is not None and linux.max_swap < 0:
        yield Problem(("maxSwap",), f"{linux.max_swap} MiB is negative: give 0 for no swap, or more")
    if linux.swappiness is None:
        return
    yield from out_of_range({"swappiness": (linux.swappiness, 0, 100)})
    if linux.max_swap is None:
        yield Problem(("swappiness",), "is ignored without maxSwap: set that, or leave it out")


def _timeout_problems(container: Container) -> Iterator[Problem]:
    limits = {"startTimeout": container.start_timeout, "stopTimeout": container.stop_timeout}
    yield from out_of_range({key: (value, 1, LONGEST_TIMEOUT) for key, value in limits.items() if value is not None})


def _restart_problems(policy: RestartPolicy) -> Iterator[Problem]:
    yield from out_of_range({"restartAttemptPeriod": (policy.restart_attempt_period, 60, 1_800)})
    codes = policy.ignored_exit_codes
    if len(codes) > MOST_EXIT_CODES:
        yield Problem(("ignoredExitCodes",), f"has {len(codes)} codes: give at most {MOST_EXIT_CODES}")
    for position, code in enumerate(codes):
        if not 0 <= code <= 255:
            yield Problem(("ignoredExitCodes", position), f"{code} is no exit code: give 0-255")


def _control_problems(controls: Mapping[str, str], mode: NetworkMode) -> Iterator[Problem]:
    for name, value in controls.items():
        path = ("systemControls", name)
        if name.startswith("net.") and mode is NetworkMode.HOST:
            yield Problem(path, "cannot be set in network mode host, whose network is the instance's: leave it out")
        elif not (name.startswith(("net.", "fs.mqueue.")) or name in IPC_CONTROLS):
            listed = ", ".join(sorted(IPC_CONTROLS))
            yield Problem(path, f"{name!r} is not a container's own: give net.*, fs.mqueue.* or one of {listed}")
        elif not value.strip():
            yield Problem(path, "is empty: give the kernel parameter's value")
