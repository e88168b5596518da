"""The recorded previews that the policies' tests start from are those of today's components."""

from pathlib import Path

import pytest

from tests.policies.recording import STACKS, Recording, record, recorded


@pytest.mark.parametrize("stack", STACKS)
def test_a_recording_is_what_the_engine_tells_today(stack: str, tmp_path: Path) -> None:
    today = tmp_path / f"{stack}.json"
    record(stack, today)
    told = Recording.of(today)
    assert len(told.alone) > 50
    assert told.content == recorded(stack).content, "run `python -m tests.policies.recording`"
