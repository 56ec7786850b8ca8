"""Readers of licence servers' texts: pairs of files, the samples' stated totals, laws, privacy, hostile text."""

import csv
import json
import os
import string
import time
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licenses.servers.dates import expiry
from licenses.servers.readers import AUTO, READERS, read_status
from licenses.servers.status import PERMANENT, Batch, Counting, FeatureUse, ServerState, Status, earliest_running
from licenses.servers.text import shown

CASES = Path(__file__).parent / "cases" / "servers"
RAW = sorted(CASES.glob("*.raw"))
SAMPLES = (
    Path(os.environ.get("LABFLEET_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples") / "license_servers"
)
TODAY = date(2026, 11, 24)
HELD_BY = ("quincy", "qdoe", "bob", "joe@", "ann@", "stu-pc", "pc1 ", "zoë", "lab_b12", "example.org")
SHOWN = (
    "feature",
    "issued",
    "in_use",
    "queued",
    "reserved",
    "expires",
    "held",
    "borrowed",
    "counting",
    "vendor",
    "server",
)


def _plain(one: FeatureUse) -> dict[str, Any]:
    found = {name: getattr(one, name) for name in SHOWN}
    found["expires"] = str(one.expires) if one.expires else None
    for name in ("peak", "denied", "turned_away"):
        if one.counting is Counting.LOGGED:
            found[name] = getattr(one, name)
    return found


def _document(status: Status) -> dict[str, Any]:
    return {
        "kind": status.kind,
        "state": status.state.value,
        "reason": status.reason,
        "server": status.server,
        "features": [_plain(one) for one in status.features],
        "hours": {
            str(hour): [[use.feature, use.peak, use.turned_away] for use in uses] for hour, uses in status.hours.items()
        },
        "unread": [[one.line, one.text] for one in status.unread],
    }


@pytest.mark.parametrize("raw", RAW, ids=lambda path: path.stem)
def test_a_text_says_what_its_case_says(raw: Path) -> None:
    found = _document(read_status(raw.read_bytes(), on=TODAY))
    assert found == json.loads(raw.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("raw", RAW, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", [AUTO, *READERS])
def test_no_reader_keeps_who_holds_a_seat(raw: Path, kind: str) -> None:
    status = repr(read_status(raw.read_bytes(), on=TODAY, kind=kind)).lower()
    assert [name for name in HELD_BY if name in status] == []
    assert "\\x1b" not in status


def test_every_reader_has_cases() -> None:
    said = {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in CASES.glob("*.json")}
    assert said == {"", *READERS}
    assert {path.stem for path in RAW} == {path.stem for path in CASES.glob("*.json")}


def test_line_ends_and_encodings_change_nothing() -> None:
    text = (CASES / "flexnet_autodesk_package.raw").read_text(encoding="utf-8")
    found = read_status(text.encode(), on=TODAY)
    for data in (
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        text.encode("utf-16"),
        text.encode("utf-16-be"),
        (b"\xef\xbb\xbf" + text.encode()),
        text.replace("Quincy", "Jos\u00e9").encode("cp1252"),
    ):
        assert read_status(data, on=TODAY) == found


def _totals() -> dict[str, list[tuple[str, int, int]]]:
    totals: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    path = SAMPLES / "feature_totals.tsv"
    if path.exists():
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
            totals[row["file"]].append((row["feature"], int(row["issued"]), int(row["in_use"])))
    return totals


def test_the_samples_come_to_their_stated_totals() -> None:
    """Of the samples that are here: a checkout has none of them."""
    wrong = {}
    for name, stated in _totals().items():
        if not (SAMPLES / name).exists():
            continue
        status = read_status((SAMPLES / name).read_bytes(), on=TODAY)
        counted = [one for one in status.features if one.counting is Counting.COUNTED and one.in_use is not None]
        found = sorted((one.feature, one.issued, one.in_use) for one in counted)
        # The table leaves out what its own expression could not read: a header that goes over two lines.
        found = [row for row in found if row[0] != "LONG_FEATURE_NAME"]
        if found != sorted(stated) or status.state is not ServerState.UP:
            wrong[name] = sorted(set(found) ^ set(stated))
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("31-dec-2026", date(2026, 12, 31)),
        ("1-jan-0", PERMANENT),
        ("01-jan-0000", PERMANENT),
        ("01-jan-00", PERMANENT),
        ("permanent(no expiration date)", PERMANENT),
        ("31-dec-05", date(2005, 12, 31)),
        ("12/30/2026", date(2026, 12, 30)),
        ("2027-01-31", date(2027, 1, 31)),
        ("31-feb-2026", None),
        ("soon", None),
    ],
)
def test_dates(text: str, found: object) -> None:
    assert expiry(text) == found


def test_the_expiry_that_counts_is_the_earliest_that_runs() -> None:
    ended, soon, later = date(2026, 6, 30), date(2026, 12, 31), date(2027, 6, 30)
    assert earliest_running([Batch(1, later), Batch(1, ended), Batch(1, soon)], TODAY) == soon
    assert earliest_running([Batch(1, ended), Batch(1, PERMANENT)], TODAY) == PERMANENT
    assert earliest_running([Batch(1, ended), Batch(1, date(2025, 1, 1))], TODAY) == ended
    assert earliest_running([Batch(1, None)], TODAY) is None


def test_of_a_server_that_is_down_no_feature_is_told() -> None:
    listing = (CASES / "flexnet_listing.raw").read_bytes()
    status = read_status(b"lic1: license server DOWN\n" + listing, on=TODAY)
    assert (status.state, status.features) == (ServerState.DOWN, ())


def test_a_log_that_begins_before_its_first_date_begins_the_day_before() -> None:
    log = b'23:10:00 (d) OUT: "f" a@b\n 0:10:00 (d) OUT: "f" a@c\n 0:20:00 (d) TIMESTAMP 1/1/2027\n'
    assert [str(hour) for hour in read_status(log, on=TODAY).hours] == ["2026-12-31 23:00:00", "2027-01-01 00:00:00"]


def test_what_was_out_before_a_log_began_is_at_least_what_came_back() -> None:
    log = b'8:00:00 (d) TIMESTAMP 11/23/2026\n8:10:00 (d) IN: "f" a@b (3 licenses)\n9:10:00 (d) OUT: "f" a@b\n'
    hours = read_status(log, on=TODAY).hours
    assert [use.peak for uses in hours.values() for use in uses] == [3, 1]


def test_a_server_that_starts_again_has_nothing_out() -> None:
    log = (
        b'8:00:00 (d) TIMESTAMP 11/23/2026\n8:10:00 (d) OUT: "f" a@b (5 licenses)\n'
        b'9:00:00 (d) Server started on lic1 for: f\n9:10:00 (d) OUT: "f" a@b\n'
    )
    hours = read_status(log, on=TODAY).hours
    assert [use.peak for uses in hours.values() for use in uses] == [5, 1]


# --- laws -----------------------------------------------------------------------------------------------------------

PERSONS = st.text(alphabet="ÄÖQXZ", min_size=8, max_size=20).map(lambda word: f"u{word}")
NAMES = st.from_regex(r"[A-Z][A-Za-z0-9_/.+-]{0,20}( [A-Za-z0-9]{1,6})?", fullmatch=True)
COUNTS = st.integers(1, 10**6)


@st.composite
def _feature(draw: st.DrawFn) -> tuple[str, dict[str, Any], list[str]]:
    """What stands in the text of one feature, what is to be read of it, and who is named there."""
    name, vendor = draw(NAMES), draw(st.sampled_from(["adskflex", "MLM", "SW_D"]))
    held = draw(st.lists(st.tuples(PERSONS, st.integers(1, 9), st.booleans()), max_size=4))
    reserved = draw(st.lists(st.integers(1, 9), max_size=2))
    queued = draw(st.lists(st.integers(1, 9), max_size=2))
    in_use = sum(seats for _, seats, _ in held) + sum(reserved)
    issued = in_use + draw(st.integers(0, 50))
    ends = draw(st.none() | st.dates(date(2020, 1, 1), date(2090, 1, 1)))
    person = draw(PERSONS)
    lines = [
        (
            f"Users of {name}:  (Total of {issued} license{'s' * (issued != 1)} issued;  "
            f"{draw(st.sampled_from(['Total of ', '']))}{in_use} license{'s' * (in_use != 1)} in use)"
        ),
        "",
        f'  "{name}" v{draw(st.integers(1, 99))}.0, vendor: {vendor}'
        + (f", expiry: {ends.day}-{ends:%b}-{ends.year}".lower() if ends else ""),
        "  floating license",
        "",
    ]
    for who, seats, lingers in held:
        display = draw(st.sampled_from(["", f" {who}-pc", " /dev/tty", ' "a, b" (x)']))
        tail = f", {seats} licenses" if seats > 1 else ""
        tail += draw(st.sampled_from(["", ", PID: 4711 ", " "])) + (" (linger: 5 / 86400)" if lingers else "")
        lines.append(f"    {who} {who}-pc{display} (v1.0) (lic1/27000 101), start Mon 3/16 8:13{tail}")
    lines += [f"\t{n} RESERVATION{'s' * (n != 1)} for USER {person} (lic1/27000)" for n in reserved]
    lines += [f"    {person} pc (v1.0) (lic1/27000 7) queued for {n} license{'s' * (n != 1)}" for n in queued]
    expected = {
        "feature": name,
        "issued": issued,
        "in_use": in_use,
        "queued": sum(queued),
        "reserved": sum(reserved),
        "held": in_use - sum(reserved),
        "borrowed": sum(seats for _, seats, lingers in held if lingers),
        "expires": ends,
        "vendor": vendor,
    }
    return "\n".join(lines), expected, [person, *(who for who, _, _ in held)]


@given(st.lists(_feature(), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_what_lmstat_writes_is_read_back(features: list[tuple[str, dict[str, Any], list[str]]], end: str) -> None:
    head = "Flexible License Manager status on Mon 3/16/2026 12:16\nlic1: license server UP (MASTER) v11.19\n"
    text = head + "\n".join(lines for lines, _, _ in features) + "\n"
    status = read_status(text.replace("\n", end).encode(), on=TODAY)
    assert [
        {name: getattr(one, name) for name in expected}
        for one, (_, expected, _) in zip(status.features, features, strict=True)
    ] == [expected for _, expected, _ in features]
    assert status.unread_lines == 0
    assert status.state is ServerState.UP
    said = repr(status)
    assert [who for _, _, persons in features for who in persons if who in said] == []


@given(st.binary(max_size=300) | st.text(alphabet=string.printable, max_size=300).map(str.encode))
def test_no_text_breaks_a_reader(data: bytes) -> None:
    for kind in (AUTO, *READERS):
        status = read_status(data, on=TODAY, kind=kind)
        assert status.unread_lines >= len(status.unread)


@given(st.lists(st.text(alphabet="ÄÖQXZ@.", min_size=1), max_size=5))
def test_an_unread_line_is_shown_without_names(words: list[str]) -> None:
    assert set(shown(" license ".join(words))) <= set(" license….@")


@given(st.integers(0, 3), st.data())
def test_a_text_that_is_cut_off_makes_no_number_up(feature: int, data: st.DataObject) -> None:
    """Every prefix of a text says of a feature what the whole says, or that it is not known."""
    text = (CASES / "flexnet_autodesk_package.raw").read_text(encoding="utf-8")
    whole = {one.feature: one for one in read_status(text.encode(), on=TODAY).features}
    cut = read_status(text[: data.draw(st.integers(0, len(text)))].encode(), on=TODAY, kind="flexnet")
    for one in cut.features[: feature + 1]:
        if one.feature in whole:
            assert one.issued in (None, whole[one.feature].issued)
            assert one.in_use in (None, whole[one.feature].in_use)


# --- hostile text ---------------------------------------------------------------------------------------------------

BOMBS = {
    "one long line": b"Users of " + b"a:  (" * 2_000_000,
    "nothing but NULs": b"\0" * 5_000_000,
    "starts": (b"    " + b", start Fri 9/25 11:44" * 80 + b"\n") * 500,
    "headers": (b"Users of x: " + b":" * 900 + b" " * 900 + b"\n") * 500,
    "blanks": (b"x" + b" " * 1900 + b"y\n") * 500,
    "colons": (b"a.a:" * 480 + b"\n") * 300,
    "denials": (b"8:00:00 (a) DENIED: " + b"(-1 " * 450 + b"\n") * 300,
    "quotes": b'"' * 1900 + b"\n",
    "numbers": b"Users of x:  (Total of " + b"9" * 1800 + b" licenses issued;  Total of 1 license in use)\n",
    "products": (b"isv license pool status on h (port 1)\n" + b"X v" * 600 + b"\n") * 300,
    "commas": b"Editor,Feature,Count,Inuse\n" + (b"," * 1900 + b"\n") * 300,
}


@pytest.mark.parametrize("kind", [AUTO, *READERS])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_hostile_text_takes_no_longer_than_its_length(bomb: bytes, kind: str) -> None:
    begun = time.process_time()
    read_status(bomb, on=TODAY, kind=kind)
    assert time.process_time() - begun < 3


def test_a_hundred_thousand_features_are_read() -> None:
    line = b"Users of f%d:  (Total of 2 licenses issued;  Total of 1 license in use)\n"
    status = read_status(b"".join(line % number for number in range(100_000)), on=TODAY)
    assert len(status.features) == 100_000


def test_a_feature_has_no_terminal_commands_in_its_name() -> None:
    text = b"Users of a\x1b[2Jb\xe2\x80\xae:  (Total of 2 licenses issued;  Total of 0 licenses in use)\n"
    (feature,) = read_status(text, on=TODAY).features
    assert feature.feature == "a\ufffd[2Jb\ufffd"
