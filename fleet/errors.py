"""The fleet's errors: one base, stable codes, a hint of what to do."""


class FleetError(Exception):
    """Base of all errors of the fleet's answers; `code` is stable, the note says what to do."""

    code = "fleet"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.add_note(hint)
