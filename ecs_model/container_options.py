"""What a container may ask of Docker and the kernel beside its image, memory and ports.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

from dataclasses import dataclass, field
from enum import StrEnum


class UlimitName(StrEnum):
    """A resource that Linux limits for each process, as `ulimit` and setrlimit(2) know it."""

    CORE = "core"
    CPU = "cpu"
    DATA = "data"
    FSIZE = "fsize"
    LOCKS = "locks"
    MEMLOCK = "memlock"
    MSGQUEUE = "msgqueue"
    NICE = "nice"
    NOFILE = "nofile"
    NPROC = "nproc"
    RSS = "rss"
    RTPRIO = "rtprio"
    RTTIME = "rttime"
    SIGPENDING = "sigpending"
    STACK = "stack"


@dataclass(frozen=True)
class Ulimit:
    """A limit in place of Docker's; bytes, seconds or a count, as the resource is measured; -1 is no limit."""

    name: UlimitName
    """The resource, such as nofile for open files."""
    soft_limit: int
    """What holds until the process raises it, in the unit of the limit: files for nofile."""
    hard_limit: int
    """What the process may raise it to, in the same unit."""


class LinuxCapability(StrEnum):
    """A part of root's power (capabilities(7)), without the prefix CAP_."""

    ALL = "ALL"
    AUDIT_CONTROL = "AUDIT_CONTROL"
    AUDIT_WRITE = "AUDIT_WRITE"
    BLOCK_SUSPEND = "BLOCK_SUSPEND"
    CHOWN = "CHOWN"
    DAC_OVERRIDE = "DAC_OVERRIDE"
    DAC_READ_SEARCH = "DAC_READ_SEARCH"
    FOWNER = "FOWNER"
    FSETID = "FSETID"
    IPC_LOCK = "IPC_LOCK"
    IPC_OWNER = "IPC_OWNER"
    KILL = "KILL"
    LEASE = "LEASE"
    LINUX_IMMUTABLE = "LINUX_IMMUTABLE"
    MAC_ADMIN = "MAC_ADMIN"
    MAC_OVERRIDE = "MAC_OVERRIDE"
    MKNOD = "MKNOD"
    NET_ADMIN = "NET_ADMIN"
    NET_BIND_SERVICE = "NET_BIND_SERVICE"
    NET_BROADCAST = "NET_BROADCAST"
    NET_RAW = "NET_RAW"
    SETFCAP = "SETFCAP"
    SETGID = "SETGID"
    SETPCAP = "SETPCAP"
    SETUID = "SETUID"
    SYS_ADMIN = "SYS_ADMIN"
    SYS_BOOT = "SYS_BOOT"
    SYS_CHROOT = "SYS_CHROOT"
    SYS_MODULE = "SYS_MODULE"
    SYS_NICE = "SYS_NICE"
    SYS_PACCT = "SYS_PACCT"
    SYS_PTRACE = "SYS_PTRACE"
    SYS_RAWIO = "SYS_RAWIO"
    SYS_RESOURCE = "SYS_RESOURCE"
    SYS_TIME = "SYS_TIME"
    SYS_TTY_CONFIG = "SYS_TTY_CONFIG"
    SYSLOG = "SYSLOG"
    WAKE_ALARM = "WAKE_ALARM"


@dataclass(frozen=True)
class KernelCapabilities:
    """Changes to the capabilities that Docker gives a container; `drop: [ALL]` and a short `add` is the least."""

    add: list[LinuxCapability] = field(default_factory=list)
    """Given beside Docker's own."""
    drop: list[LinuxCapability] = field(default_factory=list)
    """Taken away."""


@dataclass(frozen=True)
class Tmpfs:
    """A directory in memory, which counts as the container's; empty at each start."""

    container_path: str
    """The absolute path in the container."""
    size: int
    """The most it may hold, in MiB."""
    mount_options: list[str] = field(default_factory=list)
    """Mount options that ECS takes (API_Tmpfs), such as `mode=0700`, beside Docker's noexec, nosuid and nodev."""


class DevicePermission(StrEnum):
    """What a container may do with a device."""

    READ = "read"
    WRITE = "write"
    MKNOD = "mknod"


@dataclass(frozen=True)
class Device:
    """A device of the container instance that the container sees."""

    host_path: str
    """The device on the instance, such as `/dev/fuse`."""
    container_path: str | None = None
    """The device in the container; the same path where absent."""
    permissions: list[DevicePermission] = field(default_factory=list)
    """What it may do with it; all three where empty."""


@dataclass(frozen=True)
class LinuxParameters:
    """What the kernel gives a container.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
    """

    capabilities: KernelCapabilities | None = None
    """Changes to Docker's capabilities; none where absent."""
    init_process_enabled: bool = False
    """Run an init process that forwards signals and reaps processes; ECS Exec switches it on by itself."""
    shared_memory_size: int | None = None
    """MiB of /dev/shm; Docker's 64 where absent. It counts as the container's memory."""
    tmpfs: list[Tmpfs] = field(default_factory=list)
    """Directories in memory."""
    devices: list[Device] = field(default_factory=list)
    """Devices of the container instance."""
    max_swap: int | None = None
    """MiB of swap that the container may use, 0 for none; the instance's own setting where absent. Instances of the
    ECS-optimized AMI have no swap unless their user data makes it."""
    swappiness: int | None = None
    """How readily the kernel swaps, 0-100; 60 where absent. Needs `max_swap` and Amazon Linux 2; others ignore it."""


@dataclass(frozen=True)
class RestartPolicy:
    """ECS restarts the container when it exits, and keeps the task.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """

    ignored_exit_codes: list[int] = field(default_factory=list)
    """Exit codes, 0-255, after which it is not restarted; at most 50."""
    restart_attempt_period: int = 300
    """Seconds that it must have run before it is restarted, 60-1800."""
