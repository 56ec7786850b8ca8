"""The command of the lab machine: `labfleet-agent show | once | run | enrol`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agents import VERSION
from agents.errors import AgentError

if TYPE_CHECKING:  # each verb imports what it needs: `show` pays neither for HTTP nor for TLS
    from agents.rounds import Agent
    from agents.settings import Settings

NICE = 10


def parser() -> argparse.ArgumentParser:
    """The command line, from which the reference page is made."""
    top = argparse.ArgumentParser(
        prog="labfleet-agent",
        description="Says what this machine is: to you (show) or to the LabFleet server (once, run).",
        epilog="example: labfleet-agent once --server https://fleet.example.org --secret-file /etc/labfleet.secret",
    )
    top.add_argument("--version", action="version", version=f"labfleet-agent {VERSION}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    show = verbs.add_parser(
        "show", help="print this machine's report; sends nothing", epilog="example: labfleet-agent show --json"
    )
    show.add_argument("--json", action="store_true", help="the report as one JSON document, as it is sent")
    for name, text in (
        ("once", "send one report, with those that still wait"),
        ("run", "stay, and send a report at the server's pace"),
        ("enrol", "trade the site's enrolment secret for this machine's credential"),
    ):
        example = f"example: labfleet-agent {name} --server https://fleet.example.org"
        # No abbreviations: `--secret x` must be an error and not a `--secret-file`.
        verb = verbs.add_parser(name, help=text, epilog=example, allow_abbrev=False)
        verb.add_argument("--config", type=Path, metavar="FILE", help="settings file (TOML)")
        verb.add_argument("--server", metavar="URL", help="address of the LabFleet server")
        # No --secret: every user of a machine can read the command lines of all programs.
        verb.add_argument(
            "--secret-file", metavar="FILE", help="file with the enrolment secret, readable by its owner only"
        )
        verb.add_argument("--state", metavar="DIR", help="folder for the credential and for waiting reports")
        verb.add_argument("--ca-file", metavar="FILE", help="authorities that sign the server's certificate (PEM)")
        verb.add_argument("--timeout", metavar="SECONDS", help="how long the server may take for one answer")
        if name == "run":
            verb.add_argument("--interval", metavar="SECONDS", help="pace until the server states its own")
            verb.add_argument("--first-delay", metavar="SECONDS", help="longest random wait before the first report")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 1 failed (one line, one hint), 2 wrong usage."""
    given = parser().parse_args(arguments)
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {"show": show, "once": once, "run": run, "enrol": enrol}
    try:
        return verbs[given.verb](given)
    except AgentError as problem:
        say(f"error: {problem}")
        for note in getattr(problem, "__notes__", ()):
            say(f"hint: {note}")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter complains at its end
        return 1
    except KeyboardInterrupt:
        return 130


def show(given: argparse.Namespace) -> int:
    """Print the report."""
    from datetime import UTC, datetime

    from agents.collect import collect
    from agents.machine import Machine

    report = collect(Machine(), now=datetime.now(UTC))
    if given.json:
        from agents.report import canonical

        content = canonical(report) + b"\n"
    else:
        from agents.show import render

        # In a terminal that speaks no UTF-8, a question mark is better than no report.
        content = render(report).encode(sys.stdout.encoding or "utf-8", errors="replace")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


def once(given: argparse.Namespace) -> int:
    """Send one report; one line on stdout says what happened."""
    from agents.courier import Fate
    from agents.rounds import line

    sender = agent(given)
    end = sender.once()
    told = f"delivered to {sender.settings.server}" if end.fate is Fate.DELIVERED else line(end)
    sys.stdout.write(("enrolled; " if sender.enrolled else "") + told + "\n")
    return 0 if end.fate is Fate.DELIVERED else 1


def run(given: argparse.Namespace) -> int:
    """Stay until SIGTERM or Ctrl-C."""
    import signal
    import threading

    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows knows no SIGHUP
            signal.signal(number, lambda *_: stop.set())
    if hasattr(os, "nice"):
        os.nice(NICE)
    agent(given).run(stop)
    return 0


def enrol(given: argparse.Namespace) -> int:
    """Enrol, also where there is a credential already: the server gives a new one."""
    made = agent(given)
    made.enrol(made.courier(), made.report())
    sys.stdout.write(f"enrolled; the credential is in {made.place}\n")
    return 0


def agent(given: argparse.Namespace) -> "Agent":
    """The agent with its settings in force."""
    from agents.machine import Machine
    from agents.rounds import Agent

    settings = in_force(given)
    if settings.server.startswith("http://") and not settings.server.startswith(
        ("http://127.", "http://localhost", "http://[::1]")
    ):
        say("warning: http:// sends the credential unprotected; use https:// outside of a trial")
    return Agent(settings, Machine(), say)


def in_force(given: argparse.Namespace) -> "Settings":
    """The settings from the command line, the environment and the file."""
    from agents.settings import load_settings

    return load_settings(vars(given), environment=os.environ, file=given.config)


def say(text: str) -> None:
    """One line for a person, on stderr; at once, for a service's log."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
