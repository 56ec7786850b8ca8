"""`python -m cli` is `labfleet`: for where no script is installed."""

from cli.main import run

if __name__ == "__main__":
    run()
