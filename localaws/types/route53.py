"""Amazon Route 53: records of a hosted zone."""

from __future__ import annotations

from localaws.kind import REGISTRY, ApiObject, Kind, Step, Target
from localaws.wire import Properties


def plain(name: str) -> str:
    """A name as the provider compares it: without the last dot, and in lower case."""
    return name.rstrip(".").lower()


def _wanted(target: Target) -> Properties:
    """The record set of the program's inputs."""
    record: Properties = {"Name": target.inputs["name"], "Type": target.inputs["type"]}
    if "records" in target.inputs:
        record["ResourceRecords"] = [{"Value": value} for value in target.inputs["records"]]
        record["TTL"] = int(target.inputs["ttl"])
    for alias in target.inputs.get("aliases", []):
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    return record


def _change(target: Target, action: str, record: Properties) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    target.call("change_resource_record_sets", HostedZoneId=_parts(target)[0], ChangeBatch=batch)


def _parts(target: Target) -> tuple[str, str, str]:
    """Zone, name and type, which the id is made of; a name may hold underscores."""
    if not target.id:
        return target.inputs["zoneId"], target.inputs["name"], target.inputs["type"]
    zone, _, rest = target.id.partition("_")
    name, _, kind = rest.rpartition("_")
    return zone, name, kind


def _created(target: Target) -> str:
    _change(target, "UPSERT" if target.inputs.get("allowOverwrite") else "CREATE", _wanted(target))
    return f"{target.inputs['zoneId']}_{plain(target.inputs['name'])}_{target.inputs['type']}"


def _found(target: Target) -> Properties | None:
    zone, name, kind = _parts(target)
    sets = target.call("list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone)
    return next((each for each in sets if plain(each["Name"]) == name and each["Type"] == kind), None)


def _same(wanted: str | None, found: str) -> str:
    return wanted if wanted is not None and plain(wanted) == plain(found) else plain(found)


def _record(target: Target) -> ApiObject | None:
    found = _found(target)
    if found is None:
        return None
    aliases = target.get("aliases") or [{}]
    alias = found.get("AliasTarget")
    return {
        "zoneId": _parts(target)[0],
        "name": _same(target.get("name"), found["Name"]),
        "type": found["Type"],
        "fqdn": plain(found["Name"]),
        "ttl": found.get("TTL") if "ResourceRecords" in found else None,
        "records": [item["Value"] for item in found.get("ResourceRecords", [])] or None,
        "aliases": [
            {
                "name": _same(aliases[0].get("name"), alias["DNSName"]),
                "zoneId": alias["HostedZoneId"],
                "evaluateTargetHealth": alias["EvaluateTargetHealth"],
            }
        ]
        if alias
        else None,
    }


def _delete(target: Target) -> None:
    found = _found(target)
    if found is not None:
        _change(target, "DELETE", found)


_SET = frozenset({"aliases", "records", "ttl"})
RECORD = Kind(
    "aws:route53/record:Record",
    service="route53",
    source=REGISTRY + "route53/record/",
    create=_created,
    also_created=_SET | {"name", "type", "zoneId"},
    read=_record,
    updates=(Step(_SET, lambda r: _change(r, "UPSERT", _wanted(r))),),
    delete=_delete,
    replaces=frozenset({"name", "type", "zoneId"}),
    settings=frozenset({"allowOverwrite"}),
)

KINDS = (RECORD,)
