"""`make bench`: every figure, one after the other, each in a process of its own, so that none disturbs another."""

import subprocess
import sys

ALL = ("agent", "intake", "readiness", "reconcile", "allocation", "roster", "recognition", "identity")


def main() -> int:
    """Run all benchmarks, or those that are named; not zero when one missed its target."""
    named = sys.argv[1:] or ALL
    if unknown := [name for name in named if name not in ALL]:
        sys.exit(f"error: no benchmark {', '.join(unknown)}\nhint: {', '.join(ALL)}")
    missed = []
    for name in named:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            missed.append(name)
    if missed:
        sys.stdout.write(f"\nmissed its target: {', '.join(missed)}\n")
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
