"""Invented machines for tests: answers read from case files, folders that look like a root, fake tools."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.probe import Call, Command, Files, Question, RegistryKeys, Several, Tree
from agents.registry import registry_keys

HEAD = re.compile(r"^==> (\S+)(?: (hex|!denied|exists|-> (\S+)))? <==$", re.MULTILINE)
PART = re.compile(r"^=== .*$\n?", re.MULTILINE)


def answer_of(question: Question, raw: bytes) -> Any:
    """The answer that a case file holds; a registry's may be UTF-16, as Windows exports it."""
    return (
        registry_keys(RegText(raw), question.path)
        if isinstance(question, RegistryKeys)
        else _text(question, raw.decode())
    )


def _text(question: Question, raw: str) -> Any:
    """The answer that a case file holds: a tool's output, JSON of a call, or files as `head` prints several.

    Parts of `Several` stand below lines that begin with `===`; a part that is only `(none)` could not be asked.
    """
    if isinstance(question, Several):
        parts = PART.split(raw)[1:]
        assert len(parts) == len(question.questions), "one part of the case for each question"
        pairs = zip(question.questions, parts, strict=True)
        return tuple(None if part.strip() == "(none)" else _text(one, part) for one, part in pairs)
    if isinstance(question, Command):
        return raw
    if isinstance(question, Call):
        return json.loads(raw)
    if isinstance(question, Files):
        return tree(raw)
    raise AssertionError(f"no case can hold the answer to {question}")


def tree(raw: str) -> Tree:
    """Files from blocks that begin with `==> path <==`, then `hex`, `!denied`, `exists` or `-> target`."""
    pieces = HEAD.split(raw)
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    names, denied = set(), set()
    for path, mark, target, body in zip(pieces[1::4], pieces[2::4], pieces[3::4], pieces[4::4], strict=True):
        if mark is None:
            files[path] = body.strip("\n").encode()
        elif mark == "hex":
            files[path] = bytes.fromhex(body)
        elif mark == "!denied":
            denied.add(path)
        elif mark == "exists":
            names.add(path)
        else:
            links[path] = target
    return Tree(files, links, frozenset(names), tuple(sorted(denied)))


def plant(root: Path, raw: str) -> None:
    """The same blocks as real files below a folder."""
    found = tree(raw)
    for path, content in found.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    for path, target in found.links.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(target)
    for path in found.names:
        (root / path).mkdir(parents=True, exist_ok=True)


def tool(folder: Path, name: str, script: str) -> None:
    """A fake tool."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


class RegText:
    """A registry from the text of `reg export`; what stands under WOW6432Node is the 32-bit half."""

    KEY = re.compile(r"^\[(HKEY_[A-Z_]+)\\?(.*)\]$")
    VALUE = re.compile(r'^"((?:[^"\\]|\\.)*)"=(?:"((?:[^"\\]|\\.)*)"|dword:([0-9a-f]{8})|hex\(2\):([0-9a-f,]*))$')

    def __init__(self, content: bytes) -> None:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        self.all: dict[tuple[str, str], dict[str, str | int]] = {}
        values: dict[str, str | int] = {}
        for line in text.replace("\\\r\n  ", "").replace("\\\n  ", "").splitlines():
            if key := self.KEY.match(line):
                values = self.all.setdefault((key[1], key[2].upper()), {"": key[2].rsplit("\\", 1)[-1]})
            elif value := self.VALUE.match(line):
                values[re.sub(r"\\(.)", r"\1", value[1])] = self.typed(value)

    @staticmethod
    def typed(value: "re.Match[str]") -> str | int:
        if value[3]:
            return int(value[3], 16)
        if value[4]:
            return bytes.fromhex(value[4].replace(",", "")).decode("utf-16-le").rstrip("\0")
        return re.sub(r"\\(.)", r"\1", value[2])

    def place(self, path: str, view: int) -> str:
        path = path.upper()
        return path.replace("SOFTWARE\\", "SOFTWARE\\WOW6432NODE\\", 1) if view == 32 else path

    def keys(self, hive: str, path: str, view: int) -> tuple[str, ...]:
        prefix = self.place(path, view) + ("\\" if path else "")
        below = {key[len(prefix) :].split("\\")[0] for h, key in self.all if h == hive and key.startswith(prefix)}
        if not below:
            raise FileNotFoundError(path)
        full = {name: self.all.get((hive, prefix + name), {}).get("", name) for name in below}
        return tuple(sorted(str(name) for name in full.values()))

    def values(self, hive: str, path: str, view: int) -> Mapping[str, str | int]:
        try:
            return {name: value for name, value in self.all[hive, self.place(path, view)].items() if name}
        except KeyError:
            raise FileNotFoundError(path) from None
