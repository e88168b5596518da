"""Whether container instances have what a task needs, before anyone has seen them register."""

from collections.abc import Sequence
from dataclasses import dataclass

from ecs_model.instance_types import InstanceType, known, slowest, smallest
from ecs_model.memory import Fit, advice, fit


@dataclass(frozen=True)
class Demand:
    """What placement looks for on a container instance."""

    memory: int
    """MiB."""
    cpu: int
    """CPU units, 1,024 a vCPU."""

    def __str__(self) -> str:
        return f"{self.memory} MiB and {self.cpu} CPU units" if self.cpu else f"{self.memory} MiB"


@dataclass(frozen=True)
class Shortage:
    """What an instance type may lack, or lacks, for a task."""

    verdict: Fit
    what: str
    """A sentence without full stop that begins with a small letter."""
    advice: str
    """What to do: a sentence without full stop."""

    def __str__(self) -> str:
        return f"{self.what}. {self.advice}"


def memory_shortage(
    needed: int, type_: InstanceType, which: str, reserved: int = 0, parts: str = ""
) -> Shortage | None:
    """The shortage of a type for a task of `needed` MiB; None where the task surely fits.

    `which` says what kind of type it is (`the smallest type of …`), `reserved` is `ECS_RESERVED_MEMORY` in MiB,
    `parts` how the need adds up.
    """
    verdict = fit(needed, type_, reserved)
    if verdict is Fit.SURELY:
        return None
    kept = f" less {reserved} MiB reserved" if reserved else ""
    has = f"{type_.name} ({type_.memory} MiB installed{kept}), {which}"
    return Shortage(verdict, f"a task of {needed} MiB{parts} {verdict.value} {has}", advice(needed, type_, reserved))


def cpu_shortage(needed: int, type_: InstanceType, which: str) -> Shortage | None:
    """The shortage of a type for a task of `needed` CPU units, of which an instance registers all it has."""
    if needed <= type_.cpu:
        return None
    return Shortage(
        Fit.NEVER,
        f"a task of {needed} CPU units {Fit.NEVER.value} {type_.name} ({type_.cpu} CPU units), {which}",
        f"Keep it within {type_.cpu}, or use a larger instance type",
    )


def best_fit(demand: Demand, names: Sequence[str], reserved: int = 0) -> Fit | None:
    """The fit on the type that suits a task best; None where one is not known, which may suit it better."""
    fits = {Fit.NEVER if demand.cpu > t.cpu else fit(demand.memory, t, reserved) for t in known(names)}
    if Fit.SURELY in fits:
        return Fit.SURELY
    if not names or len(known(names)) < len(names):
        return None
    return Fit.PERHAPS if Fit.PERHAPS in fits else Fit.NEVER


def shortages_of_smallest(demand: Demand, names: Sequence[str], of: str, reserved: int = 0) -> list[Shortage]:
    """What the least memory and the fewest CPU units of some types, which managed scaling counts on, lack for a task.

    `of` says whose types they are. Those that are not known are left out of account.
    """
    least, fewest = smallest(names), slowest(names)
    found = [
        least and memory_shortage(demand.memory, least, f"the smallest type of {of}", reserved),
        fewest and cpu_shortage(demand.cpu, fewest, f"the type with the fewest of {of}"),
    ]
    return [shortage for shortage in found if shortage]


def shortages_of_largest(
    demand: Demand, names: Sequence[str], of: str, reserved: int = 0, parts: str = ""
) -> list[Shortage]:
    """What even the type that suits a task best lacks for it; nothing where one is not known, which may suit better.

    `parts` says how the need of memory adds up.
    """
    if best_fit(demand, names, reserved) in (Fit.SURELY, None):
        return []
    enough = [type_ for type_ in known(names) if type_.cpu >= demand.cpu]
    if not enough:
        most = max(known(names), key=lambda type_: (type_.cpu, type_.name))
        shortage = cpu_shortage(demand.cpu, most, f"the type with the most of {of}")
    else:
        type_ = max(enough, key=lambda type_: (type_.memory, type_.name))
        shortage = memory_shortage(demand.memory, type_, f"the largest type of {of}", reserved, parts)
    return [shortage] if shortage else []
