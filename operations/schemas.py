"""The report of each command, whose JSON schema `--json-schema` prints."""

from __future__ import annotations

from operations.capacity import CapacityReport
from operations.doctor import DoctorReport
from operations.drain import DrainReport
from operations.failures import FailuresReport
from operations.plan import PlanReport
from operations.recover_report import RecoverReport
from operations.report import Report
from operations.session import SessionReport
from operations.why import WhyReport

SCHEMAS: dict[str, type[Report]] = {
    "capacity": CapacityReport,
    "why": WhyReport,
    "plan": PlanReport,
    "failures": FailuresReport,
    "doctor": DoctorReport,
    "session": SessionReport,
    "drain": DrainReport,
    "recover": RecoverReport,
}
