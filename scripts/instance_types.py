"""Writes ecs_model/instance_types.json from the EC2 instance type data that moto ships.

Run it after an upgrade of moto: `.venv/bin/python scripts/instance_types.py`.
"""

import json
from pathlib import Path
from typing import Any

import moto
from moto.ec2.models.instance_types import INSTANCE_TYPES

TARGET = Path(__file__).parent.parent / "ecs_model" / "instance_types.json"
MANUFACTURERS = {"Intel": "intel", "AMD": "amd", "AWS": "amazon-web-services", "Apple": "apple"}


def row(raw: dict[str, Any]) -> list[Any]:
    gpus = sum(gpu["Count"] for gpu in raw.get("GpuInfo", {}).get("Gpus", []))
    inference = raw.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
    neuron = raw.get("NeuronInfo", {}).get("NeuronDevices") or [a for a in inference if a["Manufacturer"] == "AWS"]
    traits = {
        "burstable": raw["BurstablePerformanceSupported"],
        "metal": raw["BareMetal"],
        "previous": not raw["CurrentGeneration"],
    }
    return [
        raw["VCpuInfo"]["DefaultVCpus"],
        raw["MemoryInfo"]["SizeInMiB"],
        [name for name in raw["ProcessorInfo"]["SupportedArchitectures"] if name in ("x86_64", "arm64")],
        gpus,
        raw["NetworkInfo"]["MaximumNetworkInterfaces"],
        sum(device["Count"] for device in neuron),
        MANUFACTURERS.get(raw["ProcessorInfo"].get("Manufacturer", ""), ""),
        [name for name, has in traits.items() if has],
    ]


def main() -> None:
    types = {name: row(raw) for name, raw in sorted(INSTANCE_TYPES.items())}
    usable = {name: values for name, values in types.items() if values[2]}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(values)}" for name, values in usable.items())
    about = json.dumps(f"moto {moto.__version__}, ec2/resources/instance_types.json.gz (EC2 DescribeInstanceTypes)")
    columns = '["vCPU", "MiB", "architectures", "GPUs", "network interfaces", '
    columns += '"Neuron devices", "CPU manufacturer", "traits"]'
    TARGET.write_text(f'{{"source": {about},\n"columns": {columns},\n"types": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
