"""C#, Windows: IIS behind a load balancer, host ports from Windows' own range, PowerShell as user data."""

import base64

from tests.policies.programs import container, containers, shop

_shop = shop(deployed=True)
_SCRIPT = """<powershell>
[Environment]::SetEnvironmentVariable("ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", "true", "Machine")
Import-Module ECSTools
Initialize-ECSAgent -Cluster shop -EnableTaskIAMRole -LoggingDrivers '["json-file","awslogs"]'
</powershell>
"""
_LOGS = {"awslogs-group": "/ecs/iis", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "iis"}

PROGRAM = [
    *_shop.but(
        _shop["tasks"].but(fromPort=49152),
        _shop["template"].but(
            imageId="resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id",
            instanceType="m6i.xlarge",
            userData=base64.b64encode(_SCRIPT.encode()).decode(),
        ),
        _shop["web"].but(
            networkMode="default",
            runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
            containerDefinitions=containers(
                container(hostPort=0)
                | {
                    "image": "mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022",
                    "memory": 2048,
                    "readonlyRootFilesystem": None,
                    "logConfiguration": {"logDriver": "awslogs", "options": _LOGS},
                }
            ),
        ),
        _shop["service"].but(
            placementConstraints=[{"type": "memberOf", "expression": "attribute:ecs.os-type == windows"}]
        ),
    )
]

EXPECTED: dict[tuple[str, str], str] = {}
