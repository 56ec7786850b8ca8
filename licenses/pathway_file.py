"""Reads the pathways: ours from `pathways/`, and the district's own, which replace ours of the same code."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.report import DiskKind, Platform
from inventory.releases import VersionRange
from inventory.table_file import Problem
from inventory.toml_file import Fields, nearest, open_toml, raise_problems, toml_files
from licenses.mark_file import mark_of, read_marks
from licenses.marks import Mark
from licenses.pathway import (
    Alternative,
    BuiltIn,
    Certification,
    Course,
    CourseLevel,
    HardwareFloor,
    Kind,
    Level,
    Pathway,
    Purpose,
    Quota,
    TitleNeed,
)

OURS = Path(__file__).parent / "pathways"


def load_pathways(extra: Path | None = None, *, titles: Collection[str]) -> tuple[Pathway, ...]:
    """The pathways by code. `titles` are the ids in the catalog; `extra` is a folder that may not exist.

    Raises `DataFileProblems` with one line for each problem of all the files.
    """
    problems: list[Problem] = []
    ours = _folder(OURS, titles, problems)
    theirs = _folder(extra, titles, problems)
    raise_problems(problems)
    return tuple(pathway for _, pathway in sorted({**ours, **theirs}.items()))


def _folder(folder: Path | None, titles: Collection[str], problems: list[Problem]) -> dict[str, Pathway]:
    pathways: dict[str, Pathway] = {}
    for path in toml_files(folder):
        before = len(problems)
        fields = open_toml(path, problems)
        if len(problems) > before:
            continue
        pathway = _Reader(fields, read_marks(fields), titles).pathway()
        fields.close()
        if len(problems) == before:
            _require_needs(fields, pathway)
        if pathway.code in pathways:
            fields.refuse("code", f"another file has pathway {pathway.code!r} too", "keep one of the two")
        pathways[pathway.code] = pathway
    return pathways


def _require_needs(fields: Fields, pathway: Pathway) -> None:
    """A lab without the very title of an exam must not pass for it because nobody wrote the need down."""
    for number, one in enumerate(pathway.certifications, start=1):
        asked = {title for need in pathway.needs if one.id in need.certifications for title in need.titles}
        for title in one.titles:
            if title not in asked:
                hint = f'add a need of it, with purpose = "exam" and certifications = ["{one.id}"]'
                fields.refuse(f"certifications[{number}]", f"{one.id} is about {title}, and no need asks for it", hint)


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Fields
    marks: Mapping[str, Mark]
    titles: Collection[str]

    def pathway(self) -> Pathway:
        fields = self.fields
        courses = tuple(self._course(entry) for entry in fields.tables("courses"))
        certifications = tuple(self._certification(entry) for entry in fields.tables("certifications"))
        self._once("courses", [course.code for course in courses])
        self._once("certifications", [certification.id for certification in certifications])
        quotas = tuple(self._quota(entry) for entry in fields.tables("quotas"))
        self._once("quotas", [quota.id for quota in quotas])
        if not fields.texts("platforms"):
            fields.refuse("platforms", "names no system that the pathway can be taught on")
        codes = {course.code for course in courses}
        ids = {certification.id for certification in certifications}
        needs = tuple(self._need(entry, codes, ids) for entry in fields.tables("needs"))
        return Pathway(
            code=fields.text("code"),
            name=fields.text("name"),
            sector=fields.text("sector"),
            platforms=fields.choices("platforms", Platform),
            courses=courses,
            certifications=certifications,
            needs=needs,
            floor=self._floor(fields.table("floor")),
            preferred=self._floor(fields.table("preferred")),
            quotas=quotas,
            mark=mark_of(fields, self.marks),
        )

    def _once(self, name: str, keys: list[str]) -> None:
        for key in sorted({key for key in keys if keys.count(key) > 1 and key}):
            self.fields.refuse(name, f"{key!r} stands there twice")

    def _course(self, entry: Fields) -> Course:
        return Course(entry.text("code"), entry.text("name"), entry.choice("level", CourseLevel))

    def _certification(self, entry: Fields) -> Certification:
        return Certification(
            id=entry.text("id"),
            name=entry.text("name"),
            issuer=entry.text("issuer"),
            delivery=entry.text("delivery"),
            titles=entry.texts("titles", known=self.titles, noun="title in the catalog"),
            systems=entry.choices("systems", Platform),
            note=entry.text("note", ""),
            mark=mark_of(entry, self.marks),
        )

    def _need(self, entry: Fields, courses: Collection[str], certifications: Collection[str]) -> TitleNeed:
        """A need names one `title`, or a list of alternatives in `any_of`."""
        if entry.has("any_of") == entry.has("title"):
            entry.refuse("title", "a need names one title, or alternatives in any_of", "write one of the two keys")
            entry.ignore("title", "any_of", "from", "to", "exists_on")
            any_of: tuple[Alternative, ...] = ()
        elif entry.has("title"):
            any_of = (self._alternative(entry),)
        else:
            any_of = tuple(self._alternative(one) for one in entry.tables("any_of"))
            if not any_of:
                entry.refuse("any_of", "holds no alternative")
        named = entry.texts("certifications", known=certifications, noun="certification")
        need = TitleNeed(
            any_of=any_of,
            level=entry.choice("level", Level),
            purpose=entry.choice("purpose", Purpose, Purpose.TEACH),
            kind=entry.choice("kind", Kind, Kind.STATION),
            platforms=entry.choices("platforms", Platform),
            courses=entry.texts("courses", known=courses, noun="course"),
            certifications=named,
            why=entry.text("why", ""),
            mark=mark_of(entry, self.marks),
        )
        if named and need.purpose is Purpose.TEACH:
            entry.refuse("certifications", "only a need of an exam has them", 'write purpose = "exam"')
        return need

    def _alternative(self, entry: Fields) -> Alternative:
        title = entry.text("title")
        if title and title not in self.titles:
            entry.refuse("title", f"there is no title {title!r} in the catalog", nearest(title, self.titles))
        versions = VersionRange(entry.text("from", ""), entry.text("to", ""))
        if versions.minimum and versions.maximum and versions.holds(versions.minimum) is False:
            entry.refuse("to", f"{versions.maximum} is before {versions.minimum}")
        return Alternative(title, versions, entry.choices("exists_on", Platform))

    def _floor(self, entry: Fields) -> HardwareFloor:
        display = entry.text("display", "")
        width, cross, height = display.partition("x")
        if display and not (cross and width.isdecimal() and height.isdecimal()):
            entry.refuse("display", f"{display!r} is not a size in pixels", 'write it as "1920x1080"')
            display = ""
        return HardwareFloor(
            memory=entry.size("memory"),
            cores=entry.number("cores", 0, most=1024) or None,
            mhz=entry.number("mhz", 0, most=20_000) or None,
            vram=entry.size("vram"),
            unified_memory=entry.size("unified_memory"),
            free_disk=entry.size("free_disk"),
            disk_kinds=entry.choices("disk_kinds", DiskKind),
            display=(int(width), int(height)) if display else None,
            virtualization=entry.flag("virtualization", default=False),
            why=entry.text("why", ""),
            mark=mark_of(entry, self.marks),
        )

    def _quota(self, entry: Fields) -> Quota:
        quota = Quota(
            id=entry.text("id"),
            name=entry.text("name"),
            titles=entry.texts("titles", known=self.titles, noun="title in the catalog"),
            built_in=tuple(
                BuiltIn(one.text("name"), one.choice("platform", Platform), one.text("from_build", ""))
                for one in entry.tables("built_in")
            ),
            accessible_station=entry.flag("accessible_station", default=False),
            at_least=entry.number("at_least", least=1, most=1000),
            percent=entry.number("percent", 0, most=100),
            level=entry.choice("level", Level),
            why=entry.text("why", ""),
            mark=mark_of(entry, self.marks),
        )
        if not (quota.titles or quota.built_in or quota.accessible_station):
            entry.refuse("titles", "nothing could ever meet this quota", "name titles, built_in or accessible_station")
        return quota
