"""Writes docs/reference from the code itself: `make docs`, or with `--check` only says which page is not current."""

import argparse
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PACKAGES = ("agents", "inventory", "licenses", "fleet", "cli")
_NOT_IMPORTED = ("agents.__main__", "fleet.migrations")
"""What does something when imported, or only inside another tool."""

BASES = (
    ("agents.errors", "AgentError"),
    ("inventory.errors", "InventoryError"),
    ("licenses.errors", "LicenseError"),
    ("fleet.errors", "FleetError"),
)


def module_names() -> tuple[str, ...]:
    """Every module of ours, by its files: also those in folders that are no packages of their own."""
    names = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return tuple(names)


def import_everything() -> tuple[ModuleType, ...]:
    """So that every subclass and every table is known."""
    return tuple(importlib.import_module(name) for name in module_names() if not name.startswith(_NOT_IMPORTED))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |\n" for row in lines
    )


def first_line(thing: Any) -> str:
    """The first paragraph of a docstring, on one line; nothing where the class has none of its own."""
    return " ".join(((thing.__doc__ or "").strip().partition("\n\n")[0]).split())


def code(text: object) -> str:
    """Text as it is typed."""
    return f"`{text}`"


def cli_page() -> str:
    """Every command with its arguments and options, as `--help` tells them."""
    import typer

    from cli.commands import app

    def walk(command: Any, path: str, parent: Any) -> Iterator[str]:
        context = command.make_context(path.rpartition(" ")[2], [], parent=parent, resilient_parsing=True)
        level = "##" if path.count(" ") < 2 else "###"
        if parent is not None:
            yield f"{level} {code(path)}\n"
        yield inspect.cleandoc(command.help or "") + "\n"
        subcommands: Mapping[str, Any] = getattr(command, "commands", {})
        if not subcommands:
            yield "```text\n" + " ".join(context.command.get_usage(context).split()).removeprefix("Usage: ") + "\n```\n"
        rows = [_parameter(each) for each in command.params if not getattr(each, "hidden", False)]
        shown = [row for row in rows if row[0] not in {"`--help`", "`--install-completion`", "`--show-completion`"}]
        if shown:
            yield table(("argument or option", "meaning", "default"), shown)
        for name, each in subcommands.items():
            yield from walk(each, f"{path} {name}", context)

    return "\n".join(["# The command line\n", *walk(typer.main.get_command(app), "labfleet", None), *_agent_commands()])


def _agent_commands() -> Iterator[str]:
    """The agent's own command, which does without typer. Its `--help` differs between versions of Python."""
    from agents.__main__ import parser

    top = parser()
    yield f"## {code(top.prog)}\n\n{top.description}\n"
    verbs = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001 - no other way in
    told = {choice.dest: choice.help or "" for choice in verbs._choices_actions}  # noqa: SLF001 - the same
    for name, verb in verbs.choices.items():
        yield f"### {code(f'{top.prog} {name}')}\n\n{told[name]}\n\n{verb.epilog or ''}\n"
        rows = []
        for action in verb._actions:  # noqa: SLF001 - the same
            named = ", ".join(code(f"{option} {action.metavar or ''}".strip()) for option in action.option_strings)
            rows.append((named, action.help or ""))
        yield table(("option", "meaning"), rows[1:])  # without --help


def _parameter(each: Any) -> tuple[str, str, str]:
    option = each.param_type_name == "option"
    names = ", ".join(code(name) for name in each.opts) if option else code((each.metavar or each.name).upper())
    default = each.default
    if default is None or default is False or default == () or callable(default) or default is ...:
        default = "required" if each.required else ""
    return names, each.help or "", str(getattr(default, "value", default))


def settings_page() -> str:
    """Every option of the server and of the agent."""
    from fleet.settings import FILE_NAME, Settings

    rows = []
    for name, field in Settings.model_fields.items():
        kind = str(getattr(field.annotation, "__name__", field.annotation)).replace("pathlib.", "")
        default = field.get_default()
        secret = hasattr(default, "get_secret_value")
        shown = "required" if field.is_required() else "" if default is None or secret else str(default)
        rows.append((code(name), code(f"LABFLEET_{name.upper()}"), kind, shown, field.description or ""))
    page = (
        "# Settings\n\n## The server and the command line\n\n"
        f"In the environment, or in `{FILE_NAME}` in the district's folder; the environment wins.\n\n"
        + table(("in the file", "in the environment", "kind", "default", "meaning"), rows)
    )
    return page + _agent_settings()


def _agent_settings() -> str:
    import dataclasses

    from agents.settings import PREFIX, Settings

    rows = []
    for field in dataclasses.fields(Settings):
        default = "" if field.default is dataclasses.MISSING else str(field.default)
        rows.append((code(field.name), code(PREFIX + field.name.upper()), default, field.metadata.get("help", "")))
    return (
        "\n## The agent\n\nOn the command line, in the environment or in the agent's file; the first wins.\n\n"
        + table(("in the file", "in the environment", "default", "meaning"), rows)
    )


def error_classes() -> tuple[type[Exception], ...]:
    """Every error that we foresee, bases first, in the order of the packages."""
    import_everything()
    found: list[type[Exception]] = []
    for module, name in BASES:
        waiting = [getattr(importlib.import_module(module), name)]
        while waiting:
            found.append(waiting.pop(0))
            waiting += sorted(found[-1].__subclasses__(), key=lambda each: (each.__module__, each.__name__))
    # A package may refine another's error; tests define their own.
    return tuple(dict.fromkeys(each for each in found if each.__module__.startswith(PACKAGES)))


def errors_page() -> str:
    """Every stable code."""
    rows = [
        (code(each.__dict__.get("code", "")), code(f"{each.__module__}.{each.__name__}"), first_line(each))
        for each in error_classes()
    ]
    return "# Errors\n\nThe code is stable, and the API's problems carry it; the words may change.\n\n" + table(
        ("code", "class", "when"), rows
    )


def probes_page() -> str:
    """Every question of the agent."""
    from agents.probes import PROBES

    rows = []
    for probe in PROBES:
        kind = type(probe)
        platforms = ", ".join(sorted(probe.platforms))
        rows.append((code(probe.name), probe.part.value, platforms, _asked(probe.question), first_line(kind)))
    return (
        "# Probes\n\nWhat the agent asks its machine, in the order in which the answers count. "
        "Nothing else is read, and nothing is written.\n\n"
        + table(("probe", "part of the report", "platforms", "asks", "to learn"), rows)
    )


def _asked(question: Any) -> str:
    from agents.probe import Call, Command, Files, RegistryKeys, Several

    match question:
        case Several(questions=questions):
            return "; ".join(_asked(each) for each in questions)
        case Command(argv=argv, root=root):
            words = " ".join(argv).replace("\n", "\\n").replace("\t", "\\t")
            return code(words) + (" (as root)" if root else "")
        case Files(read=read, links=links, names=names):
            return ", ".join(code(f"/{path}") for path in (*read, *links, *names))
        case RegistryKeys(path=path):
            return code(path)
        case Call(name=name):
            return code(f"agents.calls.{name}")
    raise TypeError(f"docs/generate.py does not know the question {question!r}")


def tables_page() -> str:
    """Every table of the database with its owner."""
    import_everything()
    from sqlmodel import SQLModel

    said = {each.__tablename__: first_line(each) for each in _rows_below(SQLModel)}
    pages = [
        "# Tables\n",
        "A name begins with the package that alone writes the table. Moments are UTC, money is cents, sizes bytes.\n",
    ]
    for each in sorted(
        SQLModel.metadata.tables.values(), key=lambda table: (PACKAGES.index(_owner(table)), table.name)
    ):
        rows = []
        for column in each.columns:
            marks = ["primary key"] if column.primary_key else []
            marks += [f"of `{key.target_fullname}`" for key in column.foreign_keys]
            marks += ["unique"] if column.unique else []
            rows.append((code(column.name), _kind(column.type), "yes" if column.nullable else "", ", ".join(marks)))
        pages.append(f"## {code(each.name)}\n\n{said.get(each.name, '')}\n")
        pages.append(table(("column", "kind", "may be empty", "key"), rows))
    return "\n".join(pages)


def _kind(of: Any) -> str:
    """The kind of a column, in one word: our own types by their name, others by what SQL calls them."""
    words = {"big_integer": "integer", "string": "text", "autostring": "text"}
    kind = type(of).__name__.lower() if type(of).__module__.startswith(PACKAGES) else str(of.__visit_name__).lower()
    kind = type(of).__name__.lower() if kind == "type_decorator" else kind
    return words.get(kind, kind)


def _owner(each: Any) -> str:
    owner = str(each.name).partition("_")[0]
    if owner not in PACKAGES:
        raise ValueError(f"table {each.name!r} does not begin with its owner's name")
    return owner


def _rows_below(base: Any) -> Iterator[Any]:
    for each in base.__subclasses__():
        if getattr(each, "__table__", None) is not None:
            yield each
        yield from _rows_below(each)


PAGES: Mapping[str, Callable[[], str]] = {
    "cli": cli_page,
    "settings": settings_page,
    "errors": errors_page,
    "probes": probes_page,
    "tables": tables_page,
}


def page(name: str) -> str:
    """One page as it must stand in docs/reference."""
    return f"<!-- written by `make docs`; change the code instead -->\n\n{PAGES[name]().rstrip()}\n"


def stale() -> tuple[str, ...]:
    """The names of the pages that are not what the code says."""
    files = {name: REFERENCE / f"{name}.md" for name in PAGES}
    return tuple(
        name for name, file in files.items() if not file.is_file() or file.read_text(encoding="utf-8") != page(name)
    )


def main() -> int:
    """Write the pages, or with `--check` exit 1 when one is not current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args().check:
        for name in (old := stale()):
            sys.stderr.write(f"error: docs/reference/{name}.md is not current\nhint: make docs\n")
        return 1 if old else 0
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (REFERENCE / f"{name}.md").write_text(page(name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
