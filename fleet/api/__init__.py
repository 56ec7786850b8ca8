"""The server's HTTP interface: thin functions over `fleet.ingest` and `fleet.answers`."""
