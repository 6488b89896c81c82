"""What the publisher says about use, in the page: robots meta tags and the TDM reservation protocol.

Sources: the robots exclusion protocol extension (draft-illyes-repext) and TDMRep (W3C community group report, 2024).
"""

from services.cleaner.page import Page
from services.cleaner.settings import CleanerSettings
from shared.messages import RightsSignal
from shared.outcomes import Reason, Reject

_ROBOTS = ("robots", "wireroom")  # everyone, and us by name
_SIGNALS = frozenset({"noindex", "nosnippet", "noarchive", "none", "noai", "noimageai"})


def in_page(page: Page) -> tuple[RightsSignal, ...]:
    """The signals of the page's own meta tags."""
    found = []
    for name in _ROBOTS:
        for content in page.metas.get(name, ()):
            words = {word.strip().lower() for word in content.split(",")}
            found += [RightsSignal(signal=word, value=name, origin="page") for word in sorted(words & _SIGNALS)]
    if reservation := page.meta("tdm-reservation"):
        found.append(RightsSignal(signal="tdm-reservation", value=reservation, origin="page"))
    if policy := page.meta("tdm-policy"):
        found.append(RightsSignal(signal="tdm-policy", value=policy, origin="page"))
    return tuple(found)


def allows_text(signals: tuple[RightsSignal, ...], channel: str, settings: CleanerSettings) -> bool:
    """Whether the text of an article that came through `channel` may travel on.

    Raises:
        Reject: `policy_noindex` or `policy_tdm`, as the settings say.
    """
    if channel not in settings.policy_channels:
        return True
    if settings.policy_noindex == "reject":
        for signal in signals:
            if signal.signal in ("noindex", "none"):
                raise Reject(Reason.POLICY_NOINDEX, f"{signal.signal} in {signal.origin} {signal.value}".strip())
    reserved = any(signal.signal == "tdm-reservation" and signal.value.strip() == "1" for signal in signals)
    if reserved and settings.policy_tdm == "reject":
        raise Reject(Reason.POLICY_TDM, "tdm-reservation: 1")
    return not (reserved and settings.policy_tdm == "drop_text")
