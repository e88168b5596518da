"""The architecture that tasks ask for."""

from tests.policies.case import bad, good, unknown
from tests.policies.cases.task_fit import EC2, FARGATE, on
from tests.policies.harness import UNKNOWN, Res
from tests.policies.programs import shop

RULE = "ecs-task-definition-architecture"
NEW, DONE = shop(deployed=False), shop(deployed=True)
X86, ARM = "m7i.large", "m7g.large"


def task(architecture: str) -> Res:
    return NEW["web"].but(runtimePlatform={"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"})


CASES = [
    good(RULE, "the same", NEW.but(task("ARM64"), *on(ARM))),
    good(RULE, "the same, deployed", DONE.but(*on(X86, base=DONE))),
    good(RULE, "one of two types", NEW.but(task("ARM64"), *on(X86, ARM))),
    good(RULE, "nothing said", NEW.but(*on(ARM))),
    good(RULE, "a type newer than the table", NEW.but(task("ARM64"), *on(X86, "m99g.large"))),
    good(RULE, "no type named", NEW.but(task("ARM64"))),
    good(RULE, "no such architecture", NEW.but(task("RISCV"), *on(X86))),
    good(RULE, "Fargate", NEW.but(task("ARM64"), FARGATE, *on(X86))),
    bad(
        RULE,
        "another",
        NEW.but(task("ARM64"), *on(X86)),
        ("web", "asks for arm64, which none of the types for service"),
    ),
    bad(RULE, "another, by a launch type", NEW.but(task("X86_64"), EC2, *on(ARM)), ("web", "asks for x86_64, which")),
    unknown(RULE, "architecture not known", NEW.but(task(UNKNOWN), *on(X86)), "cpuArchitecture"),
]
