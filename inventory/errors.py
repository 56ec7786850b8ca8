"""The inventory's errors: one base, stable codes, a hint of what to do."""


class InventoryError(Exception):
    """Base of all errors of the inventory; `code` is stable, the note says what to do."""

    code = "inventory"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.add_note(hint)
