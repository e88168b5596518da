"""JUnit XML: one test case a rule.

- A rule with mandatory findings fails, with all of them in one `failure`: most CI systems show only the first.
- A rule with advisory findings passes, with them as `system-out`: nothing of it holds anybody up. (As `skipped`, which
  more systems list, it would read as not run.)
- A rule that could not judge something, or did not run, is `skipped`, with the reason.
"""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from policies.pack import NAME
from policies.report.entries import Entry
from policies.report.events import Finding, Kind, Preview

_DID_NOT_RUN = "the rule did not run: it is disabled, had nothing to judge, or the preview ended before its turn"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def junit(preview: Preview, entries: list[Entry]) -> bytes:
    """The report as a JUnit XML document with one suite, named after the pack and the stack."""
    suite = Element("testsuite", name=_text(f"{NAME} {preview.stack}".strip()))
    for entry in entries:
        _case(suite, entry, preview)
    count = {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}
    numbers = {name: str(len(suite.findall(path))) for name, path in count.items()} | {"errors": "0"}
    suite.attrib.update(numbers)
    root = Element("testsuites", numbers)
    root.append(suite)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: Element, entry: Entry, preview: Preview) -> None:
    case = SubElement(suite, "testcase", name=_text(entry.id), classname=_text(str(suite.get("name"))), time="0")
    found = {kind: [it for it in preview.of(kind) if it.rule == entry.id] for kind in Kind}
    if found[Kind.MANDATORY]:
        told = SubElement(case, "failure", message=_text(entry.title), type=Kind.MANDATORY.value)
        told.text = _lines(found[Kind.MANDATORY])
    elif found[Kind.NOT_JUDGED]:
        SubElement(case, "skipped", message=_lines(found[Kind.NOT_JUDGED]))
    elif entry.id not in preview.judged:
        SubElement(case, "skipped", message=_DID_NOT_RUN)
    if said := [*found[Kind.ADVISORY], *(found[Kind.NOT_JUDGED] if found[Kind.MANDATORY] else [])]:
        SubElement(case, "system-out").text = _lines(said)


def _lines(findings: list[Finding]) -> str:
    return _text("\n".join(f"{finding.message}\n  {finding.urn}".rstrip() for finding in findings))


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
