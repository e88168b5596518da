"""EC2 instance types as EC2 describes them (DescribeInstanceTypes)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ecs_model.images import Architecture


@dataclass(frozen=True)
class InstanceType:
    """One type: `memory` in MiB as installed (not as registered), `cpu` in CPU units (1,024 a vCPU)."""

    name: str
    cpu: int
    memory: int
    architectures: tuple[Architecture, ...]
    gpus: int
    network_interfaces: int
    neuron_devices: int = 0
    """AWS Inferentia and Trainium devices."""
    manufacturer: str = ""
    """The processor's: intel, amd, amazon-web-services or apple; empty where EC2 does not say."""
    traits: frozenset[str] = frozenset()
    """Of `burstable`, `metal` (bare) and `previous` (generation)."""


class Catalogue(Mapping[str, InstanceType]):
    """Instance types by name, each made of its row when it is first asked for: a program needs few of some 1,400."""

    def __init__(self, rows: Mapping[str, list[object]]) -> None:
        self._rows = rows
        self._made: dict[str, InstanceType] = {}

    def __getitem__(self, name: str) -> InstanceType:
        if name not in self._made:
            self._made[name] = _from_row(name, self._rows[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@cache
def catalogue() -> Catalogue:
    """Every known type by name, from the generated table (its source is noted in the table itself)."""
    return Catalogue(json.loads(Path(__file__).with_suffix(".json").read_text())["types"])


def _from_row(name: str, row: list[object]) -> InstanceType:
    vcpus, memory, architectures, gpus, interfaces, neuron, manufacturer, traits = row
    assert isinstance(vcpus, int)
    assert isinstance(memory, int)
    assert isinstance(architectures, list)
    assert isinstance(gpus, int)
    assert isinstance(interfaces, int)
    assert isinstance(neuron, int)
    assert isinstance(manufacturer, str)
    assert isinstance(traits, list)
    kinds = tuple(Architecture(a) for a in architectures)
    return InstanceType(name, vcpus * 1024, memory, kinds, gpus, interfaces, neuron, manufacturer, frozenset(traits))


def known(names: Sequence[str]) -> list[InstanceType]:
    """Those of `names` that the table has; the others are newer than it and cannot be judged."""
    return [catalogue()[name] for name in names if name in catalogue()]


def unknown(names: Sequence[str]) -> list[str]:
    """Those of `names` that the table lacks."""
    return [name for name in names if name not in catalogue()]


def similar(name: str) -> str:
    """` (did you mean m7i.large?)` where an unknown name is close to a known one, else nothing."""
    import difflib

    close = difflib.get_close_matches(name, catalogue(), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def misspelt(name: str) -> bool:
    """Whether a type that the table lacks is a mistake, and not newer: of a known family, in a size that is none."""
    import difflib

    family, _, size = name.partition(".")
    sizes = {known.partition(".")[2] for known in catalogue()}
    new = size in sizes or re.fullmatch(r"\d+xlarge|metal-\d+xl", size)
    of_family = [known.partition(".")[2] for known in catalogue() if known.startswith(f"{family}.")]
    return not new and bool(difflib.get_close_matches(size, of_family, 1))


def architecture(names: Sequence[str]) -> Architecture | None:
    """The one architecture all known types share; None where none is known or they differ.

    Types that run both (none on sale today) count as x86_64.
    """
    kinds = {
        Architecture.X86_64 if Architecture.X86_64 in t.architectures else Architecture.ARM64 for t in known(names)
    }
    return kinds.pop() if len(kinds) == 1 else None


def smallest(names: Sequence[str]) -> InstanceType | None:
    """The known type with the least memory: managed scaling never scales out for a task that it cannot hold."""
    return min(known(names), key=lambda type_: (type_.memory, type_.name), default=None)


def largest(names: Sequence[str]) -> InstanceType | None:
    """The known type with the most memory."""
    return max(known(names), key=lambda type_: (type_.memory, type_.name), default=None)


def slowest(names: Sequence[str]) -> InstanceType | None:
    """The known type with the fewest CPU units."""
    return min(known(names), key=lambda type_: (type_.cpu, type_.name), default=None)


def larger_siblings(type_: InstanceType) -> Iterator[InstanceType]:
    """Types of the same family with more memory, the nearest first."""
    family = type_.name.split(".")[0]
    siblings = (t for t in catalogue().values() if t.name.split(".")[0] == family and t.memory > type_.memory)
    yield from sorted(siblings, key=lambda t: (t.memory, t.name))
