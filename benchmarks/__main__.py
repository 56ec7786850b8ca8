"""`make bench`: every figure, one after the other, so that none disturbs another."""

import sys

from benchmarks import agent, identity, intake, readiness, recognition, reconcile

ALL = {
    "agent": agent,
    "intake": intake,
    "readiness": readiness,
    "reconcile": reconcile,
    "recognition": recognition,
    "identity": identity,
}


def main() -> None:
    """Print all figures, or those that are named."""
    named = sys.argv[1:]
    if unknown := [name for name in named if name not in ALL]:
        sys.exit(f"error: no benchmark {', '.join(unknown)}\nhint: {', '.join(ALL)}")
    del sys.argv[1:]
    for name in named or ALL:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        ALL[name].main()


if __name__ == "__main__":
    main()
