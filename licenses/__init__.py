"""What may be run and what is needed: entitlements, pathways, positions."""
