"""Timetables and rosters of schools, reduced to sections with headcounts as they are read; never a student."""
