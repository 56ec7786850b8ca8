"""`labfleet title`: the products that we know, and why an entry of a machine's list is one of them, or is not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.district import settings
from cli.options import Json
from cli.title_trial import try_
from cli.title_unknown import unknown

if TYPE_CHECKING:  # `labfleet --help` must not wait for the catalog
    from inventory.explaining import Explained
    from inventory.title_rules import Catalog, Title

app = typer.Typer(help="The titles that we know, and how entries of machines are recognised.")


@app.command("list")
def list_(
    context: typer.Context,
    word: Annotated[str, typer.Argument(metavar="[WORD]", help="Only titles and publishers with this word.")] = "",
    as_json: Json = False,
) -> None:
    """List the titles of the catalog.

    Example: `labfleet title list autocad`
    """
    from cli.output import Column, show_json, show_table

    wanted = word.casefold()
    titles = sorted(
        (
            title
            for title in _catalog(context).titles
            if wanted in f"{title.id} {title.name} {title.publisher}".casefold()
        ),
        key=lambda title: (title.publisher.casefold(), title.name.casefold()),
    )
    if as_json:
        show_json([_brief(title) for title in titles])
        return
    show_table(
        (Column("Id", whole=True), Column("Title"), Column("Publisher"), Column("Licensed"), Column("Where")),
        [(title.id, title.name, title.publisher, _licensed(title), _where(title)) for title in titles],
        empty=f"no title has {word!r} in its name; `labfleet title list` shows them all",
    )


@app.command()
def show(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="A title's id or name.")],
    as_json: Json = False,
) -> None:
    """Show one title: how its entries look on each system, and where that is written.

    Example: `labfleet title show revit`
    """
    from cli.output import day, show_fields, show_json
    from inventory.titles import title_called

    one = title_called(_catalog(context), title)
    if as_json:
        show_json(_document(one))
        return
    show_fields(
        (
            ("Title", one.name),
            ("Id", one.id),
            ("Publisher", one.publisher),
            ("Licensed", _licensed(one)),
            ("Counts as", one.role.value.replace("_", " ")),
            ("Releases", _releases(one)),
            ("Names", ", ".join(one.names)),
            ("Only by its publisher", ", ".join(one.guarded)),
            ("Shapes", "  ".join((*one.firm, *one.shapes))),
            ("Keys", "  ".join(one.keys)),
            ("Bundle, flatpak, store", ", ".join(one.ids)),
            ("Linux packages", ", ".join(one.packages)),
            ("Editions", ", ".join(one.editions)),
            ("Note", one.note),
            ("Source", f"{one.source}, {day(one.as_of)}{'' if one.verified else ', unverified'}"),
        )
    )


@app.command()
def explain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="An entry's display name.")] = "",
    publisher: Annotated[str, typer.Option(help="The entry's publisher.")] = "",
    version: Annotated[str, typer.Option(help="The entry's version.")] = "",
    identifier: Annotated[str, typer.Option(help="Its uninstall key, package or bundle id.")] = "",
    source: Annotated[str, typer.Option(help="windows, macos, linux, or one list such as dpkg.")] = "windows",
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A tab-separated list: name, publisher, version, source."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Tell what an entry of a machine's software list is, and which rule decided.

    Example: `labfleet title explain "Revit 2024" --publisher Autodesk --source windows`
    """
    from cli.output import progress, show_fields, show_json_lines
    from inventory.explaining import SOURCES, entry, explain_file
    from inventory.explaining import explain as explain_one
    from inventory.recognition import Recogniser

    if bool(name) == (file is not None):
        raise typer.BadParameter("name an entry, or a list of them by --from FILE")
    if source.lower() not in SOURCES:
        raise typer.BadParameter(f"{source!r} is none of {', '.join(SOURCES)}", param_hint="--source")
    recogniser = Recogniser(_catalog(context))
    if file is not None:
        with progress("recognising"):
            explained = explain_file(recogniser, file)
        _list_explained(explained, as_json=as_json)
        return
    asked = entry(name, publisher=publisher, version=version, source=source.lower(), identifier=identifier)
    found = explain_one(recogniser, asked)
    if as_json:
        show_json_lines([found])
        return
    show_fields(
        (
            ("Entry", found.name),
            ("Title", found.title),
            ("Title id", found.title_id or "none: not in the catalog"),
            ("Release", found.release),
            ("Edition", found.edition),
            ("Role", found.role.value.replace("_", " ")),
            ("Counts as an install", "yes" if found.counts else "no"),
            ("Rule", found.rule),
        )
    )


def _list_explained(explained: "tuple[Explained, ...]", *, as_json: bool) -> None:
    from cli.output import Column, count, remark, show_json_lines, show_table

    if as_json:
        show_json_lines(explained)
        return
    show_table(
        (Column("Entry"), Column("Title"), Column("Release", whole=True), Column("Role", whole=True), Column("Rule")),
        [(one.name, one.title, one.release, one.role.value.replace("_", " "), one.rule) for one in explained],
        empty="the list has no entries",
    )
    installs = sum(one.counts for one in explained)
    remark(f"{count(len(explained), 'entry', 'entries')}, {count(installs, 'install')} of titles in the catalog")


def _catalog(context: typer.Context) -> "Catalog":
    from inventory.titles import load_catalog

    return load_catalog(settings(context).overrides("catalog"))


def _licensed(title: "Title") -> str:
    if title.free and title.metric in {"", "free"}:
        return "free"
    metric = title.metric.replace("-", " ") or "not known"
    return f"free, {metric}" if title.free else metric


def _where(title: "Title") -> str:
    return "in the browser" if title.web else ""


def _releases(title: "Title") -> str:
    versions = ", ".join(f"{major} is {label}" for major, label in title.majors.items())
    return f"by {title.release.value}" + (f"; version {versions}" if versions else "")


def _brief(title: "Title") -> dict[str, object]:
    return {
        "id": title.id,
        "name": title.name,
        "publisher": title.publisher,
        "metric": title.metric,
        "free": title.free,
        "web": title.web,
    }


def _document(title: "Title") -> dict[str, object]:
    return _brief(title) | {
        "role": title.role,
        "release": title.release,
        "majors": title.majors,
        "names": title.names,
        "guarded": title.guarded,
        "shapes": (*title.firm, *title.shapes),
        "keys": title.keys,
        "ids": title.ids,
        "packages": title.packages,
        "editions": title.editions,
        "note": title.note,
        "source": title.source,
        "as_of": title.as_of,
        "verified": title.verified,
    }


app.command("test")(try_)
app.command()(unknown)
