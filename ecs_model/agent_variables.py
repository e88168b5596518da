"""The names of the ECS agent's variables, and the setting that each is written from.

https://github.com/aws/amazon-ecs-agent/blob/master/README.md#environment-variables
"""

from enum import StrEnum

CONFIG_FILE = "/etc/ecs/ecs.config"
CLUSTER = "ECS_CLUSTER"
PORT_RANGE = "ECS_DYNAMIC_HOST_PORT_RANGE"
RESERVED_MEMORY = "ECS_RESERVED_MEMORY"
SPOT_DRAINING = "ECS_ENABLE_SPOT_INSTANCE_DRAINING"
BLOCK_IMDS = "ECS_AWSVPC_BLOCK_IMDS"
EXTERNAL = "ECS_EXTERNAL"
"""Set on machines of ECS Anywhere."""


class Variable(StrEnum):
    """Further variables that are written from settings."""

    IMAGE_PULL_BEHAVIOR = "ECS_IMAGE_PULL_BEHAVIOR"
    RESERVED_PORTS = "ECS_RESERVED_PORTS"
    RESERVED_UDP_PORTS = "ECS_RESERVED_PORTS_UDP"
    DISABLE_IMAGE_CLEANUP = "ECS_DISABLE_IMAGE_CLEANUP"
    IMAGE_CLEANUP_INTERVAL = "ECS_IMAGE_CLEANUP_INTERVAL"
    IMAGE_CLEANUP_AGE = "ECS_IMAGE_MINIMUM_CLEANUP_AGE"
    IMAGES_PER_CLEANUP = "ECS_NUM_IMAGES_DELETE_PER_CYCLE"
    TASK_CLEANUP_WAIT = "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION"
    STOP_TIMEOUT = "ECS_CONTAINER_STOP_TIMEOUT"
    START_TIMEOUT = "ECS_CONTAINER_START_TIMEOUT"
    CONTAINER_METADATA = "ECS_ENABLE_CONTAINER_METADATA"
    TASK_METADATA_LIMIT = "ECS_TASK_METADATA_RPS_LIMIT"
    LOG_DRIVERS = "ECS_AVAILABLE_LOGGING_DRIVERS"
    DISABLE_PRIVILEGED = "ECS_DISABLE_PRIVILEGED"
    ATTRIBUTES = "ECS_INSTANCE_ATTRIBUTES"
    LOG_LEVEL = "ECS_LOGLEVEL"
    GPU_SUPPORT = "ECS_ENABLE_GPU_SUPPORT"
    WARM_POOLS_CHECK = "ECS_WARM_POOLS_CHECK"


CAPABLE_OF = {"label": "ECS_SELINUX_CAPABLE", "apparmor": "ECS_APPARMOR_CAPABLE"}
"""What a security option of Docker's begins with -> the variable by which an agent says that its host knows of it."""


WRITTEN_FROM: dict[str, str] = {
    CLUSTER: "the cluster's name",
    SPOT_DRAINING: "the capacity's purchase option",
    Variable.GPU_SUPPORT: "the capacity's amiFamily",
    Variable.WARM_POOLS_CHECK: "the capacity's warmPool",
    PORT_RANGE: "dynamicHostPortRange",
    RESERVED_MEMORY: "reservedMemory",
    BLOCK_IMDS: "blockInstanceMetadata",
    Variable.IMAGE_PULL_BEHAVIOR: "imagePullBehavior",
    Variable.RESERVED_PORTS: "reservedPorts",
    Variable.RESERVED_UDP_PORTS: "reservedUdpPorts",
    Variable.DISABLE_IMAGE_CLEANUP: "imageCleanup",
    Variable.IMAGE_CLEANUP_INTERVAL: "imageCleanup",
    Variable.IMAGE_CLEANUP_AGE: "imageCleanup",
    Variable.IMAGES_PER_CLEANUP: "imageCleanup",
    Variable.TASK_CLEANUP_WAIT: "taskCleanupWait",
    Variable.STOP_TIMEOUT: "stopTimeout",
    Variable.START_TIMEOUT: "startTimeout",
    Variable.CONTAINER_METADATA: "containerMetadataFile",
    Variable.TASK_METADATA_LIMIT: "taskMetadataLimit",
    Variable.LOG_DRIVERS: "logDrivers",
    Variable.DISABLE_PRIVILEGED: "allowPrivileged",
    Variable.ATTRIBUTES: "attributes",
    Variable.LOG_LEVEL: "logLevel",
}
"""Variable -> the setting in `agent`, or in words what else decides it."""
