"""What an instance has of its launch template, who reaches it, and what protection keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.fleets import IMAGE, Fleet

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
OWN = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["ssm:*", "ssmmessages:*"], "Resource": "*"}],
}


def launched(fleet: Fleet, version: str = "1", **data: Any) -> dict[str, Any]:
    """An instance of a group on a launch template whose first version is `data`, and whose second has nothing."""
    name = fleet.lab.name("group")
    plain = {"ImageId": IMAGE, "InstanceType": "t3.medium"}
    fleet.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={**plain, **data})
    fleet.ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=plain)
    fleet.asg.create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=1,
        MaxSize=1,
        LaunchTemplate={"LaunchTemplateName": name, "Version": version},
        VPCZoneIdentifier=fleet.subnets[0],
    )
    id_ = fleet.described_group(name)["Instances"][0]["InstanceId"]
    return dict(fleet.ec2.describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0])


def profile(fleet: Fleet, attached: str = "", inline: dict[str, Any] | None = None) -> str:
    iam, name = fleet.lab.boto("iam"), fleet.lab.name("role")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if attached:
        iam.attach_role_policy(RoleName=name, PolicyArn=attached)
    if inline:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(inline))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return str(name)


def heard_of(fleet: Fleet, *ids: str) -> dict[str, str]:
    filters = [{"Key": "InstanceIds", "Values": list(ids)}]
    told = fleet.lab.boto("ssm").describe_instance_information(Filters=filters)["InstanceInformationList"]
    return {each["InstanceId"]: each["PingStatus"] for each in told}


def test_an_instance_has_what_its_version_of_the_template_says(fleet: Fleet) -> None:
    group = fleet.ec2.create_security_group(GroupName=fleet.lab.name("sg"), Description="x", VpcId=fleet.vpc)["GroupId"]
    name = profile(fleet)
    data = {
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [group]}],
        "IamInstanceProfile": {"Name": name},
    }
    first, second = launched(fleet, "1", **data), launched(fleet, "2", **data)
    assert [each["GroupId"] for each in first["SecurityGroups"]] == [group]
    assert [each["GroupId"] for each in first["NetworkInterfaces"][0]["Groups"]] == [group]
    assert first["MetadataOptions"]["HttpTokens"] == "required"
    assert first["MetadataOptions"]["HttpPutResponseHopLimit"] == 2
    assert first["IamInstanceProfile"]["Arn"].endswith(f"/{name}")
    assert second["MetadataOptions"]["HttpTokens"] == "optional"
    assert "IamInstanceProfile" not in second
    with pytest.raises(ClientError, match="DependencyViolation"):
        fleet.ec2.delete_security_group(GroupId=group)


def test_session_manager_reaches_whom_the_role_lets_it(fleet: Fleet) -> None:
    profiles = [profile(fleet), profile(fleet, CORE), profile(fleet, inline=OWN)]
    none, core, own = (launched(fleet, IamInstanceProfile={"Name": name})["InstanceId"] for name in profiles)
    without = launched(fleet)["InstanceId"]
    assert heard_of(fleet, none, core, own, without) == {core: "Online", own: "Online"}
    assert heard_of(fleet, own) == {own: "Online"}
    fleet.ec2.stop_instances(InstanceIds=[core])
    assert heard_of(fleet, core) == {core: "ConnectionLost"}
    fleet.ec2.terminate_instances(InstanceIds=[own])
    assert heard_of(fleet, own) == {}


def test_the_recommended_image_is_told_in_json_and_has_its_agent(fleet: Fleet) -> None:
    name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"
    told = json.loads(fleet.lab.boto("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    assert told["image_id"].startswith("ami-")
    fleet.ec2.run_instances(
        ImageId=told["image_id"],
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        UserData=f"#!/bin/sh\necho ECS_CLUSTER={fleet.cluster} >> /etc/ecs/ecs.config\n",
    )
    fleet.group(1)
    versions = {each["versionInfo"]["agentVersion"] for each in fleet.instances()}
    assert versions == {told["ecs_agent_version"], "1.102.1"}


def test_a_protected_task_stays_until_its_protection_ends(fleet: Fleet) -> None:
    fleet.group(2)
    name = fleet.service(2)
    tasks = fleet.tasks(name)
    kept = tasks[0]["taskArn"]
    answer = fleet.ecs.update_task_protection(cluster=fleet.cluster, tasks=[kept, "no"], protectionEnabled=True)
    assert [(each["taskArn"], each["protectionEnabled"]) for each in answer["protectedTasks"]] == [(kept, True)]
    assert answer["failures"] == [{"arn": "no", "reason": "MISSING"}]
    (instance,) = [e for e in fleet.instances() if e["containerInstanceArn"] == tasks[0]["containerInstanceArn"]]
    fleet.drain(instance)
    fleet.update(name, taskDefinition=fleet.task())
    assert kept in {task["taskArn"] for task in fleet.tasks(name)}
    fleet.update(name, desiredCount=0)
    assert [task["taskArn"] for task in fleet.tasks(name)] == [kept]
    told = fleet.ecs.get_task_protection(cluster=fleet.cluster, tasks=[kept])["protectedTasks"]
    assert told[0]["expirationDate"] > tasks[0]["createdAt"]
    fleet.ecs.update_task_protection(cluster=fleet.cluster, tasks=[kept], protectionEnabled=False)
    assert fleet.tasks(name) == []


def test_only_tasks_of_services_are_protected_and_for_48_hours_at_most(fleet: Fleet) -> None:
    fleet.group(1)
    (task,) = fleet.ecs.run_task(cluster=fleet.cluster, taskDefinition=fleet.task())["tasks"]
    answer = fleet.ecs.update_task_protection(cluster=fleet.cluster, tasks=[task["taskArn"]], protectionEnabled=True)
    assert (answer["protectedTasks"], answer["failures"][0]["reason"]) == ([], "TASK_NOT_VALID")
    with pytest.raises(ClientError, match="between 1 and 2880"):
        fleet.ecs.update_task_protection(
            cluster=fleet.cluster, tasks=[task["taskArn"]], protectionEnabled=True, expiresInMinutes=2881
        )


def test_ecs_exec_has_its_agent_where_it_is_enabled(fleet: Fleet) -> None:
    fleet.group(1)
    on, off = fleet.service(1, enableExecuteCommand=True), fleet.service(1)
    (task,) = fleet.tasks(on)
    assert task["enableExecuteCommand"] is True
    agents = [(each["name"], each["lastStatus"]) for each in task["containers"][0]["managedAgents"]]
    assert agents == [("ExecuteCommandAgent", "RUNNING")]
    (plain,) = fleet.tasks(off)
    assert plain["enableExecuteCommand"] is False
    assert "managedAgents" not in plain["containers"][0]
