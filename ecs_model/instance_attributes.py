"""The attributes that every container instance has of ECS itself.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
"""

AVAILABILITY_ZONE = "ecs.availability-zone"
INSTANCE_TYPE = "ecs.instance-type"
CPU_ARCHITECTURE = "ecs.cpu-architecture"
OS_TYPE = "ecs.os-type"
