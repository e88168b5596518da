"""User data: what is written can be read back, and so can what others write."""

import base64
import contextlib
import gzip
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_model.agent import AgentSettings, ImagePullBehavior, config
from ecs_model.agent_variables import (
    BLOCK_IMDS,
    CLUSTER,
    CONFIG_FILE,
    PORT_RANGE,
    RESERVED_MEMORY,
    SPOT_DRAINING,
    Variable,
)
from ecs_model.ports import EPHEMERAL, PortRange
from ecs_model.user_data import NotUnderstood, agent_variables, is_encoded
from ecs_model.user_data_script import encode, script

BOTH = {CLUSTER: "web", PORT_RANGE: "49153-65535"}

MIME = """\
Content-Type: multipart/mixed; boundary="==B=="
MIME-Version: 1.0

--==B==
Content-Type: text/cloud-boothook; charset="us-ascii"

#cloud-boothook
echo hello

--==B==
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
echo ECS_CLUSTER=web >> /etc/ecs/ecs.config
echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config

--==B==--
"""

MIME_BASE64 = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="XX"

--XX
Content-Type: text/x-shellscript
Content-Transfer-Encoding: base64

{}
--XX--
"""

SPELLINGS = {
    "here-document": """
        #!/bin/bash
        cat <<'EOF' >> /etc/ecs/ecs.config
        ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        EOF
        """,
    "here-document, the file first, no quotes": """
        cat > /etc/ecs/ecs.config << EOF
        ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        EOF
        """,
    "here-document, end with a hyphen": """
        cat >> /etc/ecs/ecs.config <<"END-CONFIG"
        ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        END-CONFIG
        """,
    "here-document with tabs": (
        "cat >> /etc/ecs/ecs.config <<-EOF\n\tECS_CLUSTER=web\n\tECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\n\tEOF\n"
    ),
    "here-document into sudo tee": """
        cat <<EOF | sudo tee -a /etc/ecs/ecs.config > /dev/null
        ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        EOF
        """,
    "here-document of tee": """
        tee /etc/ecs/ecs.config <<EOF
        ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        EOF
        """,
    "here-strings": """
        cat <<< ECS_CLUSTER=web > /etc/ecs/ecs.config
        tee -a /etc/ecs/ecs.config <<< "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535"
        """,
    "echo": """
        echo ECS_CLUSTER=web >> /etc/ecs/ecs.config
        echo 'ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535'>>/etc/ecs/ecs.config
        """,
    "echo with an option and two lines": r"""
        echo -e "ECS_CLUSTER=web\nECS_DYNAMIC_HOST_PORT_RANGE=49153-65535" > "/etc/ecs/ecs.config"
        """,
    "echo over two lines": """
        echo "ECS_CLUSTER=web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535" > /etc/ecs/ecs.config
        """,
    "a continued line": r"""
        echo ECS_CLUSTER=web \
          >> /etc/ecs/ecs.config
        echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config
        """,
    "two commands in a line, as the console of old wrote it": (
        "#!/bin/bash\n"
        "echo ECS_CLUSTER=web >> /etc/ecs/ecs.config;"
        "echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config;"
    ),
    "two commands and a condition": (
        "echo ECS_CLUSTER=web >> /etc/ecs/ecs.config && "
        "echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config || exit 1"
    ),
    "echo into tee": """
        echo ECS_CLUSTER=web | tee /etc/ecs/ecs.config
        echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 | sudo tee --append /etc/ecs/ecs.config
        """,
    "a shell of its own": """
        sudo bash -c "echo ECS_CLUSTER=web > /etc/ecs/ecs.config"
        sudo sh -c 'echo "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535" >> /etc/ecs/ecs.config'
        """,
    "printf": r"""
        printf 'ECS_CLUSTER=web\nECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\n' >> /etc/ecs/ecs.config
        """,
    "printf with one argument a line": r"""
        printf '%s\n' ECS_CLUSTER=web ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config
        """,
    "printf with values": r"""
        printf "ECS_CLUSTER=%s\nECS_DYNAMIC_HOST_PORT_RANGE=%d-%d\n" web 49153 65535 > /etc/ecs/ecs.config
        """,
    "printf with a percent sign": r"""
        printf 'ECS_CLUSTER=%s\nECS_X=90%%\nECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\n' web > /etc/ecs/ecs.config
        """,
    "a block": """
        {
          echo ECS_CLUSTER=web
          echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        } > /etc/ecs/ecs.config
        """,
    "a block in a line": (
        "{ echo ECS_CLUSTER=web; echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535; } >> /etc/ecs/ecs.config"
    ),
    "a block around a here-document": """
        {
          cat <<EOF
        ECS_CLUSTER=web
        EOF
          echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        } >> /etc/ecs/ecs.config
        """,
    "a later beginning anew": """
        echo ECS_CLUSTER=old >> /etc/ecs/ecs.config
        echo ECS_RESERVED_MEMORY=99 >> /etc/ecs/ecs.config
        echo ECS_CLUSTER=web > /etc/ecs/ecs.config
        echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config
        """,
    "the last one wins": """
        echo ECS_CLUSTER=old >> /etc/ecs/ecs.config
        echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config
        echo ECS_CLUSTER=web >> /etc/ecs/ecs.config
        """,
    "comments": """
        #!/bin/bash
        # echo ECS_CLUSTER=other > /etc/ecs/ecs.config
        cat >> /etc/ecs/ecs.config <<EOF
        # ECS_CLUSTER=other
          ECS_CLUSTER = web
        ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        EOF
        # ECS_CLUSTER=another
        """,
    "other files": """
        echo ECS_CLUSTER=other > /etc/ecs/ecs.config.bak
        echo ECS_CLUSTER=other > /tmp/ecs.config
        cat > /etc/motd <<EOF
        echo ECS_CLUSTER=other > /etc/ecs/ecs.config
        EOF
        echo ECS_CLUSTER=web >> /etc/ecs/ecs.config
        echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config
        """,
    "Windows line ends": (
        "#!/bin/bash\r\ncat >> /etc/ecs/ecs.config <<EOF\r\nECS_CLUSTER=web\r\n"
        "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\r\nEOF\r\n"
    ),
    "cloud-config, write_files": """
        #cloud-config
        write_files:
          - path: /etc/ecs/ecs.config
            content: |
              ECS_CLUSTER=web
              ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535
        """,
    "cloud-config, runcmd": """
        #cloud-config
        runcmd:
          - echo ECS_CLUSTER=web >> /etc/ecs/ecs.config
          - "echo ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535 >> /etc/ecs/ecs.config"
        """,
    "MIME": MIME,
    "MIME after an empty line": f"\n{MIME}",
    "MIME with an encoded part": MIME_BASE64.format(encode(script(BOTH))),
}


@pytest.mark.parametrize("encoded", [False, True], ids=["plain", "base64"])
@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_says_the_same(text: str, encoded: bool) -> None:
    plain = textwrap.dedent(text).lstrip("\n") if "\n        " in text else text
    read = agent_variables(encode(plain) if encoded else plain)
    assert read.pop("ECS_X", "90%") == "90%"
    assert read == BOTH


@pytest.mark.parametrize(
    "text",
    [
        '[settings.ecs]\ncluster = "web"\n',
        'settings.ecs.cluster = "web"\n',
        '[settings]\necs = { cluster = "web" }\n',
        '[settings.host-containers.admin]\nenabled = true\n[settings.ecs]\ncluster = "web"\n',
    ],
)
def test_bottlerocket(text: str) -> None:
    assert agent_variables(encode(text)) == {CLUSTER: "web"}


@pytest.mark.parametrize(
    ("setting", "variable"), [("enable-spot-instance-draining", SPOT_DRAINING), ("awsvpc-block-imds", BLOCK_IMDS)]
)
@pytest.mark.parametrize(("value", "read"), [("true", "true"), ("false", "false"), ('"true"', None)])
def test_switches_of_bottlerocket(setting: str, variable: str, value: str, read: str | None) -> None:
    text = f'[settings.ecs]\ncluster = "web"\n{setting} = {value}\n'
    assert agent_variables(text) == {CLUSTER: "web", **({variable: read} if read else {})}


def test_attributes_of_bottlerocket() -> None:
    text = '[settings.ecs]\ncluster = "web"\n[settings.ecs.instance-attributes]\nstack = "prod"\n'
    assert agent_variables(text) == {CLUSTER: "web", Variable.ATTRIBUTES: '{"stack": "prod"}'}


def test_bottlerocket_reserves_memory() -> None:
    text = '[settings.ecs]\ncluster = "web"\nreserved-memory = 256\n'
    assert agent_variables(text) == {CLUSTER: "web", RESERVED_MEMORY: "256"}
    assert agent_variables(text.replace("256", '"256"')) == {CLUSTER: "web"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#!/bin/bash\nyum update -y\n",
        "echo 'no end",
        "settings = 3\n",
        'settings.ecs = "web"\n',
        "[settings.ecs]\nlogging = 1\n",
        "Initialize-ECSAgent -Cluster web\n",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=X\n\nno part\n",
        base64.b64encode(b"\xff\xfe\x00").decode(),
        "echo $((1 << 2))\n",
        "cat <<EOF > /etc/ecs/ecs.config",
        "echo \\",
    ],
)
def test_what_says_nothing_contributes_nothing(text: str) -> None:
    assert agent_variables(text) == {}


def test_quotes_inside_values_are_kept() -> None:
    wanted = '{"stack;tier":"a>b|c","who":"ours"}'
    text = f"echo 'ECS_INSTANCE_ATTRIBUTES={wanted}' >> {CONFIG_FILE} # and a comment"
    assert agent_variables(text) == {"ECS_INSTANCE_ATTRIBUTES": wanted}


def test_the_script_writes_the_file_before_the_agent_starts() -> None:
    assert script(BOTH) == (
        "#!/bin/bash\n"
        "cat >> /etc/ecs/ecs.config <<'ECS_CONFIG'\n"
        "ECS_CLUSTER=web\n"
        "ECS_DYNAMIC_HOST_PORT_RANGE=49153-65535\n"
        "ECS_CONFIG\n"
    )


ranges = st.tuples(st.integers(2377, 65535), st.integers(2377, 65535)).map(lambda two: PortRange(min(two), max(two)))
values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")).map(str.strip)
settings = st.builds(
    AgentSettings,
    dynamic_host_port_range=ranges.map(str),
    reserved_memory=st.integers(0, 65_535),
    reserved_ports=st.lists(st.integers(1, 65535), max_size=4),
    image_pull_behavior=st.sampled_from(ImagePullBehavior),
    block_instance_metadata=st.booleans(),
    variables=st.dictionaries(st.from_regex(r"ECS_X[A-Z0-9_]{0,12}", fullmatch=True), values, max_size=4),
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,30}", fullmatch=True)


@given(cluster=names, chosen=settings, spot=st.booleans())
def test_whatever_is_chosen_arrives(cluster: str, chosen: AgentSettings, spot: bool) -> None:
    assert list(chosen.problems()) == []
    variables = config(cluster, chosen, spot=spot)
    assert agent_variables(encode(script(variables))) == variables
    assert variables[CLUSTER] == cluster


@given(st.text())
def test_nothing_makes_it_fail(text: str) -> None:
    for data in (text, f"echo {text} > {CONFIG_FILE}"):
        with contextlib.suppress(NotUnderstood):
            assert isinstance(agent_variables(data), dict)


@given(st.text(alphabet="ecatho printf'\"\\<>|;&#\n=E{}[]%sab-", max_size=60))
def test_no_shell_makes_it_fail(text: str) -> None:
    before = f"echo {CLUSTER}=web >> {CONFIG_FILE}\n"
    assert isinstance(agent_variables(before + text), dict)
    assert agent_variables(before)[CLUSTER] == "web"


def test_the_default_range_is_the_notes() -> None:
    read = agent_variables(encode(script(config("web", AgentSettings()))))
    assert PortRange.parse(read[PORT_RANGE]) == EPHEMERAL


CLOUD_CONFIG = "#cloud-config\nwrite_files:\n- path: /etc/ecs/ecs.config\n  encoding: {}\n  content: {}\n"
_lines = "".join(f"{name}={value}\n" for name, value in BOTH.items()).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        CLOUD_CONFIG.format("b64", _base64(_lines)),
        CLOUD_CONFIG.format("gz+b64", _base64(gzip.compress(_lines, mtime=0))),
        CLOUD_CONFIG.format("gzip", f"!!binary {_base64(gzip.compress(_lines, mtime=0))}"),
        _base64(gzip.compress(script(BOTH).encode(), mtime=0)),
        MIME_BASE64.format(_base64(gzip.compress(script(BOTH).encode(), mtime=0))),
    ],
)
def test_encoded_files_are_read(text: str) -> None:
    assert agent_variables(text) == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "CONFIG=/etc/ecs/ecs.config\necho ECS_CLUSTER=web >> $CONFIG\n",
        "aws s3 cp s3://settings/web /etc/ecs/ecs.config\n",
        "sed -i s/default/web/ /etc/ecs/ecs.config\n",
        "echo ECS_CLUSTER=$CLUSTER >> /etc/ecs/ecs.config\n",
        "echo ECS_CLUSTER=web >> /etc/ecs/ecs.config\necho ECS_DYNAMIC_HOST_PORT_RANGE=$R >> /etc/ecs/ecs.config\n",
        CLOUD_CONFIG.format("b64", "not-base-64"),
        CLOUD_CONFIG.format("b64", "[unclosed"),
        _base64(b"\x1f\x8bnot really"),
    ],
)
def test_what_only_a_shell_understands_is_not_guessed(text: str) -> None:
    with pytest.raises(NotUnderstood):
        agent_variables(text)


def test_a_comment_about_the_file_hides_nothing() -> None:
    text = f"# CONFIG={CONFIG_FILE}, once: cp x {CONFIG_FILE}\n{script(BOTH)}"
    assert agent_variables(text) == BOTH


@pytest.mark.parametrize(
    ("line", "variables"),
    [
        ("Initialize-ECSAgent -Cluster 'web' -EnableTaskIAMRole", {CLUSTER: "web"}),
        ('Initialize-ECSAgent -EnableTaskIAMRole -Cluster "web"', {CLUSTER: "web"}),
        ("  initialize-ecsagent -cluster web -Version 1.2", {CLUSTER: "web"}),
        (
            '[Environment]::SetEnvironmentVariable("ECS_CLUSTER", "web", "Machine")\n'
            "[Environment]::SetEnvironmentVariable('ECS_ENABLE_SPOT_INSTANCE_DRAINING', $TRUE, 'Machine')",
            {CLUSTER: "web", SPOT_DRAINING: "$TRUE"},
        ),
        ("$env:ECS_CLUSTER = 'web'", {CLUSTER: "web"}),
        ("# Initialize-ECSAgent -Cluster web", {}),
        ("Import-Module ECSTools", {}),
    ],
)
def test_what_powershell_tells_the_agent_is_read(line: str, variables: dict[str, str]) -> None:
    text = f"<powershell>\nImport-Module ECSTools\n{line}\n</powershell>\n"
    assert agent_variables(text) == agent_variables(encode(text)) == variables


def test_a_cluster_that_powershell_computes_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="computed"):
        agent_variables("<powershell>\nInitialize-ECSAgent -Cluster $name\n</powershell>")


@pytest.mark.parametrize(
    ("text", "encoded"), [("#!/bin/bash\n", False), ("IyEvYmluL2Jhc2gK", True), ("IyEv\nYmlu", True)]
)
def test_base64_is_told_from_plain_text(text: str, encoded: bool) -> None:
    assert is_encoded(text) is encoded
