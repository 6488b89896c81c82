"""How a message can end: the closed sets of reasons that become metric labels."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Reason(StrEnum):
    """Why an article was parked. Content reasons only: trouble around us never parks."""

    UNDECODABLE = "undecodable"  # the message is not a valid message of its topic
    TOO_LARGE = "too_large"  # the encoded message is over 8 MiB
    TIMEOUT = "timeout"  # one document took longer than its deadline
    CRASHED = "crashed"  # one document killed its worker, or raised what no one expected
    OUT_OF_MEMORY = "out_of_memory"  # one document went over the worker's memory limit
    HTML_LIMITS = "html_limits"  # nesting, attributes, elements or embedded data beyond the documented limits
    CHARSET = "charset"  # unknown or refused charset, or too many undecodable bytes
    MEDIA_TYPE = "media_type"  # neither HTML nor plain text
    EMPTY = "empty"  # no text at all
    NO_ARTICLE = "no_article"  # text, but none that reads like an article
    POLICY_NOINDEX = "policy_noindex"  # the publisher asked not to index
    POLICY_TDM = "policy_tdm"  # the publisher reserved text and data mining
    UNMAPPABLE = "unmappable"  # the search index refused the document


class Refusal(StrEnum):
    """Why a URL that was found did not become an article."""

    ADDRESS = "address"  # the address guard denied it
    ROBOTS = "robots"  # robots.txt disallows it, or could not be had
    HTTP_STATUS = "http_status"  # a final answer that is neither a page nor gone
    REDIRECTS = "redirects"  # too many, or in a circle
    TOO_LARGE = "too_large"  # over the wire or decoded cap
    ENCODING = "encoding"  # unknown, chained or broken Content-Encoding
    MEDIA_TYPE = "media_type"
    CHARSET = "charset"
    TIMEOUT = "timeout"
    NETWORK = "network"  # name, connection or TLS failure, retries used up
    POLICY_NOINDEX = "policy_noindex"
    POLICY_TDM = "policy_tdm"


class Reject(Exception):
    """Raised by a stage: this article, as it is, can never pass. `detail` is for people and is never a label."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["Reject"], tuple[Reason, str]]:
        return Reject, (self.reason, self.detail)


@dataclass(frozen=True, slots=True)
class Done:
    """What one stage did with one message. `out` is set exactly when `outcome` is `passed`."""

    stage: str
    outcome: Literal["passed", "rejected"]
    out: bytes | None = None
    reason: Reason | None = None
    detail: str = ""
    article_id: str = ""
    revision: int = 0
    generation: int = 1
    url: str = ""
    seconds: float = 0.0  # wall time of the whole step
