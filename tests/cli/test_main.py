"""The boundary: every error becomes a line and a hint, the exit status says which kind, nothing is a traceback."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

import cli.commands
from cli.main import lines, main
from fleet.errors import FleetError
from inventory.errors import InventoryError
from inventory.table_file import Problem, TableProblems
from licenses.errors import LicenseError

COMMAND = Path(sys.executable).with_name("labfleet")

UNEXPECTED = (
    "error: unexpected RuntimeError: what\n"
    "hint: a defect of labfleet; LABFLEET_DEBUG=1 before the command shows where\n"
)


class NoTitleError(InventoryError, LookupError):
    code = "no-title"


def _verb(monkeypatch: pytest.MonkeyPatch, verb: Callable[..., None]) -> None:
    """Replace the whole tree of commands by one noun `thing` with the verb `do`."""
    app, noun = typer.Typer(no_args_is_help=True), typer.Typer(no_args_is_help=True)
    noun.command("do")(verb)
    noun.command("other")(lambda: None)
    app.add_typer(noun, name="thing")
    monkeypatch.setattr(cli.commands, "app", app)


def _raising(error: BaseException) -> Callable[[], None]:
    def verb() -> None:
        raise error

    return verb


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            NoTitleError("no title 'Blendr' in the catalog", hint="did you mean Blender?"),
            1,
            "error: no title 'Blendr' in the catalog\nhint: did you mean Blender?\n",
        ),
        (FleetError("short"), 1, "error: short\n"),
        (LicenseError("a\x1b[2Jb\nc"), 1, "error: a [2Jb c\n"),
        (
            FileNotFoundError(2, "No such file or directory", "seats.csv"),
            1,
            "error: seats.csv: No such file or directory\n",
        ),
        (
            RuntimeError("what"),
            1,
            UNEXPECTED,
        ),
        (
            ModuleNotFoundError("No module named 'psycopg.sql'", name="psycopg.sql"),
            1,
            (
                "error: this command needs psycopg.sql, which is not installed\n"
                "hint: pip install '.[postgres]' in LabFleet's folder\n"
            ),
        ),
        (typer.Exit(3), 3, ""),
        (typer.Abort(), 1, "error: stopped, nothing was changed\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_how_a_verb_ends(
    error: BaseException, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _verb(monkeypatch, _raising(error))
    assert main(["thing", "do"]) == status
    assert capsys.readouterr() == ("", said)


def test_every_problem_of_a_table_has_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [Problem("seats.csv", row, "quantity", f"'{row}x' is no number", "write 30") for row in range(2, 62)]
    _verb(monkeypatch, _raising(TableProblems(problems)))
    assert main(["thing", "do"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"error: {problems[0]}"
    assert "seats.csv" in said[0]
    assert said[49:] == [f"error: {problems[49]}", "error: … and 10 more of this kind"]


def test_a_database_error_shows_no_statement() -> None:
    said = list(lines(OperationalError("SELECT secret FROM t", {}, sqlite3.OperationalError("no such table: t"))))
    assert said[0] == "error: the database does not answer as it should: no such table: t"
    assert "SELECT" not in "".join(said)


def test_the_traceback_is_there_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LABFLEET_DEBUG", "1")
    _verb(monkeypatch, _raising(RuntimeError("what")))
    assert main(["thing", "do"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["thing", "do", "--nope"], "error: No such option: --nope\nhint: labfleet thing do --help\n"),
        (["thing", "don"], "error: No such command 'don'. Did you mean 'do'?\nhint: labfleet thing --help\n"),
        (["thing", "do"], "error: Missing argument 'number'\nhint: labfleet thing do --help\n"),
    ],
)
def test_wrong_usage_is_2_and_says_where_the_help_is(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def verb(number: int) -> None:
        typer.echo(number)

    _verb(monkeypatch, verb)
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", said)


def test_a_noun_alone_prints_its_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _verb(monkeypatch, lambda: None)
    assert main(["thing"]) == 2
    assert "Usage: labfleet thing" in capsys.readouterr().out


def test_a_closed_pipe_is_quiet() -> None:
    with subprocess.Popen([COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_help_waits_for_no_library_of_the_server() -> None:
    """`labfleet --help` takes as long as the terminal's libraries, and no longer."""
    asked = "import sys; from cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    outcome = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in outcome.stderr.split()}
    assert loaded & {"pydantic", "sqlmodel", "sqlalchemy", "fastapi", "uvicorn", "asyncio", "psutil"} == set()


def test_without_the_extra_it_says_which() -> None:
    """In an environment that has only what the agent needs."""
    hidden = "import sys; sys.modules['typer'] = None; from cli.main import run; sys.argv[1:] = ['--help']; run()"
    outcome = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert "hint: pip install '.[server]' in LabFleet's folder" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"labfleet {version('labfleet')}\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "error: No space left on device"),
        (
            DatabaseError("PRAGMA x", {}, sqlite3.DatabaseError("file is not a database")),
            "error: the database does not answer as it should: file is not a database",
        ),
        (
            ProgrammingError(None, None, sqlite3.ProgrammingError('invalid connection option "bad"')),
            'error: the database does not answer as it should: invalid connection option "bad"',
        ),
    ],
)
def test_a_damaged_or_missing_world_is_no_defect_of_ours(error: Exception, said: str) -> None:
    first, *hints = lines(error)
    assert first == said
    assert not any("defect" in hint for hint in hints)


def labfleet(*arguments: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The installed command in an environment of its own."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("LABFLEET")}
    command = [str(COMMAND), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**clean, **environment}, cwd=tmp_path, timeout=60, check=False
    )


@pytest.mark.parametrize("columns", ["²", "1", "0", "-1", "wide", "9" * 20, "9" * 5000])
def test_any_width_of_the_terminal_will_do(tmp_path: Path, columns: str) -> None:
    ended = labfleet("title", "list", tmp_path=tmp_path, COLUMNS=columns)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_closed_and_full_outputs_are_no_traceback(tmp_path: Path) -> None:
    for redirection, status in ((">&-", 0), (">/dev/full", 1), (">&- 2>&-", 0)):
        ended = subprocess.run(
            ["sh", "-c", f"{COMMAND} title list {redirection}"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert ended.returncode == status
        assert "Traceback" not in ended.stderr
        assert "defect" not in ended.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret/d",
        "postgresql://u:x@h:s3cret/d",
        "mysql://u:s3cret@h/d",
        "s3cret",
        "postgresql://u:s3cret@127.0.0.1:1/d",
    ],
)
def test_a_database_url_is_never_shown(tmp_path: Path, url: str) -> None:
    for verb in ("status", "init", "backup x.db"):
        ended = labfleet("--home", str(tmp_path), *verb.split(), tmp_path=tmp_path, LABFLEET_DATABASE=url)
        assert ended.returncode == 1
        assert "s3cret" not in ended.stdout + ended.stderr
        assert "defect" not in ended.stderr


def test_a_home_that_is_none_is_one_line_and_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in ("file", "file/below", "~nosuchuser/x", "what?"):
        ended = labfleet("--home", home, "init", tmp_path=tmp_path)
        assert ended.returncode in {1, 2}
        first, hint = ended.stderr.splitlines()
        assert (first.startswith("error: "), hint.startswith("hint: ")) == (True, True)
        assert "unexpected" not in first
