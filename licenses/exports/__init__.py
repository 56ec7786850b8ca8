"""Readers of what vendors' consoles and other tools export: counts of assigned seats, and purchases; never a person."""
