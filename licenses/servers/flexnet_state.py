"""What FlexNet's texts say of the server itself: machines and daemons that are up or down, and why. Pure."""

import re
from dataclasses import dataclass, field

from licenses.servers.status import Daemon, ServerAnswer, ServerState
from licenses.servers.text import clean_name

_MACHINE = re.compile(r"(\S+): license server (?:is )?(UP|DOWN)\b *(?:\(MASTER\))? *(v[0-9][\w.]*)?", re.IGNORECASE)
_DAEMON_OF = re.compile(r"Vendor daemon status \(on ([^)]*)\)", re.IGNORECASE)
_DAEMON = re.compile(r"([\w.+-]{1,40}): (UP|DOWN)\b *(v[0-9][\w.]*)?", re.IGNORECASE)
_CODE = re.compile(r"\((-[0-9]{1,4})(?:,[0-9]{1,6})?")
_WORDED_CODE = re.compile(r"(?:flex\w* )?(?:licensing )?error:? *\(?(-[0-9]{1,4})\b", re.IGNORECASE)
_NO_ANSWER = re.compile(
    r"cannot connect to license server|license server (?:machine|system) is down|server is down or not responding"
    r"|lmgrd is not running|license server (?:does|is) not (?:respond|running)|cannot read data from license server"
    r"|vendor daemon (?:is )?down|invalid host|no socket connection|cannot find server hostname"
    r"|connection refused|server node is down",
    re.IGNORECASE,
)
_DAEMON_DOWN = re.compile(r"vendor daemon (?:is )?down", re.IGNORECASE)
_NAMED = re.compile(r"([\w.+-]{1,80}): \S")
_TOOLS = ("lmstat", "lmutil", "lmgrd", "error", "feature", "system")
_CANNOT = re.compile(r"\b(?:error getting status|cannot find license file|lmstat:|lmutil:)", re.IGNORECASE)
_KNOWN = re.compile(
    r"lmutil\b|lmstat\b|copyright\b|\(c\) |all rights reserved|\[detecting lmgrd|license file\(s\) on"
    r"|feature usage info|users of features |note: lmstat|but only reads the license"
    r"|lmstat -a is recommended|[-_=*\s]+$|license files?:"
    r"|flexible license manager|no licenses? (?:in use|are in use)|usage info|build [0-9]",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(
    r"the server \(lmgrd\)|file is being specified|changed\.?$|feature: |hostname: |vendor:|license path: |"
    r"flex\w* (?:licensing )?error|system error|for further information|available at|the lookup for the hostname|"
    r"this may|see the|check ",
    re.IGNORECASE,
)

_DOWN_CODES = frozenset({"-7", "-12", "-13", "-14", "-15", "-16", "-17", "-94", "-95", "-96", "-97"})
"""No machine, no socket, no daemon behind it: FlexNet's numbers of what is no answer."""


@dataclass(slots=True)
class Block:
    """One licence server of a text, while it is read."""

    address: str = ""
    on: str = ""
    machines: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """By name in small letters: the name as it stands, and whether it is up."""
    daemons: list[Daemon] = field(default_factory=list)
    version: str = ""
    errors: list[str] = field(default_factory=list)
    silent: bool = False
    """Something said that the server gave no answer."""
    failed: bool = False
    """Its last line was an error, whose explanation may follow."""
    counted: bool = False

    @property
    def said(self) -> bool:
        """Whether the text has anything of this server."""
        return bool(self.address or self.machines or self.daemons or self.errors or self.counted)

    @property
    def only_vendor(self) -> str:
        """The vendor of every feature, where there is but one daemon."""
        return self.daemons[0].vendor if len(self.daemons) == 1 else ""

    def answer(self, *, listed: bool) -> ServerAnswer:
        """What all of it comes to; `listed`: the text has a table of a licence file, which is no server's word."""
        down = [name for name, up in self.machines.values() if not up]
        stopped = [one.vendor for one in self.daemons if one.state is ServerState.DOWN]
        serving = (
            self.counted
            or len(stopped) < len(self.daemons)
            or (not self.daemons and any(up for _, up in self.machines.values()))
        )
        reasons = list(self.errors)
        told = " ".join(self.errors)
        reasons += [f"{name} is down" for name in down if f"{name} is down" not in told]
        reasons += [f"vendor daemon {name} is down" for name in stopped if f"daemon {name} is down" not in told]
        if serving and (down or stopped or self.silent):
            state = ServerState.DEGRADED
        elif serving:
            # An error on one feature is told, and takes nothing from the others.
            state = ServerState.UP
            if not self.machines and not self.daemons and not reasons:
                reasons = ["it counted its features; the text has no line on the server itself"]
        elif self.silent or down or stopped:
            state = ServerState.DOWN
        else:
            state = ServerState.UNKNOWN
        if state is ServerState.UNKNOWN and not reasons and not listed:
            reasons = ["the text does not say whether the server is up"]
        server = self.address or self.on or ",".join(name for name, _ in self.machines.values())
        return ServerAnswer(server, state, "; ".join(reasons), self.version)

    def note(self, error: str) -> None:
        """Adds an error; its explanation often repeats it, with its number or without."""
        if not any(one.startswith(error.partition(" (")[0]) for one in self.errors):
            self.errors.append(error)


def state_line(text: str, block: Block) -> bool:
    """Whether a line says how the server, a machine of it or a daemon is; notes what it says."""
    block.failed = False
    if found := _MACHINE.match(text):
        name = clean_name(found[1])
        # Windows' lmstat lists one machine twice, in capitals and not: it is up if either line says so.
        first, up = block.machines.get(name.lower(), (name, False))
        block.machines[name.lower()] = (first, found[2].upper() == "UP" or up)
        block.version = found[3] or block.version
        return True
    if found := _DAEMON_OF.match(text):
        block.on = clean_name(found[1])
        return True
    if found := _DAEMON.match(text):
        state = ServerState.UP if found[2].upper() == "UP" else ServerState.DOWN
        block.daemons.append(Daemon(clean_name(found[1]), state, found[3] or "", block.address or block.on))
        return True
    return _error(text, block)


def _error(text: str, block: Block) -> bool:
    code = _CODE.search(text) or _WORDED_CODE.search(text)
    silent = bool(_NO_ANSWER.search(text)) or (code is not None and code[1] in _DOWN_CODES)
    named = _NAMED.match(text)
    if not (silent or code or _CANNOT.search(text)):
        return False
    block.failed = True
    number = f" ({code[1]})" if code else ""
    if silent and named and named[1].lower() not in _TOOLS:
        name = clean_name(named[1])
        # Before the list of daemons, what has no answer is a machine.
        if "vendor daemon" in text.lower() or block.on:
            block.daemons.append(Daemon(name, ServerState.DOWN, "", block.address or block.on))
            block.note(f"vendor daemon {name} is down{number}")
        else:
            block.machines.setdefault(name.lower(), (name, False))
            block.note(f"{name} is down{number}")
        return True
    block.silent = block.silent or silent
    if silent:
        words = "the vendor daemon is down" if _DAEMON_DOWN.search(text) else "the server gave no answer"
    elif "license file" in text.lower():
        words = "the licence file was not found"
    else:
        words = "the tool reports an error"
    block.note(f"{words}{number}")
    return True


def is_prose(text: str, *, explaining: bool) -> bool:
    """Whether a line is one of those that every lmstat text has, or explains the error above it."""
    known = _KNOWN.match(text) or _EXPLAINED.match(text) or (explaining and _EXPLAINED.search(text))
    return known is not None and known is not False
