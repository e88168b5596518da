"""What AWS refuses of Auto Scaling groups and roles, seen by boto3 as by the provider: moto 5.2 lets it pass."""

from __future__ import annotations

import base64

from tests.localaws.ground import Ground, refused


def test_a_group_with_instances_goes_by_force_only(ground: Ground) -> None:
    name = ground.fleet(2)[0]
    assert refused(ground.asg.delete_auto_scaling_group, AutoScalingGroupName=name)[0] == "ResourceInUse"
    ground.asg.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    assert ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"] == []


def test_an_instance_refresh_replaces_the_instances(ground: Ground) -> None:
    name = ground.fleet(2)[0]

    def instances() -> set[str]:
        found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
        assert found["NewInstancesProtectedFromScaleIn"] is True
        return {item["InstanceId"] for item in found["Instances"]}

    before = instances()
    ground.asg.start_instance_refresh(AutoScalingGroupName=name, Strategy="Rolling")
    assert len(instances()) == 2
    assert not instances() & before
    told = ground.asg.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"]
    assert [item["Status"] for item in told] == ["Successful"]
    assert refused(ground.asg.start_instance_refresh, AutoScalingGroupName="none")[0] == "ValidationError"


def test_a_role_and_a_policy_in_use_stay(ground: Ground) -> None:
    role, document = ground.lab.name("role"), '{"Version": "2012-10-17", "Statement": []}'
    policy = ground.iam.create_policy(
        PolicyName=ground.lab.name(),
        PolicyDocument=document.replace("[]", '[{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]'),
    )["Policy"]["Arn"]
    ground.iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)
    ground.iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(ground.iam.delete_role, RoleName=role)[0] == "DeleteConflict"
    assert refused(ground.iam.delete_policy, PolicyArn=policy)[0] == "DeleteConflict"
    ground.iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    profile = ground.lab.name("profile")
    ground.iam.create_instance_profile(InstanceProfileName=profile)
    ground.iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    assert refused(ground.iam.delete_role, RoleName=role)[0] == "DeleteConflict"
    ground.iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    ground.iam.delete_role(RoleName=role)
    ground.iam.delete_policy(PolicyArn=policy)


def test_a_role_has_no_policies_that_there_are_not_nor_too_many(ground: Ground) -> None:
    gone, name = "arn:aws:iam::123456789012:policy/gone", ground.lab.name("role")
    bounded = {"RoleName": name, "AssumeRolePolicyDocument": "{}", "PermissionsBoundary": gone}
    assert refused(ground.iam.create_role, **bounded)[0] == "NoSuchEntity"
    ground.iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    code, said = refused(ground.iam.attach_role_policy, RoleName=name, PolicyArn=gone)
    assert (code, gone in said) == ("NoSuchEntity", True)
    code, said = refused(ground.iam.put_role_permissions_boundary, RoleName=name, PermissionsBoundary=gone)
    assert (code, gone in said) == ("NoSuchEntity", True)
    pages = ground.iam.get_paginator("list_policies").paginate(Scope="AWS", PathPrefix="/job-function/")
    managed = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    managed += [policy["Arn"] for page in pages for policy in page["Policies"]]
    assert len(managed) > 10
    for arn in managed[:10]:
        ground.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    ground.iam.attach_role_policy(RoleName=name, PolicyArn=managed[0])
    code, said = refused(ground.iam.attach_role_policy, RoleName=name, PolicyArn=managed[10])
    assert (code, "PoliciesPerRole: 10" in said) == ("LimitExceeded", True)
    assert refused(ground.iam.delete_role, RoleName=name)[0] == "DeleteConflict"


def test_settings_of_a_group_are_kept_where_an_update_does_not_name_them(ground: Ground) -> None:
    name = ground.fleet()[0]
    ground.asg.update_auto_scaling_group(
        AutoScalingGroupName=name, MaxInstanceLifetime=86400 * 8, CapacityRebalance=True, DefaultInstanceWarmup=30
    )
    ground.asg.update_auto_scaling_group(AutoScalingGroupName=name, MaxSize=5)
    found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    assert (found["MaxInstanceLifetime"], found["CapacityRebalance"]) == (86400 * 8, True)
    assert found["DefaultInstanceWarmup"] == 30


def test_a_group_launches_from_a_further_version_of_its_template(ground: Ground) -> None:
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.medium", "UserData": base64.b64encode(b"one").decode()}
    template = ground.ec2.create_launch_template(LaunchTemplateName=ground.lab.name(), LaunchTemplateData=data)
    id_, fleet = template["LaunchTemplate"]["LaunchTemplateId"], ground.fleet()[0]
    for version, (type_, text) in enumerate([("t3.medium", b"one"), ("m5.large", b"two")], start=1):
        if version > 1:
            newer = {**data, "InstanceType": type_, "UserData": base64.b64encode(text).decode()}
            ground.ec2.create_launch_template_version(LaunchTemplateId=id_, LaunchTemplateData=newer)
        ground.asg.update_auto_scaling_group(
            AutoScalingGroupName=fleet,
            DesiredCapacity=version,
            LaunchTemplate={"LaunchTemplateId": id_, "Version": str(version)},
        )
    found = ground.asg.describe_auto_scaling_groups(AutoScalingGroupNames=[fleet])["AutoScalingGroups"][0]
    launched = [item["InstanceId"] for item in found["Instances"]]
    described = ground.ec2.describe_instances(InstanceIds=launched)["Reservations"]
    assert [item["Instances"][0]["InstanceType"] for item in described] == ["t3.medium", "m5.large"]
    kept = [
        ground.ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")["UserData"]["Value"]
        for instance in launched
    ]
    assert [base64.b64decode(text) for text in kept] == [b"one", b"two"]
