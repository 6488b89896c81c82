"""The place that the parts of a dateline name: `Buffalo, N.Y.`, `Egypt, Cairo`, `SEOUL, South Korea`."""

from services.enricher.gazetteer import Gazetteer, Place


def resolved(places: list[str], lang: str, gazetteer: Gazetteer) -> Place | None:
    """The place that `[city, state or country ...]` names: the first part, where the others say in which country.

    Words that stand before or after a part and belong to no name (a brand that a copier injected) are left out.
    """
    parts = [part.split("/")[0].strip() for part in places]
    where: Place | None = None
    for part in parts[1:]:
        where = where or _area(part, lang, gazetteer)
    for name in trimmed(parts[0]):
        cities = gazetteer.city(name)
        if where is not None:
            inside = [city for city in cities if city.country == where.country and where.admin in ("", city.admin)]
            inside = inside or [city for city in cities if city.country == where.country]
            if inside:
                return inside[0]
        country = gazetteer.country(name, lang)
        if country is not None and (where is None or len(parts) > 1):
            for part in parts[1:]:  # `Egypt, Cairo`: the country first
                first = [city for city in gazetteer.city(part) if city.country == country.country]
                if first:
                    return first[0]
            if not cities or cities[0].population < 1_000_000 or cities[0].country == country.country:
                return country if where is None or where.country == country.country else where
        if where is not None:
            return Place("", name, "city", where.country, where.admin)
        if cities:
            return cities[0]
        region = gazetteer.region(name)
        if region is not None:
            return region
    return None


def names(name: str, place: Place, lang: str, gazetteer: Gazetteer) -> bool:
    return place in gazetteer.city(name) or place in (gazetteer.country(name, lang), gazetteer.region(name))


def _area(part: str, lang: str, gazetteer: Gazetteer) -> Place | None:
    for name in trimmed(part):
        found = gazetteer.region(name) or gazetteer.country(name, lang)
        if found is not None and found.country:
            return found
    return None


def trimmed(part: str) -> list[str]:
    """The part itself, then without one or two words at its beginning or end."""
    words = part.split()
    shorter = [words[cut:] for cut in (1, 2)] + [words[:-cut] for cut in (1, 2)]
    return [part] + [" ".join(few) for few in shorter if few and len(few) < len(words)]
