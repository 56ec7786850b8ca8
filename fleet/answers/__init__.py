"""One function per question of the district; the command line and the pages call the same."""
