"""A task's volumes as the arguments of its task definition."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.roles import Share
from ecs_model.containers import Container
from ecs_model.volumes import DockerVolume, EfsVolume, Volume, VolumeScope, is_written, writable_volumes

_LATER_SYSTEM, _LATER_POINT = "fs-00000000", "fsap-00000000"


@dataclass(frozen=True)
class EfsVolumeArgs(EfsVolume):
    """A directory of an Amazon EFS file system, which may come from other resources."""

    file_system_id: pulumi.Input[str]  # type: ignore[assignment]  # wider on purpose: the core's is resolved
    """The file system, in the account and region of the task. Its mount targets must let in, on TCP port 2049, the
    container instances' security group or, in mode awsvpc, the task's."""
    access_point_id: pulumi.Input[str] | None = None  # type: ignore[assignment]
    """An access point, which gives all access a user and a directory of its own; none where absent."""

    def known(self) -> EfsVolume:
        """The volume with a stand-in for every value that another resource gives later, to be judged."""
        system, point = self.file_system_id, self.access_point_id
        given = {
            "file_system_id": system if isinstance(system, str) else _LATER_SYSTEM,
            "access_point_id": point if point is None or isinstance(point, str) else _LATER_POINT,
        }
        return EfsVolume(**vars(self) | given)


@dataclass(frozen=True)
class VolumeArgs(Volume):
    """Storage that containers of a task mount; at most one of the four, without any of them an empty directory that
    lives as long as the task. An EBS volume is made by the service: name it in its `ebs_volumes`, too."""

    efs_volume_configuration: EfsVolumeArgs | None = None
    """A directory of an EFS file system."""

    @classmethod
    def of(cls, volume: Volume) -> "VolumeArgs":
        """The volume of a service's settings."""
        efs = volume.efs_volume_configuration
        return cls(**vars(volume) | {"efs_volume_configuration": EfsVolumeArgs(**vars(efs)) if efs else None})

    def known(self) -> Volume:
        """The volume with a stand-in for every value that another resource gives later, to be judged."""
        efs = self.efs_volume_configuration
        return Volume(**vars(self) | {"efs_volume_configuration": efs.known() if efs else None})


def shares(volumes: Mapping[str, VolumeArgs], containers: Mapping[str, Container]) -> Iterator[Share]:
    """The file systems that the task mounts as its task role."""
    for name, volume in sorted(volumes.items()):
        efs = volume.efs_volume_configuration
        if efs is not None and efs.iam:
            yield Share(efs.file_system_id, efs.access_point_id, is_written(name, containers))


def written_volumes(
    volumes: Mapping[str, VolumeArgs], containers: Mapping[str, Container]
) -> list[aws.ecs.TaskDefinitionVolumeArgs] | None:
    """The task definition's volumes, sorted, those of writable paths included; None where there are none."""
    made = {name: VolumeArgs() for name in writable_volumes(containers)}
    whole = {**made, **volumes}
    return [_written(name, volume) for name, volume in sorted(whole.items())] or None


def _written(name: str, volume: VolumeArgs) -> aws.ecs.TaskDefinitionVolumeArgs:
    docker, efs = volume.docker_volume_configuration, volume.efs_volume_configuration
    return aws.ecs.TaskDefinitionVolumeArgs(
        name=name,
        host_path=volume.host_path,
        configure_at_launch=True if volume.managed_ebs_volume else None,
        docker_volume_configuration=_docker(docker) if docker else None,
        efs_volume_configuration=_efs(efs) if efs else None,
    )


def _docker(volume: DockerVolume) -> aws.ecs.TaskDefinitionVolumeDockerVolumeConfigurationArgs:
    return aws.ecs.TaskDefinitionVolumeDockerVolumeConfigurationArgs(
        scope=volume.scope.value,
        # ECS refuses it beside scope task.
        autoprovision=volume.autoprovision if volume.scope is VolumeScope.SHARED else None,
        driver=volume.driver,
        driver_opts=volume.driver_opts or None,
        labels=volume.labels or None,
    )


def _efs(volume: EfsVolumeArgs) -> aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgs:
    named = volume.access_point_id is not None
    return aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgs(
        file_system_id=volume.file_system_id,
        root_directory=volume.root_directory,
        transit_encryption="ENABLED" if volume.transit_encryption else "DISABLED",
        transit_encryption_port=volume.transit_encryption_port,
        authorization_config=aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfigArgs(
            access_point_id=volume.access_point_id, iam="ENABLED" if volume.iam else "DISABLED"
        )
        if volume.iam or named
        else None,
    )
