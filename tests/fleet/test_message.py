"""Bytes from outside: a message, or a refusal with a reason; never anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.report import SCHEMA, Section, canonical, digest, plain
from fleet.errors import FleetError
from fleet.message import BadReport, SchemaTooNew, decode
from tests.check_ins import bare, check_in


def body(**changes: Any) -> bytes:
    """A check-in's JSON with some fields changed."""
    return json.dumps({**plain(check_in(1)), **changes}).encode()


def read_whole(data: bytes) -> None:
    """Decode, and read every section as a server does that knows none."""
    for sent in decode(data).sections.values():
        sent.read()


def test_a_check_in_comes_back_as_it_was() -> None:
    message = decode(canonical(check_in(1)))
    assert message.check_in == bare(check_in(1))
    assert {s: sent.read() for s, sent in message.sections.items()} == {s: getattr(check_in(1), s) for s in Section}
    assert decode(canonical(bare(check_in(1)))).sections == {}


def test_unknown_fields_of_a_newer_agent_are_let_through_and_kept() -> None:
    raw = plain(check_in(1))
    raw["colour"] = "blue"
    raw["hardware"]["fans"] = 3
    raw["digests"]["hardware"] = digest(canonical(raw["hardware"]))
    sent = decode(json.dumps(raw).encode()).sections[Section.HARDWARE]
    assert sent.read() == check_in(1).hardware
    assert sent.raw["fans"] == 3


def test_a_newer_schema_is_refused_by_its_code() -> None:
    for changes in ({"schema": SCHEMA + 1}, {"schema": SCHEMA + 1, "identity": "another shape"}):
        with pytest.raises(SchemaTooNew) as refused:
            decode(body(**changes))
        assert refused.value.code == "schema-too-new"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "../../etc/passwd"}, "id: is not 32 hexadecimal digits"),
        ({"id": 5}, "id: Input should be a valid string"),
        ({"age": "soon"}, "age: "),
        ({"identity": {"hostname": 5}}, "identity.hostname: "),
        ({"identity": {"hostname": "x" * 513}}, "identity.hostname: String should have at most 512 characters"),
        ({"identity": {"hostname": "PC\u001b[2J"}}, "control character"),
        ({"identity": {"hostname": "PC\x7f"}}, "control character"),
        ({"identity": {"hostname": "PC\x9b"}}, "control character"),
        ({"identity": {"hostname": "two\nlines"}}, "control character"),
        ({"digests": {"hardware": "ab", "system": "ab", "software": "ab"}}, "digests.hardware: is not a SHA-256"),
        ({"software": {"installs": [{"name": "another"}]}}, "software: does not match its digest"),
        ({"software": {"installs": "none"}}, "software: does not match its digest"),
        ({"hardware": 7}, "hardware: is not an object"),
        ({"vitals": {"booted_at": "2026-11-23T10:00:00"}}, "vitals.booted_at: has no time zone"),
        ({"vitals": {"volumes": [{"mount": "C:", "size": 1.5, "free": 0}]}}, "vitals.volumes.0.size: "),
        ({"vitals": {"volumes": [{"mount": "C:", "size": 5, "free": -1}]}}, "vitals.volumes: a size is no number"),
        ({"vitals": {"volumes": [{"mount": "C:", "size": 2**63, "free": 1}]}}, "vitals.volumes: a size is no number"),
        ({"vitals": {"volumes": [{"mount": "C:", "size": 1, "free": 1}] * 251}}, "vitals.volumes: has more than"),
        ({"vitals": {"battery": {"cycles": -1}}}, "vitals.battery.cycles: -1 is no number of this kind"),
        ({"vitals": {"booted_at": "0001-01-01T00:00:00+14:00"}}, "vitals.booted_at: is beyond the calendar"),
        ({"vitals": {"booted_at": "9999-12-31T23:59:59-14:00"}}, "vitals.booted_at: is beyond the calendar"),
        ({"sent_at": "0001-01-01T00:00:00Z"}, "sent_at: is beyond the calendar"),
        ({"interfaces": [5] * 251}, "interfaces: has more than 250 entries"),
        ({"interfaces": [{"name": "e", "addresses": ["a"] * 101}]}, "interfaces.addresses: has more than 100 entries"),
        ({"identity": {"hostname": "a", "disk_serials": ["d"] * 251}}, "identity.disk_serials: has more than"),
        ({"identity": {"hostname": "a", "serial": "ß" * 300}}, "identity: a text is longer than 512 characters"),
        ({"identity": {"hostname": ""}, "interfaces": []}, "identity: nothing tells this machine from any other"),
        ({"identity": {"hostname": "localhost", "serial": "None"}, "interfaces": []}, "identity: nothing tells"),
        ({"failures": [{}] * 251}, "failures: has more than 250 entries"),
        ({"agent_version": "v" * 41}, "agent_version: is longer than 40 characters"),
        ({"future": [1] * 1_000_001}, "holds more than 1000000 values"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadReport) as refused:
        read_whole(body(**changes))
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("section", "changes", "reason"),
    [
        ("hardware", {"memory": -1}, "hardware.memory: -1 is no number of this kind"),
        ("hardware", {"memory": 2**63}, "hardware.memory: 9223372036854775808 is no number of this kind"),
        ("hardware", {"disks": [{"size": -5}]}, "hardware.disks.size: -5 is no number of this kind"),
        ("hardware", {"future": "x" * 256_000}, "hardware: is larger than 256000 bytes"),
        ("system", {"future": ["x" * 100] * 3000}, "system: is larger than 256000 bytes"),
        ("software", {"installs": [5] * 25_001}, "software.installs: has more than 25000 entries"),
        ("software", {"unasked": ["x"] * 251}, "software.unasked: has more than 250 entries"),
        (
            "software",
            {"installs": [{"name": "a", "source": "s" * 41}]},
            "software.installs.0.source: is longer than 40",
        ),
    ],
)
def test_a_section_that_makes_no_sense_is_refused_with_its_place(
    section: str, changes: dict[str, Any], reason: str
) -> None:
    raw = plain(check_in(1))
    raw[section] |= changes
    raw["digests"][section] = digest(canonical(raw[section]))
    with pytest.raises(BadReport) as refused:
        read_whole(json.dumps(raw).encode())
    assert reason in str(refused.value)


@pytest.mark.parametrize("depth", [260, 900, 1020])
def test_a_section_that_is_nested_too_deeply_is_refused(depth: int) -> None:
    data = body().replace(b'"hardware": {', b'"hardware": {"deep": ' + b"[" * depth + b"]" * depth + b", ")
    with pytest.raises(BadReport) as refused:
        read_whole(data)
    assert str(refused.value) == "hardware: is nested too deeply"


@pytest.mark.parametrize("schema", [str(SCHEMA + 1), SCHEMA + 1.0])
def test_a_newer_schema_is_refused_however_it_is_written(schema: object) -> None:
    with pytest.raises(SchemaTooNew):
        decode(body(schema=schema))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"id": NaN}', b"[" * 100_000])
def test_what_is_no_check_in_is_refused(data: bytes) -> None:
    with pytest.raises(BadReport):
        decode(data)


def test_a_backslash_is_not_a_control_character() -> None:
    raw = plain(check_in(1))
    raw["identity"]["hostname"] = "C:\\new\\table \\\\u0007"
    assert decode(json.dumps(raw).encode()).check_in.identity.hostname == "C:\\new\\table \\\\u0007"


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_bytes_bring_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(FleetError):
        decode(data)


@given(st.integers(min_value=0, max_value=2000))
def test_a_check_in_cut_off_anywhere_is_refused(length: int) -> None:
    whole = canonical(check_in(1))
    with pytest.raises(FleetError):
        decode(whole[: min(length, len(whole) - 1)])
