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
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadReport) as refused:
        read_whole(body(**changes))
    assert reason in str(refused.value)


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
