"""Service auto scaling: what is refused, and what steps mean to AWS."""

from typing import Any

import pytest

from ecs_model.metrics import Metric, Side, Statistic
from ecs_model.problem import dotted
from ecs_model.scaling_policies import (
    Adjustment,
    CustomTracking,
    ScheduledScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from ecs_model.service_scaling import ScalingSettings

QUEUE = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "jobs"}, Statistic.MAXIMUM)
CPU = TargetTracking(target=60)


def scaling(**more: Any) -> ScalingSettings:
    given: dict[str, Any] = {"max_count": 4, "cpu": CPU}
    return ScalingSettings(**(given | more))


def steps(**more: Any) -> ScalingSettings:
    given: dict[str, Any] = {"metric": QUEUE, "threshold": 100, "steps": [Step(0, 1)]}
    return scaling(steps={"queue": StepScaling(**(given | more))})


def custom(metric: Metric) -> ScalingSettings:
    return scaling(metrics={"mine": CustomTracking(target=1, metric=metric)})


def schedule(text: str = "rate(1 day)", min_count: int | None = 2, **more: Any) -> ScalingSettings:
    return scaling(schedules={"night": ScheduledScaling(schedule=text, min_count=min_count, **more)})


def told(settings: ScalingSettings, *, balanced: bool = False, desired_count: int = 1) -> dict[str, str]:
    found = list(settings.problems(balanced=balanced, desired_count=desired_count))
    assert len({problem.path for problem in found}) == len(found), found
    return {dotted(problem.path): problem.message for problem in found}


@pytest.mark.parametrize(
    "settings",
    [
        scaling(min_count=0),
        scaling(min_count=4),
        scaling(memory=TargetTracking(target=120.5, scale_in=False)),
        custom(Metric("Shop/Orders 1", "Backlog", {"a b": "c"})),
        steps(),
        steps(adjustment=Adjustment.EXACT, steps=[Step(0, 0), Step(1.5, 4)]),
        steps(adjustment=Adjustment.PERCENT, minimum_change=2, period=10, evaluation_periods=8640),
        schedule("cron(0 8 ? * MON-FRI *)", timezone="Europe/Berlin"),
        schedule("cron(0 8 1 * ? 2027)", max_count=0, min_count=0),
        schedule("at(2026-12-24T18:00:00)", max_count=9),
        schedule("rate(90 minutes)"),
    ],
)
def test_what_works(settings: ScalingSettings) -> None:
    assert told(settings) == {}


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        (scaling(cpu=None), "", "scales by nothing"),
        (scaling(min_count=-1), "minCount", "-1 is negative"),
        (scaling(min_count=0, max_count=0), "maxCount", "0 tasks could never do anything"),
        (scaling(min_count=5), "maxCount", "4 is below minCount (5)"),
        (scaling(requests=TargetTracking(target=1)), "requests", "there is no loadBalancer: add one"),
        (scaling(cpu=TargetTracking(target=0)), "cpu.target", "0 can never be kept: give a number above 0"),
        (scaling(cpu=TargetTracking(target=float("nan"))), "cpu.target", "nan can never be kept"),
        (scaling(memory=TargetTracking(target=1, scale_in_cooldown=-1)), "memory.scaleInCooldown", "-1 is negative"),
        (scaling(memory=TargetTracking(target=1, scale_out_cooldown=-2)), "memory.scaleOutCooldown", "-2 is negative"),
        (scaling(metrics={"a b": CustomTracking(target=1, metric=QUEUE)}), 'metrics.a b', "'a b' is not a name"),
        (scaling(metrics=dict.fromkeys("ab", CustomTracking(target=1, metric=QUEUE))), "metrics.b.metric",
         "is that of a already"),
        (custom(Metric(":x", "y")), "metrics.mine.metric.namespace", "':x' is not a namespace"),
        (custom(Metric("x", "")), "metrics.mine.metric.name", "has 0 characters: give 1-255"),
        (custom(Metric("x", "y", {str(n): "1" for n in range(31)})), "metrics.mine.metric.dimensions",
         "has 31 entries: give at most 30"),
        (custom(Metric("x", "y", {"a": ""})), "metrics.mine.metric.dimensions.a", "'a': '' names nothing"),
        (steps(steps=[]), "steps.queue.steps", "is empty"),
        (steps(steps=[Step(1, 1)]), "steps.queue.steps[0].beyond", "1 leaves out the threshold itself: give 0"),
        (steps(steps=[Step(0, 1), Step(0, 2)]), "steps.queue.steps[1].beyond", "0 is not above that of the step"),
        (steps(steps=[Step(0, 0)]), "steps.queue.steps[0].change", "0 changes nothing"),
        (steps(steps=[Step(0, -1)], adjustment=Adjustment.EXACT), "steps.queue.steps[0].change", "-1 is no number"),
        (steps(cooldown=-1), "steps.queue.cooldown", "-1 is negative"),
        (steps(period=45), "steps.queue.period", "45 is no period: give 10, 20, 30 or a multiple of 60"),
        (steps(period=86_460), "steps.queue.period", "at most 86400"),
        (steps(evaluation_periods=0), "steps.queue.evaluationPeriods", "0 looks at nothing"),
        (steps(evaluation_periods=1441), "steps.queue.evaluationPeriods", "1441 of 60 seconds are more than a day"),
        (steps(minimum_change=1), "steps.queue.minimumChange", "is for adjustment percent, not tasks"),
        (steps(minimum_change=0, adjustment=Adjustment.PERCENT), "steps.queue.minimumChange", "0 changes nothing"),
        (schedule("daily"), "schedules.night.schedule", "'daily' is no schedule: give cron("),
        (schedule("cron(0 8 * * MON *)"), "schedules.night.schedule", "? for exactly one of day and weekday"),
        (schedule("cron(0 8 ? * ? *)"), "schedules.night.schedule", "is no schedule"),
        (schedule("rate(1 days)"), "schedules.night.schedule", "is no schedule"),
        (schedule("rate(2 hour)"), "schedules.night.schedule", "is no schedule"),
        (schedule(timezone="Berlin"), "schedules.night.timezone", "'Berlin' is not a time zone"),
        (schedule(min_count=None), "schedules.night", "changes nothing: give minCount, maxCount or both"),
        (schedule(min_count=-1), "schedules.night.minCount", "-1 is negative"),
        (schedule(min_count=5), "schedules.night", "keeps at least 5 and at most 4 tasks"),
    ],
)  # fmt: skip
def test_what_cannot_work(settings: ScalingSettings, path: str, says: str) -> None:
    found = told(settings)
    assert list(found) == [path]
    assert says in found[path]


def test_it_cannot_begin_with_more_than_the_most() -> None:
    found = told(scaling(), desired_count=5)
    assert found == {"maxCount": "4 is below desiredCount (5), with which it begins: raise it"}


def test_requests_are_counted_behind_a_load_balancer() -> None:
    settings = scaling(requests=TargetTracking(target=1000))
    assert told(settings, balanced=True) == {}
    assert list(settings.predefined) == ["cpu", "requests"]


def test_steps_are_distances_on_the_threshold_s_side() -> None:
    chosen = [Step(0, 1), Step(300, 5)]
    above = StepScaling(metric=QUEUE, threshold=100, steps=chosen)
    below = StepScaling(metric=QUEUE, threshold=100, side=Side.BELOW, steps=chosen)
    assert above.intervals == [(0, 300, 1), (300, None, 5)]
    assert below.intervals == [(-300, 0, 1), (None, -300, 5)]
    assert (above.side.operator, below.side.operator) == (
        "GreaterThanOrEqualToThreshold",
        "LessThanOrEqualToThreshold",
    )


@pytest.mark.parametrize(
    ("statistic", "aggregation"),
    [(Statistic.MAXIMUM, "Maximum"), (Statistic.MINIMUM, "Minimum"), (Statistic.SUM, "Average")],
)
def test_what_the_alarm_saw_is_summed_up_as_it_was_measured(statistic: Statistic, aggregation: str) -> None:
    metric = Metric("x", "y", {}, statistic)
    assert StepScaling(metric=metric, threshold=1, steps=[Step(0, 1)]).aggregation == aggregation
