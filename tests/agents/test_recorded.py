"""What a released agent version sent is understood for ever."""

import json

from agents.report import Section, canonical, digest, plain, sections
from tests.agents import recorded


def test_the_first_versions_report_is_read_and_said_again_in_the_same_words() -> None:
    report = recorded.report()
    assert {**plain(report), "schema": report.schema} == recorded.body()
    assert json.loads(canonical(report)) == plain(report)


def test_its_digests_stay_what_they_were() -> None:
    """A change here makes every server ask every agent for everything again: raise `SCHEMA` and say so."""
    digests = {section: digest(canonical(part))[:16] for section, part in sections(recorded.report()).items()}
    assert digests == {
        Section.HARDWARE: "92cf866f2d75d505",
        Section.SYSTEM: "719febb0ccb0903b",
        Section.SOFTWARE: "14066068231a6026",
    }
