"""What was learnt of the district's timetables: schools, courses and locations, in and out of the database."""

from sqlmodel import Session, col, select

from licenses.roster.placing import Learnt
from licenses.rows import CourseRow, LocationRow, SchoolRow


def learnt(session: Session) -> Learnt:
    """All that mapping files said so far."""
    return Learnt(
        schools={row.school: row.site for row in session.exec(select(SchoolRow))},
        courses={row.code: (row.pathway, row.course) for row in session.exec(select(CourseRow))},
        rooms={(row.site, row.location): row.lab_id for row in session.exec(select(LocationRow))},
    )


def learn(session: Session, new: Learnt) -> None:
    """Keep what a mapping file says; what it says otherwise than before is replaced."""
    for school, site in new.schools.items():
        session.merge(SchoolRow(school=school, site=site))
    for code, (pathway, course) in new.courses.items():
        session.merge(CourseRow(code=code, pathway=pathway, course=course))
    for (site, location), lab_id in new.rooms.items():
        known = select(LocationRow).where(col(LocationRow.site) == site, col(LocationRow.location) == location)
        row = session.exec(known).first() or LocationRow(site=site, location=location, lab_id=lab_id)
        row.lab_id = lab_id
        session.add(row)
    session.flush()
