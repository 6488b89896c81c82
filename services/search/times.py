"""Times as people read them. Ours are shown in UTC, a publisher's with the offset that the page gave."""

from datetime import date, datetime, timedelta

from shared.messages import PageTime


def day(moment: date) -> str:
    """`22 Nov 2026`."""
    return f"{moment.day} {moment:%b %Y}"


def instant(moment: datetime) -> str:
    """`22 Nov 2026, 08:30 UTC`, or with the offset of a time that is not UTC."""
    offset = moment.utcoffset()
    zone = "UTC" if offset is None or offset == timedelta(0) else f"{moment:%z}"
    if zone != "UTC":
        zone = f"{zone[:3]}:{zone[3:5]}"
    return f"{day(moment)}, {moment:%H:%M} {zone}"


def page_time(given: PageTime) -> str:
    """A time as a page gave it; a bare day stays a day, and what is no date of the calendar is shown as it stands."""
    try:
        return day(date.fromisoformat(given)) if len(given) == 10 else instant(datetime.fromisoformat(given))
    except ValueError:
        return given


def span(seconds: float) -> str:
    """A length of time in one unit: `0.4 ms`, `850 ms`, `12 s`, `3 min`, `5 h`, `2 d`."""
    if 0 < seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    for limit, unit, size in ((1, "ms", 0.001), (120, "s", 1), (7200, "min", 60), (172800, "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"
