"""The agenda gives the origin whose time has come first."""

from services.fetcher.agenda import Agenda


def test_the_earliest_comes_first_and_only_when_its_time_has_come():
    agenda = Agenda()
    agenda.put("b", 2.0)
    agenda.put("a", 1.0)
    assert agenda.take(0.5) is None
    assert agenda.next_at() == 1.0
    assert [agenda.take(2.0), agenda.take(2.0), agenda.take(2.0)] == ["a", "b", None]
    assert agenda.next_at() is None


def test_a_new_time_replaces_the_old():
    agenda = Agenda()
    agenda.put("a", 1.0)
    agenda.put("a", 5.0)
    assert agenda.take(2.0) is None
    agenda.put("a", 0.0)
    assert agenda.take(2.0) == "a"
    assert agenda.take(9.0) is None
