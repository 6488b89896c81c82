"""A stage's counters exist before anything has happened, so that the first rejection is an increase."""

from prometheus_client import REGISTRY

from shared.observe.record import begin
from shared.outcomes import Reason


def test_every_reason_and_outcome_is_there_at_zero():
    begin("brand-new-stage")
    for reason in Reason:
        labels = {"stage": "brand-new-stage", "reason": str(reason)}
        assert REGISTRY.get_sample_value("wireroom_rejected_total", labels) == 0
    for outcome in ("passed", "rejected"):
        labels = {"stage": "brand-new-stage", "outcome": outcome}
        assert REGISTRY.get_sample_value("wireroom_messages_total", labels) == 0
