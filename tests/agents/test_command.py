"""`labfleet-agent` as a person or a service meets it: output, exit status, what it loads."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from agents import VERSION
from agents.__main__ import main
from agents.report import Gpu, Hardware, digest
from agents.show import render, size, storage
from tests.agents import recorded
from tests.agents.server import problem, serving

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "agents", *arguments],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )


def test_show_json_is_one_canonical_document() -> None:
    done = run("show", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    report = json.loads(done.stdout)
    assert report["agent_version"] == VERSION
    again = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    assert digest(again) == digest(done.stdout)


@pytest.mark.parametrize("locale", ["C", "POSIX", "tr_TR.ISO-8859-9", "no_SUCH.locale", "ja_JP.SJIS"])
def test_an_odd_locale_changes_nothing(locale: str) -> None:
    done = run("show", LC_ALL=locale, LANG=locale, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0, done.stderr
    assert b"Processor" in done.stdout


def test_a_report_for_people() -> None:
    text = render(recorded.report())
    assert re.search(r"^Memory +16 GB$", text, re.MULTILINE)
    assert "NVIDIA GeForce RTX 3060, 12 GB (nvidia-smi)" in text
    assert 'DELL P2419H 1920×1080 23.8"' in text
    assert "3 entries: 1 desktop, 1 dpkg, 1 flatpak" in text
    assert "Could not be asked:\n  displays: card0-DP-1: EDID with a wrong checksum\n" in text
    assert "TPM" in text


def test_unknown_is_shown_as_unknown_and_none_as_none() -> None:
    unknown = render(recorded.report(hardware={"unasked": ["gpus", "disks"]}))
    assert re.search(r"^Graphics +\?$", unknown, re.MULTILINE)
    known = render(recorded.report(hardware={"battery": False}))
    assert re.search(r"^Graphics +none$", known, re.MULTILINE)
    assert re.search(r"^Battery +none$", known, re.MULTILINE)
    assert Hardware(gpus=(Gpu("x"),)) != Hardware()


def test_sizes_are_humane() -> None:
    assert [size(count) for count in (None, 5 << 20, 3 << 30, 24 << 30, 2000 << 30)] == [
        "?",
        "5 MB",
        "3.0 GB",
        "24 GB",
        "2,000 GB",
    ]


def test_disks_are_shown_as_they_are_sold() -> None:
    found = [storage(count) for count in (None, 999, 1_500_000, 274_877_906_944, 1_000_204_886_016)]
    assert found == ["?", "999 B", "1.5 MB", "275 GB", "1 TB"]


def test_once_says_one_line_and_its_status(tmp_path: Path) -> None:
    with serving() as stub:
        settings = {"LABFLEET_AGENT_SERVER": stub.address, "LABFLEET_AGENT_SECRET": "site-secret"}
        done = run("once", "--state", str(tmp_path), **settings)
        assert (done.returncode, done.stdout, done.stderr) == (
            0,
            f"enrolled; delivered to {stub.address}\n".encode(),
            b"",
        )
        assert run("once", "--state", str(tmp_path), **settings).stdout == f"delivered to {stub.address}\n".encode()
        stub.answer = lambda _: problem(503, "busy")
        late = run("once", "--state", str(tmp_path), **settings)
        assert (late.returncode, late.stdout) == (
            1,
            b"not delivered, kept for later: 503 it is busy (hint: mend busy)\n",
        )
        assert b"site-secret" not in done.stdout + done.stderr + late.stdout + late.stderr


def test_a_mistake_is_a_line_and_a_hint(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["once", "--config", str(tmp_path / "none.toml")]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'none.toml'}: no such file\n"
    (tmp_path / "empty.toml").touch()
    assert main(["once", "--config", str(tmp_path / "empty.toml")]) == 1
    assert capsys.readouterr().err.startswith("error: no server is set\nhint: ")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["once", "--secret", "x"]])
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_enrol_keeps_a_credential(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("site-secret")
    (tmp_path / "secret").chmod(0o600)
    with serving() as stub:
        done = run(
            "enrol", "--server", stub.address, "--secret-file", str(tmp_path / "secret"), "--state", str(tmp_path / "s")
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == f"enrolled; the credential is in {tmp_path / 's' / 'credential.json'}\n"


def test_the_version_is_the_projects() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_show_loads_the_standard_library_and_psutil_and_neither_http_nor_tls() -> None:
    code = (
        "import sys, json; from agents.__main__ import main; main(['show', '--json']);"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, cwd=ROOT, env=paths(), check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stderr)}
    assert loaded - sys.stdlib_module_names - {"__main__", "agents", "psutil"} == set()
    assert not {"ssl", "http", "email", "asyncio", "tomllib"} & loaded


def test_all_of_the_agent_loads_the_standard_library_and_psutil_only() -> None:
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("agents/**/*.py")]
    code = "import sys, importlib, json\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code, *modules], capture_output=True, cwd=ROOT, env=paths(), check=True
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert loaded - sys.stdlib_module_names - {"__main__", "agents", "psutil"} == set()


def paths() -> dict[str, str]:
    """Without `site`, so that nothing of the environment's start-up files is counted as ours."""
    import psutil

    return {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(psutil.__file__).parents[1])]),
        "PATH": os.environ["PATH"],
    }
