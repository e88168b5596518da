"""The services whose cost is measured, as settings: containers behind one load balancer, on one kind of instance."""

from typing import Any

IMAGE = "public.ecr.aws/nginx/nginx:1.29"
INSTANCE_TYPE = "m7i.large"


def configuration(services: int) -> dict[str, Any]:
    """The sections of a `Pulumi.<stack>.yaml` with that many services."""
    return {
        "network": {"default": True},
        "capacity": {"general": {"instanceTypes": [INSTANCE_TYPE], "minSize": 1, "maxSize": 100}},
        "cluster": {"defaultCapacityProviderStrategy": [{"capacityProvider": "general", "weight": 1}]},
        "loadBalancers": {"public": {}},
        "services": {name_of(number): _service(number) for number in range(services)},
    }


def name_of(number: int) -> str:
    """A service's key."""
    return f"s{number:04}"


def _service(number: int) -> dict[str, Any]:
    return {
        "desiredCount": 2,
        "containers": {
            "app": {
                "image": IMAGE,
                "memory": 256,
                "memoryReservation": 128,
                "user": "1000:1000",
                "portMappings": [{"containerPort": 8080}],
            }
        },
        "loadBalancer": {
            "name": "public",
            "containerName": "app",
            "containerPort": 8080,
            "priority": number + 1,
            "pathPatterns": [f"/{name_of(number)}/*"],
        },
    }
