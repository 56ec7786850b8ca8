"""Is the lab ready: reports come in, answers go out."""
