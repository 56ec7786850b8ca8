"""What a display name says once marks, architecture, language and version are taken off it; pure.

`read_name("Autodesk AutoCAD® 2025 - English (64-bit)")` has the core "autodesk autocad" and the number "2025". The
stages between the whole name and the core are kept, because some products have a number or a language in their name.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 400
"""Characters read of a name; longer ones are junk or an attack, and rules look at the beginning anyway."""

_MARKS = re.compile(r"\((?:r|tm|c|sm)\)", re.IGNORECASE)
_BEFORE_GROUP = re.compile(r"(?<=\w)\((?=\w)")
_UNMARK = str.maketrans(
    {"®": "", "™": "", "©": "", "℠": "", "\u00ad": "", "\u200b": "", "\u200e": "", "\u200f": "", "\ufeff": ""}
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("’‘ʼ", "'")
    | dict.fromkeys("“”", '"')
)
_SPACED = str.maketrans(dict.fromkeys('()[]{}<>,;:/\\|"!=', " "))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_HIGH = "ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™\u0080-\u009f\u00a1-\u00bf"
_MOJIBAKE = re.compile(
    f"[ÂÃÐ][\u00a0{_HIGH}]|[ÄÅÎÏÑ×ØÙ](?![®©™])[{_HIGH}]|[âãäåæçèéêëìí](?![®©™])[{_HIGH}](?![®©™])[\u00a0{_HIGH}]"
)
"""UTF-8 of two or three bytes in another code page; not "É" with a blank that does not break, nor "Ñ®"."""

_OEM = re.compile(r"(?<=[A-Za-z])[‚„…†‡ˆ‰Š‹¡¢£¤¥¦]+(?=[a-z])")
"""A letter of code page 850 within a word, as cp1252 shows it: what old consoles and wmic write."""

_HALF_WIDTH = re.compile("[\uff80-\uffff]")
_EAST = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff61-\uff7f]")
"""Latin letters that an East Asian system moved to the end of the plane, where there are no letters of its own."""

_NUMBER = re.compile(
    r"v?\.?\d+(?:[._+-]\d+)*(?:[-._]?(?:[a-z]|alpha|beta|rc|pre|preview|esr|lts|final)[.\d]*)?|r?20\d\d[ab]"
)
_LETTERED = re.compile(r"(?:x|r|v|st|cs)\d+(?:\.\d+)*")
"""A version that begins with a letter: "VideoStudio X9", "Cinema 4D R21", "Solid Edge ST10", "Photoshop CS2"."""

_PATCH = re.compile(r"[mf]\d{3}|'[^']+'|\"[^\"]+\"")
"""What follows a version: PTC's "M030", or the name of a release, as in "QGIS 3.34.4 'Prizren'"."""

_GLUED = re.compile(r"([a-z][a-z+#]*(?:[-_ ][a-z][a-z+#]*)*?)[-_ ]?v?(\d+\.\d+(?:\.\d+)*)(?:v\d+)?(?:[-_+].*)?")
"""A name that runs into its version: "Nuke11.3v5", "CASecureBrowser17.0", "UltiMaker-Cura-5.8.1-linux-X64"."""

_ARTICLE = re.compile(r"(?:.*\.)?kb\d{6,8}(?:-?v\d+)?(?:-ie\d+)?")
_NOT_NUMBERS = frozenset({"1d", "2d", "3d", "4d", "5d", "4k", "8k", "2x", "3x", "1st", "3ds", "3m"})
_ANNOUNCE = frozenset({"version", "ver", "ver.", "v", "v.", "release", "build", "rev", "-", "rev.", "datecode"})
_ARCHITECTURES = frozenset(
    {
        "x64",
        "x86",
        "x86_64",
        "amd64",
        "arm64",
        "aarch64",
        "win64",
        "win32",
        "64-bit",
        "32-bit",
        "64bit",
        "32bit",
        "i386",
    }
    | {"64bits", "32bits", "64-bits", "32/64-bit", "windows", "ia64", "arm"}
)
_EDITION_WORDS = {"esr": "ESR", "lts": "LTS"}
_PAID = "professional pro premium ultimate enterprise business commercial deluxe plus advanced standard gold"
_OTHER = (
    "student students education educational edu academic school teacher classroom university community personal home "
    "express basic starter lite free trial evaluation eval demo beta preview insiders nightly full edition version oem"
)
PAID_EDITIONS = frozenset(_PAID.split())
EDITIONS = PAID_EDITIONS | frozenset(_OTHER.split())
"""Words that may follow the name of a product and say which edition of it is there."""
_GROUP_WORDS = frozenset(
    {
        "user",
        "current",
        "machine",
        "edition",
        "remove",
        "only",
        "bit",
        "64",
        "32",
        "all",
        "users",
        "system",
        "installer",
    }
    | {"supprimer", "uniquement", "stable", "or", "repair"}
    | {"beta", "preview", "trial", "insiders", "nightly", "evaluation"}
)
_ENGLISH = (
    "english french german spanish italian portuguese japanese korean russian czech polish hungarian dutch turkish "
    "swedish danish norwegian finnish greek hebrew arabic thai ukrainian romanian vietnamese chinese brazilian "
    "international simplified traditional brazil"
)
_NATIVE = (
    "deutsch français francais español espanol castellano italiano português portugues русский "
    "日本語 한국어 中文 简体中文 繁體中文 繁体中文 čeština cestina polski magyar nederlands türkçe turkce svenska "
    "dansk norsk suomi ελληνικά עברית العربية українська română slovenčina "
    "brasileiro multilingual multi-language multilanguage"
)
_LANGUAGES = frozenset(_ENGLISH.split()) | frozenset(_NATIVE.split())
_LOCALE = re.compile(r"[a-z]{2,3}[-_](?:[a-z]{2}|\d{3}|[a-z]{4}(?:[-_][a-z]{2})?)")
_THREE_LETTERS = frozenset(
    {"enu", "eng", "fra", "deu", "esn", "ita", "jpn", "kor", "rus", "chs", "cht", "ptb", "plk", "csy"}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A display name, read.

    `text` is for people; `folded` for comparing. `stages` runs from the whole folded name to `core`, each with the
    number that had been taken off by then. `words` and `core_words` are padded with blanks, for finding phrases.
    `garbled` says that a language was named in letters that some system turned into question marks.
    """

    text: str
    folded: str
    stages: tuple[tuple[str, str], ...]
    core: str
    number: str
    edition: str
    words: str
    core_words: str
    tokens: tuple[str, ...]
    garbled: bool


def clean(text: str) -> str:
    """A name without trademark signs, odd blanks and dashes, control characters or UTF-8 that was read as cp1252."""
    text = _cleaned(text[:LONGEST])
    while not text.isascii() and (again := _cleaned(text)) != text:  # read wrongly twice, or a mark within a mark
        text = again
    return text


def _cleaned(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _repaired(text).translate(_UNMARK)).translate(_UNMARK)
    if "(" in text:
        text = _BEFORE_GROUP.sub(" (", _MARKS.sub("", text))
    return " ".join(_CONTROL.sub(" ", text).split())


def fold(text: str) -> str:
    """A cleaned name without regard to case."""
    folded = clean(text).casefold()
    return folded if folded.isascii() else " ".join(unicodedata.normalize("NFKC", folded).split())


def phrase(text: str) -> str:
    """Folded text as words, padded with a blank on either side, so that `phrase in words` finds whole words.

    The number of an article in Microsoft's knowledge base becomes "kb#": it says "update" whatever it is. A word of
    letters that some system has turned into question marks becomes "??".
    """
    words = [word for word in text.translate(_SPACED).split() if word != "-"]
    if "kb" in text:
        words = ["kb#" if _ARTICLE.fullmatch(word) else word for word in words]
    if "??" in text:
        words = ["??" if "??" in word else word for word in words]
    return f" {' '.join(words)} "


def bare(name: Name) -> str:
    """The name as a person would say it, without version, architecture and language."""
    said = name.text[: len(name.core)] if name.text.casefold().startswith(name.core) else name.core
    return said.strip(" -,") or name.text


def squeezed(name: Name) -> tuple[tuple[str, str], ...]:
    """The name without a version in its middle ("MySQL Workbench 8.0 CE"), or run into its end ("Nuke11.3v5")."""
    tokens = name.core.split(" ")
    stages = []
    for place, token in enumerate(tokens[1:-1], start=1):
        lettered = _LETTERED.fullmatch(token)
        if lettered or (token[0].isdigit() and token not in _NOT_NUMBERS and _NUMBER.fullmatch(token)):
            stages.append((" ".join((*tokens[:place], *tokens[place + 1 :])), _digits(token)))
            break
    if "." in name.folded and (glued := _GLUED.fullmatch(name.folded)):
        stages += [(glued[1], glued[2]), (glued[1].replace("-", " ").replace("_", " "), glued[2])]
    return tuple(stages)


def without_editions(stage: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A stage without the words at its end that say which edition it is, one less at a time, and these words."""
    tokens = stage.split(" ")
    said: list[str] = []
    while len(tokens) > 1 and (word := tokens[-1].strip("()-,")) in EDITIONS:
        said.insert(0, word)
        tokens.pop()
        while len(tokens) > 1 and tokens[-1] == "-":
            tokens.pop()
        yield " ".join(tokens), tuple(said)


def read_name(text: str) -> Name:
    """Take a display name apart."""
    cleaned = clean(text).removesuffix(".app")  # a bundle's folder
    folded = cleaned.casefold()
    tokens = folded.split(" ") if folded else []
    stages = [(folded, "")]
    number = edition = ""
    garbled = False
    while len(tokens) > 1:
        taken = _tail(tokens, numbered=bool(number))
        if taken is None:
            break
        kind, value, length = taken
        del tokens[-length:]
        while len(tokens) > 1 and (tokens[-1] == "-" or (kind in {"number", "patch"} and tokens[-1] in _ANNOUNCE)):
            del tokens[-1]
        if kind == "number":
            number = value
        elif kind == "edition":
            edition = value
        elif kind == "garbled":
            garbled = True
        stages.append((" ".join(tokens).rstrip(" -,:"), number))
    core = stages[-1][0]
    words = phrase(folded)
    return Name(
        text=cleaned,
        folded=folded,
        stages=tuple(stages),
        core=core,
        number=number,
        edition=edition,
        words=words,
        core_words=phrase(core) if len(stages) > 1 else words,
        tokens=tuple(words.split()),
        garbled=garbled,
    )


def _tail(tokens: list[str], *, numbered: bool) -> tuple[str, str, int] | None:
    """What the last words are, their value, and how many words that takes; nothing when they belong to the name."""
    last = tokens[-1]
    if last.endswith(")"):
        return _group(tokens, numbered=numbered)
    if last in _ARCHITECTURES and (last != "windows" or tokens[-2] == "for"):
        return ("architecture", last, 1) if last != "windows" else None
    if last == "bit" and tokens[-2] in {"64", "32"} and len(tokens) > 2:
        return ("architecture", last, 2)
    if last in _EDITION_WORDS:
        return ("edition", _EDITION_WORDS[last], 1)
    language = _language(tokens)
    if language is not None:
        return language
    if not numbered and _PATCH.fullmatch(last) and tokens[-2] != "-" and len(tokens) > 2:
        return ("patch", last, 1)
    if not numbered and _LETTERED.fullmatch(last):
        return ("number", last, 1)
    if last not in _NOT_NUMBERS and last[-1] != "%" and _NUMBER.fullmatch(last.rstrip(",")):
        if not numbered:
            return ("number", _digits(last), 1)
        if len(last) == 4 and last.startswith(("19", "20")):
            return ("number", last, 1)  # "Photoshop CC 2019 20.0.1": people call it by its year
    return None


def _language(tokens: list[str]) -> tuple[str, str, int] | None:
    last, before = tokens[-1], tokens[-2]
    if before == "-":
        if last in _LANGUAGES or last in _THREE_LETTERS or _LOCALE.fullmatch(last):
            return ("language", last, 2)
        if len(last) > 1 and not last.strip("?"):
            return ("garbled", last, 2)
    elif len(tokens) > 3 and tokens[-3] == "-" and last in _LANGUAGES and before in _LANGUAGES:
        return ("language", last, 3)
    return None


def _group(tokens: list[str], *, numbered: bool) -> tuple[str, str, int] | None:
    start = len(tokens) - 1
    while start > 0 and not tokens[start].startswith("("):
        start -= 1
    if start == 0:
        return None
    inner = " ".join(tokens[start:])[1:-1].replace(",", " ").split()
    length = len(tokens) - start
    if not inner:
        return ("nothing", "", length)
    if len(inner) == 1 and _NUMBER.fullmatch(inner[0]) and inner[0] not in _NOT_NUMBERS:
        if inner[0].isdigit() and len(inner[0]) == 1:
            return ("instance", inner[0], length)
        return ("number", _digits(inner[0]), length) if not numbered else ("version", inner[0], length)
    if all(word in _LANGUAGES for word in inner):
        if tokens[start - 2 : start - 1] == ["-"]:  # "- Français (French)", and "- Fran?ais (French)"
            return ("language", inner[0], length + 2)
        return ("language", inner[0], length)
    if len(inner) == 2 and inner[0] in {"version", "build", "v", "ver"} and _NUMBER.fullmatch(inner[1]):
        return ("number", _digits(inner[1]), length) if not numbered else ("version", inner[1], length)
    known = [word in _ARCHITECTURES or word in _GROUP_WORDS or bool(_LOCALE.fullmatch(word)) for word in inner]
    if all(known) or (any(known) and all(one or (len(word) == 2) for one, word in zip(known, inner, strict=True))):
        return ("architecture", inner[0], length)  # "(x64 de)"
    return None


def _digits(number: str) -> str:
    return number.rstrip(",").lstrip("v.") if number[0] in "v." else number.rstrip(",")


def _repaired(text: str) -> str:
    """A name in the wrong code page, read as what it is: "FranÃ§ais", "Fran‡ais" and "Fran\uffe7ais" are "Français"."""
    if _MOJIBAKE.search(text):
        for wrong in ("cp1252", "latin-1"):
            try:
                return text.encode(wrong).decode("utf-8")
            except UnicodeError:
                continue
    if _OEM.search(text):
        try:
            return text.encode("cp1252").decode("cp850")
        except UnicodeError:
            return text
    if _HALF_WIDTH.search(text) and not _EAST.search(text):
        return _HALF_WIDTH.sub(lambda found: bytes([ord(found[0]) & 0xFF]).decode("cp1252", "replace"), text)
    return text
