"""What a killed run leaves behind in the local stack, on the real CLI and a `file://` backend."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tests.toolchain.support import Project, Said
from toolchain import local_stack
from toolchain.errors import ToolchainError
from toolchain.invocation import LocalAws, deployment

URN = "urn:pulumi:local::trial::pkg:index:Group$aws:ecs/cluster:Cluster::web"


@pytest.fixture
def local(project: Project) -> LocalAws:
    return LocalAws(1, "http://127.0.0.1:1", Path(project.env["PULUMI_BACKEND_URL"].removeprefix("file://")))


def prepare(project: Project, local: LocalAws, said: Said) -> None:
    local_stack.prepare(project.directory, "local", project.cli, local, project.env, said)


def up(project: Project, local: LocalAws) -> tuple[int, str]:
    made = deployment("up", "local", ["--skip-preview"], project.cli, local, project.env)
    project.env.clear()
    project.env.update(made.env)
    argv = [argument for argument in made.argv[1:] if argument not in {"--policy-pack", "policies"}]
    return project.run(*argv)


def lock(local: LocalAws, pid: int, host: str = socket.gethostname()) -> Path:
    path = local.backend / ".pulumi" / "locks" / "organization" / "trial" / "local" / "one.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"pid": pid, "username": "me", "hostname": host, "timestamp": "2026-01-01T00:00:00Z"}
    path.write_text(json.dumps(content))
    return path


def dead_pid() -> int:
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)
    return child


def test_the_stack_is_created_on_first_use_and_kept(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    state = local.backend / ".pulumi" / "stacks" / "trial" / "local.json"
    before = state.read_text()
    prepare(project, local, said)
    assert state.read_text() == before
    assert said.lines == []
    assert up(project, local)[0] == 0


def test_the_lock_of_a_dead_process_is_released(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    pid = dead_pid()
    path = lock(local, pid)
    assert "the stack is currently locked by 1 lock" in up(project, local)[1]
    prepare(project, local, said)
    assert not path.exists()
    assert f"An earlier run (process {pid}) was killed and left the stack locked: unlocked." in str(said)
    code, output = up(project, local)
    assert code == 0, output


def test_a_reused_process_id_does_not_keep_a_lock(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    path = lock(local, os.getpid())
    prepare(project, local, said)
    assert not path.exists()


def test_the_lock_of_another_machine_stays(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    path = lock(local, dead_pid(), "elsewhere")
    prepare(project, local, said)
    assert path.exists()
    (line,) = said.lines
    assert line.startswith("Another run holds the lock of the stack 'local'. Where it died elsewhere, `make pulumi ")


def test_a_state_cut_off_in_writing_is_replaced_by_the_one_before(
    project: Project, local: LocalAws, said: Said
) -> None:
    prepare(project, local, said)
    assert up(project, local)[0] == 0
    project.write("__main__.py", "import pulumi\npulumi.export('second', 2)\n")
    assert up(project, local)[0] == 0
    state = local.backend / ".pulumi" / "stacks" / "trial" / "local.json"
    state.write_text(state.read_text()[:100])
    prepare(project, local, said)
    assert "was killed while it wrote the stack's state: going back to the state before" in str(said)
    code, output = up(project, local)
    assert code == 0, output
    state.write_text("")
    state.with_name("local.json.bak").write_text("{")
    with pytest.raises(ToolchainError, match=r"local\.json is damaged: `make stop`"):
        prepare(project, local, said)


def test_attributes_cut_off_in_writing_do_not_hide_the_state(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    assert up(project, local)[0] == 0
    attributes = local.backend / ".pulumi" / "stacks" / "trial" / "local.json.attrs"
    assert attributes.exists()
    attributes.write_text("")
    assert "EOF" in up(project, local)[1]
    prepare(project, local, said)
    code, output = up(project, local)
    assert code == 0, output


def test_while_another_run_is_at_work_nothing_is_touched(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    path = lock(local, 1, "elsewhere")
    state = local.backend / ".pulumi" / "stacks" / "trial" / "local.json"
    state.write_text('{"half')
    prepare(project, local, said)
    assert path.exists()
    assert state.read_text() == '{"half'
    assert [line.partition(".")[0] for line in said.lines] == ["Another run holds the lock of the stack 'local'"]


def test_patience_has_an_end(project: Project, local: LocalAws, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(project, local, said)
    path = lock(local, os.getpid())
    monkeypatch.setattr(local_stack, "_is_pulumi", lambda pid: True)
    monkeypatch.setattr(local_stack, "PATIENCE", 0.3)
    refused = rf"another pulumi command \(process {os.getpid()}\) still works on the stack 'local' after .* try again"
    with pytest.raises(ToolchainError, match=refused):
        local_stack.prepare(project.directory, "local", project.cli, local, project.env, said, waits=True)
    assert len(said.lines) == 1
    assert path.exists()


def test_another_machine_is_not_waited_for(project: Project, local: LocalAws, said: Said) -> None:
    prepare(project, local, said)
    lock(local, 1, "elsewhere")
    local_stack.prepare(project.directory, "local", project.cli, local, project.env, said, waits=True)
    (line,) = said.lines
    assert "`make pulumi ARGS=cancel`" in line


def unfinished(local: LocalAws) -> Path:
    """The state's file, with the creation of a cluster that has not ended."""
    path = local.backend / ".pulumi" / "stacks" / "trial" / "local.json"
    state = json.loads(path.read_text())
    resource = {"urn": URN, "custom": True, "type": "aws:ecs/cluster:Cluster", "inputs": {"name": "web"}}
    state["checkpoint"]["latest"]["pending_operations"] = [{"resource": resource, "type": "creating"}]
    path.write_text(json.dumps(state))
    return path


@pytest.fixture
def created(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the local AWS created, by URN."""
    found: dict[str, str] = {}
    monkeypatch.setattr(
        "toolchain.local_aws.created", lambda local, urns: {urn: found[urn] for urn in urns if urn in found}
    )
    return found


@pytest.mark.usefixtures("created")
def test_unfinished_creations_of_which_aws_knows_nothing_are_forgotten(
    project: Project, local: LocalAws, said: Said
) -> None:
    prepare(project, local, said)
    assert up(project, local)[0] == 0
    path = unfinished(local)
    assert "interrupted" in up(project, local)[1]
    prepare(project, local, said)
    assert "killed in the middle of: creating aws:ecs/cluster:Cluster web." in str(said)
    assert "takes them in" not in str(said)
    code, output = up(project, local)
    assert code == 0, output
    assert "interrupted" not in output
    assert not json.loads(path.read_text())["checkpoint"]["latest"].get("pending_operations")


def test_what_aws_created_unheard_becomes_a_resource(local: LocalAws, project: Project, said: Said) -> None:
    prepare(project, local, said)
    assert up(project, local)[0] == 0
    path = unfinished(local)
    files = local_stack.StackFiles(local.backend, "trial", "local")
    files.adopt({URN: "arn:cluster/web"})
    latest = json.loads(path.read_text())["checkpoint"]["latest"]
    assert latest["pending_operations"] == []
    assert latest["resources"][-1] == {
        "urn": URN,
        "custom": True,
        "type": "aws:ecs/cluster:Cluster",
        "inputs": {"name": "web"},
        "id": "arn:cluster/web",
    }


def test_a_replacement_that_aws_created_unheard_leaves_the_old_one_to_be_deleted(
    local: LocalAws, project: Project, said: Said
) -> None:
    prepare(project, local, said)
    assert up(project, local)[0] == 0
    path = unfinished(local)
    files = local_stack.StackFiles(local.backend, "trial", "local")
    files.adopt({URN: "old"})
    unfinished(local)
    files.adopt({URN: "new"})
    found = json.loads(path.read_text())["checkpoint"]["latest"]["resources"]
    assert [(each["id"], each.get("delete", False)) for each in found if each["urn"] == URN] == [
        ("old", True),
        ("new", False),
    ]


def test_what_pulumi_says_against_it_is_passed_on(project: Project, local: LocalAws, said: Said) -> None:
    project.write("Pulumi.yaml", "name: trial\nruntime: [not, a, runtime]\n")
    with pytest.raises(ToolchainError, match=r"(?s)`pulumi stack init local --no-select` failed: .*runtime"):
        prepare(project, local, said)
