"""A policy pack that has no opinion: it writes what the engine asks to the file named by POLICY_RECORDING."""

import json
import os
from pathlib import Path
from typing import Any

import pulumi_policy.policy as sdk
from google.protobuf import json_format

_alone: list[Any] = []
_Servicer: Any = getattr(sdk, "_PolicyAnalyzerServicer")  # noqa: B009 - a private name of the SDK's


class Recorder(_Servicer):  # type: ignore[misc]
    """Answers nothing, and keeps every question."""

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        _alone.append(json_format.MessageToDict(request))
        return super().Analyze(request, context)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        recording = {"alone": _alone, "whole": json_format.MessageToDict(request)}
        Path(os.environ["POLICY_RECORDING"]).write_text(json.dumps(recording, indent=1, sort_keys=True) + "\n")
        return super().AnalyzeStack(request, context)


setattr(sdk, "_PolicyAnalyzerServicer", Recorder)  # noqa: B010
sdk.PolicyPack(
    "recorder",
    policies=[sdk.StackValidationPolicy("nothing", "Nothing", lambda args, report: None)],
)
