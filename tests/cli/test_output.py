"""What the terminal gets: whole identifiers, plain pipes, safe names, numbers as people write them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import output
from cli.output import Column, State

GB = 1024**3


def test_a_table_in_a_pipe_is_plain_and_has_no_trailing_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("device", whole=True), Column("free", right=True), Column("state"))
    output.show_table(columns, [("MUIR-B12-07", "12 GB", output.state(State.NO)), ("X", 1200, None)])
    assert capsys.readouterr().out == (
        "device        free  state\nMUIR-B12-07  12 GB  ✗ not ready\nX            1,200\n"
    )


def test_an_identifier_is_never_cut_however_narrow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    serial = "SERIAL-0123456789-ABCDEF"
    output.show_table((Column("serial", whole=True), Column("reason")), [(serial, "does not run the release " * 3)])
    printed = capsys.readouterr().out
    assert serial in printed
    assert "…" not in printed
    assert "".join(printed.split()).count("release") == 3


def test_long_reasons_fold_within_the_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    output.show_table((Column("device", whole=True), Column("reason")), [("D-1", "too weak for this pathway " * 4)])
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 40


def test_a_table_without_rows_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_table((Column("device"),), [], empty="no device has reported yet")
    assert capsys.readouterr().out == "no device has reported yet\n"


def test_fields_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_fields([("serial", "A1"), ("asset tag", ""), ("memory", "16 GB"), ("cores", 0)])
    assert capsys.readouterr().out == "serial  A1\nmemory  16 GB\ncores   0\n"


def test_a_long_sentence_stays_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("word " * 60)
    assert len(capsys.readouterr().out.splitlines()) == 1


@given(st.text())
def test_no_name_can_command_the_terminal(name: str) -> None:
    for printed in (output._clean(name), output._escaped(json.dumps(output.jsonable(name), ensure_ascii=False))):
        assert not any(letter < " " or "\x7f" <= letter <= "\x9f" or letter in "\u202e\u2066" for letter in printed)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_is_what_was_given(value: object) -> None:
    assert json.loads(output._escaped(json.dumps(output.jsonable(value), ensure_ascii=False, indent=2))) == value


def test_json_has_every_field_and_sorted_sets(capsys: pytest.CaptureFixture[str]) -> None:
    class Colour(StrEnum):
        RED = "red"

    @dataclass(frozen=True)
    class Thing:
        name: str
        colour: Colour
        parts: frozenset[str]
        seen: datetime
        bought: date | None = None
        age: timedelta = timedelta(minutes=2)

    output.show_json({3: Thing("a", Colour.RED, frozenset("cab"), datetime(2026, 11, 23, 16, tzinfo=UTC))})
    assert json.loads(capsys.readouterr().out) == {
        "3": {
            "name": "a",
            "colour": "red",
            "parts": ["a", "b", "c"],
            "seen": "2026-11-23T16:00:00Z",
            "bought": None,
            "age": 120.0,
        }
    }


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (16 * GB, "16 GB"), (int(15.8 * GB), "16 GB"), (512 * 1024**2, "512 MB"), (None, "")]
)
def test_memory(size: int | None, text: str) -> None:
    assert output.memory(size) == text


@pytest.mark.parametrize(
    ("size", "text"), [(999, "999 B"), (512_110_190_592, "512 GB"), (1_000_204_886_016, "1 TB"), (1_500_000, "1.5 MB")]
)
def test_storage(size: int, text: str) -> None:
    assert output.storage(size) == text


@pytest.mark.parametrize(("cents", "text"), [(0, "$0.00"), (123_450, "$1,234.50"), (-5, "-$0.05"), (None, "")])
def test_money(cents: int | None, text: str) -> None:
    assert output.money(cents) == text


def test_days_and_moments() -> None:
    when = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
    assert output.day(when) == output.day(date(2026, 11, 23)) == "2026-11-23"
    assert output.moment(when) == "2026-11-23 16:05 UTC"
    assert output.day(None) == output.moment(None) == ""


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=-1), "in the future"),
    ],
)
def test_ago(span: timedelta, text: str) -> None:
    now = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
    assert output.ago(now - span, now) == text
    assert output.ago(None, now) == "never"


def test_counts() -> None:
    assert (output.count(1, "device"), output.count(1200, "device")) == ("1 device", "1,200 devices")
    assert output.count(2, "entry", "entries") == "2 entries"


def test_remarks_leave_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    output.remark("one \x1b[31mthing")
    with output.progress("reading"):
        pass
    assert capsys.readouterr() == ("", "one �[31mthing\n")


def test_a_narrow_table_loses_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns that fold keep their least width; a table that needs more than there is is wider, never cut."""
    monkeypatch.setenv("COLUMNS", "80")
    words = ("BLAIR-D110-01 … 24 (24)", "BLAIR/D110 1–24", "last heard 2026-10-14", "Windows 11 24H2 ends 2027-10-12")
    heads = (Column("Device", whole=True), Column("Place", whole=True), Column("Why"), Column("Last known against it"))
    output.show_table(heads, [words])
    assert sorted(capsys.readouterr().out.split()) == sorted(
        " ".join((*words, *(column.head for column in heads))).split()
    )
