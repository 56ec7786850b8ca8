"""Where `labfleet` starts, and the one place where an error becomes a line: no traceback for what we foresee.

Exit status: 0 done; 1 the tool failed; 2 wrong usage; 3 with `--check`, when the answer is "not ready" or "short".
Only the standard library is imported here, so that a missing extra is named too.
"""

import os
import sys
import traceback
from collections.abc import Iterator

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
PIPE_CLOSED = 141

_BASES = (
    ("agents.errors", "AgentError"),
    ("inventory.errors", "InventoryError"),
    ("licenses.errors", "LicenseError"),
    ("fleet.errors", "FleetError"),
)
"""The bases of all errors that we foresee."""

_EXTRAS = {
    "alembic": "server",
    "defusedxml": "server",
    "highspy": "server",
    "openpyxl": "server",
    "pyroaring": "server",
    "xlsxwriter": "server",
    "fastapi": "server",
    "pydantic": "server",
    "pydantic_settings": "server",
    "rich": "server",
    "sqlalchemy": "server",
    "sqlmodel": "server",
    "starlette": "server",
    "typer": "server",
    "uvicorn": "server",
    "psycopg": "postgres",
    "netmiko": "sweep",
    "pysnmp": "sweep",
}
"""Which extra brings a library."""

_MOST_PROBLEMS = 50


def run() -> None:
    """The command `labfleet`."""
    # Whoever starts us with closed outputs wants to read nothing; that is no error.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115, PTH123 - until the end
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark instead of a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # only a test's stand-in lacks it
    for size in ("COLUMNS", "LINES"):  # libraries trip over what is no number
        if (said := os.environ.get(size)) and not (said.isdecimal() and len(said) < 5):
            del os.environ[size]
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command line; returns the exit status, and has printed what went wrong."""
    try:
        from cli.commands import app

        # Not standalone: then typer raises its errors for us to say, and returns the status of `typer.Exit`.
        status = app(args=arguments, prog_name="labfleet", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, SystemExit) as end:  # typer answers a closed pipe by ending the interpreter
        return _pipe_closed() if isinstance(end, BrokenPipeError) or end.code == FAILED else int(end.code or 0)
    except Exception as error:  # noqa: BLE001 - the one boundary: beyond it only a traceback is left
        return _failed(error)
    return status if isinstance(status, int) else 0


def _pipe_closed() -> int:
    """Whoever read our output (`head`, `less`) has enough: end quietly, as a program ended by SIGPIPE would."""
    # The interpreter flushes once more as it ends; that must go somewhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED


def _failed(error: Exception) -> int:
    if os.environ.get("LABFLEET_DEBUG") == "1":
        traceback.print_exception(error)
    for line in lines(error):
        print(line, file=sys.stderr)  # noqa: T201 - cli.output may be what could not be imported
    return WRONG_USAGE if _raised(error, "typer.exceptions", "TyperException") else FAILED


def lines(error: Exception) -> Iterator[str]:
    """What the operator reads of an error: what is wrong, and what to do."""
    if isinstance(error, ModuleNotFoundError) and (extra := _EXTRAS.get((error.name or "").partition(".")[0])):
        yield f"error: this command needs {error.name}, which is not installed"
        yield f"hint: pip install '.[{extra}]' in LabFleet's folder"
    elif _raised(error, "typer.exceptions", "TyperException"):
        message = getattr(error, "format_message", error.__str__)()  # names the option or argument
        if message:  # none when only a noun was given: then its help was printed
            yield f"error: {_one_line(message).rstrip('.')}"
            yield f"hint: {getattr(getattr(error, 'ctx', None), 'command_path', 'labfleet')} --help"
    elif _raised(error, "typer.exceptions", "Abort"):
        yield "error: stopped, nothing was changed"
    elif any(_raised(error, module, name) for module, name in _BASES):
        problems = tuple(getattr(error, "problems", ())) or (error,)
        for problem in problems[:_MOST_PROBLEMS]:
            yield f"error: {_one_line(str(problem))}"
        if len(problems) > _MOST_PROBLEMS:
            yield f"error: … and {len(problems) - _MOST_PROBLEMS} more of this kind"
        for note in getattr(error, "__notes__", ()):
            yield f"hint: {_one_line(note)}"
    elif isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f"{error.filename}: "
        yield f"error: {_one_line(place + error.strerror)}"
    elif _of_database(error):  # its own text would quote the whole statement
        yield f"error: the database does not answer as it should: {_one_line(str(getattr(error, 'orig', error)))}"
        if any(word in str(error) for word in ("malformed", "not a database")):
            yield "hint: the file is damaged: put a copy made by `labfleet backup` in its place"
        else:
            yield "hint: --home, LABFLEET_HOME or LABFLEET_DATABASE says which it is; it must be up and yours to write"
    else:
        yield f"error: unexpected {type(error).__name__}: {_one_line(str(error))}"
        yield "hint: a defect of labfleet; LABFLEET_DEBUG=1 before the command shows where"


def _of_database(error: Exception) -> bool:
    """Whether the database is locked, gone, damaged or not reachable as it is set: no defect of ours."""
    if _raised(error, "sqlalchemy.exc", "OperationalError") or _raised(error, "sqlalchemy.exc", "TimeoutError"):
        return True
    # Damaged files are of the base class; what fails before the first statement failed to connect.
    unspoken = _raised(error, "sqlalchemy.exc", "DBAPIError") and getattr(error, "statement", None) is None
    return unspoken or type(error).__name__ == "DatabaseError"


def _raised(error: Exception, module: str, name: str) -> bool:
    """Whether an error is of a class that is named only: whoever raised it has imported it, and nobody else need."""
    base = getattr(sys.modules.get(module), name, None)
    return base is not None and isinstance(error, base)


def _one_line(text: str) -> str:
    """Words of one line, without control characters: a file's own name may hold anything."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
