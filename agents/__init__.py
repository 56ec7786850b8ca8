"""The light agent on each lab machine: what is this machine? Standard library and psutil only."""

VERSION = "0.1.0"
"""The version that the agent states in its reports; written here because asking the package's metadata costs 30 ms."""
