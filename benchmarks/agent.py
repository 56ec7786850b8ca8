"""The agent measured: processor time and memory of one whole `show`, beside the peer.

`python -m benchmarks.agent` prints medians of ten runs, children included.
"""

import os
import statistics
import sys
from pathlib import Path

RUNS = 10
ROOT = Path(__file__).parents[1]
PEER = "fusioninventory-agent 2.6 (Perl, Debian)"
PEER_SECONDS, PEER_MEGABYTES = 0.61, 64.0
"""Measured on the same two cores for one local inventory."""
SECONDS, MEGABYTES = 0.35, 40.0
"""The budget."""


def measure(arguments: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of processor time (own, system's and children's) and megabytes of the largest process."""
    silence = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = os.posix_spawn(sys.executable, (sys.executable, *arguments), environment, file_actions=silence)
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed with status {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Print the figures; exit 1 when the budget is exceeded."""
    runs = [measure(("-m", "agents", "show", "--json")) for _ in range(RUNS)]
    bare = [measure(("-c", "pass")) for _ in range(RUNS)]
    seconds, megabytes = (statistics.median(run[index] for run in runs) for index in (0, 1))
    floor = statistics.median(run[0] for run in bare)
    write = sys.stdout.write
    write(f"labfleet-agent show --json   {seconds:.3f} s CPU   {megabytes:.0f} MB   (median of {RUNS})\n")
    write(f"an empty Python program      {floor:.3f} s CPU\n")
    write(f"{PEER}   {PEER_SECONDS:.2f} s CPU   {PEER_MEGABYTES:.0f} MB\n")
    less, lighter = PEER_SECONDS / seconds, PEER_MEGABYTES / megabytes
    write(f"the peer uses                {less:.1f}× the CPU, {lighter:.1f}× the memory\n")
    if seconds > SECONDS or megabytes > MEGABYTES:
        write(f"over the budget of {SECONDS} s and {MEGABYTES:.0f} MB\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
