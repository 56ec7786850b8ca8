"""The errors of licences and pathways: one base, stable codes, a hint of what to do."""


class LicenseError(Exception):
    """Base of all errors of licences and pathways; `code` is stable, the note says what to do."""

    code = "license"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.add_note(hint)
