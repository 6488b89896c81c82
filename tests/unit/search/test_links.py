from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from services.search.links import adding, removing, setting

names = st.sampled_from(["q", "lang", "source", "entity", "since"])
searches = st.lists(st.tuples(names, st.text(min_size=1).filter(lambda t: t.isprintable())), max_size=6)


def asked(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query)


@given(searches, names, st.text(min_size=1).filter(lambda t: t.isprintable()))
def test_a_filter_added_can_be_taken_away_again(search: list[tuple[str, str]], name: str, value: str) -> None:
    if (name, value) not in search:
        assert asked(removing("/", asked(adding("/", search, name, value)), name, value)) == search


@given(searches, names)
def test_a_parameter_set_stands_once(search: list[tuple[str, str]], name: str) -> None:
    assert [value for other, value in asked(setting("/", search, name, "x&y=z")) if other == name] == ["x&y=z"]


def test_another_search_starts_on_its_first_page() -> None:
    here = [("q", "harbour"), ("cursor", "abc")]
    assert adding("/", here, "lang", "fa") == "/?q=harbour&lang=fa"
    assert removing("/", here, "q", "harbour") == "/"
    assert setting("/", here, "sort", "") == "/?q=harbour"
