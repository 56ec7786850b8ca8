"""The database's tables through time: every change of a table is a revision that goes up and down."""
