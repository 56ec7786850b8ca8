"""Days that make no sense are refused: no answer may look like "nothing ends" for a span that holds no day."""

from pathlib import Path

import pytest

from cli.main import main


def _run(home: Path, *words: str) -> int:
    try:
        return int(main(["--home", str(home), *words]) or 0)
    except SystemExit as left:
        return int(left.code or 0)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("expiring", "--on", "2027-05-01", "--before", "2026-01-01"), "--before 2026-01-01 is before 2027-05-01"),
        (("expiring", "--on", "9999-12-31"), "9999-12-31 is not in this age"),
        (("harvest", "--on", "0001-01-01"), "0001-01-01 is not in this age"),
        (("position", "--from", "2026-01-01", "--to", "9999-12-31"), "9999-12-31 is not in this age"),
        (
            ("position", "--with", "1 section of 152, 28 students", "--to", "2027-01-01"),
            "--with takes no --from or --to",
        ),
        (("position", "--with", "1 section of 152, 28 students", "--title", "revit"), "--with takes no --title"),
        (("position", "--from", "2026-01-01"), "--from and --to go together"),
        (("position", "--on", "2026-01-01", "--from", "2026-01-01", "--to", "2026-02-01"), "without --on"),
        (("activation", "--from", "9999-12-31"), "9999-12-31 is not in this age"),
        (("server", "usage", "--since", "0001-01-01"), "0001-01-01 is not in this age"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert _run(tmp_path, "init") == 0
    assert _run(tmp_path, "license", *words) == 2
    assert says in capsys.readouterr().err
