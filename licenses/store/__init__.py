"""The only readers and writers of the tables of licences, one module for each; the caller owns the session."""
