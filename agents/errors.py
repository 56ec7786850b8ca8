"""The agent's errors: one base, stable codes, a hint of what to do."""


class AgentError(Exception):
    """Base of all errors of the agent; `code` is stable, the note says what to do."""

    code = "agent"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        if hint:
            self.add_note(hint)


class QuestionFailed(AgentError, OSError):
    """A question that the machine could not be asked; becomes a `ProbeFailure`."""

    code = "question-failed"


class NotThere(QuestionFailed):
    """The tool that would answer is not on this machine: most often the list that it keeps does not exist either."""

    code = "tool-not-there"


class SettingsError(AgentError, ValueError):
    """A setting that is missing or makes no sense."""

    code = "agent-settings"


class CredentialError(AgentError, ValueError):
    """A secret file that others can read, or that holds no credential."""

    code = "agent-credential"


class SpoolError(AgentError, OSError):
    """The folder of waiting reports cannot take one."""

    code = "agent-spool"


class EnrolmentRefused(AgentError, ValueError):
    """The server did not trade the enrolment secret for a credential."""

    code = "agent-enrolment"
