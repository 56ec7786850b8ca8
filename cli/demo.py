"""`labfleet demo`: a whole small district in one command, and this machine reporting into it for real."""

import os
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output

if TYPE_CHECKING:
    from fleet.demo.run import ThisMachine

LABFLEET = (sys.executable, "-I", "-m", "cli.demo")
"""This very installation's `labfleet`, whatever folder the caller stands in; it ends with the demonstration."""

FIRST_PAGE = 30

Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to make it.", show_default=True)]


def demo(folder: Folder = Path("labfleet-demo")) -> None:
    """Build a believable small district in a folder, and have this machine report into it for real.

    All numbers but this machine's are invented. Run again, it makes the same district anew.

    Example: `labfleet demo`
    """
    from fleet.demo.run import run_demo

    # A line for each step where somebody watches, silence in a pipe.
    watched = sys.stderr.isatty()
    machine = run_demo(folder, labfleet=LABFLEET, say=output.remark if watched else lambda _: None)
    output.say(
        f"A demonstration district stands in {folder}. All in it is invented, whatever real names its schools bear, "
        "but for one device: this machine."
    )
    _tell(folder, "The CTE coordinator: is each lab ready?", ("lab", "ready"))
    _tell(folder, "Procurement: which licences are short, idle or ending?", ("license", "position"))
    _tell(folder, "Procurement: which machines are due?", ("refresh", "list", "--top", str(FIRST_PAGE)))
    _this_machine(folder, machine)
    _next(folder)


def _command(folder: Path, words: Sequence[str]) -> str:
    return shlex.join(("labfleet", "--home", str(folder), *words))


def _tell(folder: Path, question: str, words: Sequence[str]) -> None:
    """A question, the command that answers it, and its answer: the very verb that the operator will run."""
    from cli.commands import app

    output.say()
    output.say(question, style="bold")
    output.say(f"$ {_command(folder, words)}")
    app(args=["--home", str(folder), *words], standalone_mode=False)


def _this_machine(folder: Path, machine: "ThisMachine") -> None:
    device = machine.device
    output.say()
    output.say("District IT: what is out there?", style="bold")
    output.say(f"$ {_command(folder, ('device', 'show', str(device.id)))}")
    titles = output.count(len(machine.titles), "title")
    output.say(
        f"This machine: {device.name} is device {device.id}, at {machine.site}; of {machine.entries:,} entries in its "
        f"lists of software, the catalog knows {titles}: {', '.join(machine.titles) or 'none'}."
    )


def _next(folder: Path) -> None:
    output.say()
    output.say("Try next:", style="bold")
    for words in (
        ("lab", "ready", "MUIR/B14"),
        ("lab", "ready", "MUIR/B12", "--on", "2027-05-10"),
        ("lab", "ready", "MUIR/B12", "--exam", "any"),
        ("license", "position", "--title", "creative-cloud-all-apps", "--devices"),
        ("pathway", "show", "152"),
        ("device", "conflicts"),
        ("device", "history", "MUIR-B12-08"),
        ("serve",),
    ):
        output.say(f"  {_command(folder, words)}")


def _end_with_parent() -> None:
    """Stop when nobody holds our standard input any more: a demonstration that is killed leaves no server behind."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from cli.main import run

    threading.Thread(target=_end_with_parent, daemon=True).start()
    run()
