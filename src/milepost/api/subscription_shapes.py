"""What `/v1/subscriptions` takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from milepost.engine.announce import TOPICS
from milepost.engine.delivery import Subscription
from milepost.engine.dialects import called

Topic = Literal[
    "shipment.status_changed", "shipment.event_added", "alert.opened", "alert.cleared",
    "case.opened", "case.step_added", "case.deadline_passed", "case.closed",
]  # fmt: skip
assert set(Topic.__args__) == set(TOPICS)  # type: ignore[attr-defined]
Topics = Annotated[list[Topic], Meta(min_length=1, max_length=20)]
MOST_ON_A_PAGE = 200


class NewSubscription(Struct, forbid_unknown_fields=True):
    """`events`: all unless given. `number`: only this one. `secret`: made unless given.

    `url` is `mailto:` an address or `tel:` a number where the channel is mail or text message.
    """

    url: Annotated[str, Meta(min_length=1, max_length=2048)]
    channel: Literal["webhook", "email", "sms"] = "webhook"
    events: Topics | None = None
    number: str | None = None
    secret: str | None = None


class SubscriptionChange(Struct, forbid_unknown_fields=True):
    """What is given is changed. `number` null: all numbers. `active` true switches it on again."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)] | UnsetType = UNSET
    events: Topics | UnsetType = UNSET
    number: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


class SubscriptionQuery(Struct):
    """Paging, and `dialect`: those that clients of this vendor made, in place of our own."""

    dialect: Annotated[str, Meta(pattern="^[a-z0-9_]{1,40}$")] | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)] = 50
    cursor: Annotated[str, Meta(pattern="^[0-9]{1,18}$")] | None = None


class SubscriptionAnswer(Struct):
    """A subscription. `disabled_why`: what made us switch it off."""

    id: str
    channel: str
    url: str
    events: list[str]
    number: str | None
    active: bool
    disabled_why: str | None
    failing_since: datetime | None
    created_at: datetime
    dialect: str | None


class SubscriptionWithSecret(SubscriptionAnswer):
    """The secret is shown here and never again."""

    secret: str


class SubscriptionPage(Struct):
    """One page, oldest first; `next` is the cursor of the following page."""

    subscriptions: list[SubscriptionAnswer]
    next: str | None


class TestAnswer(Struct):
    """How the receiver took a test message. `error` is null where it was taken."""

    message_id: str
    delivered: bool
    code: int | None
    error: str | None
    response: str
    duration_ms: int


def shown(one: Subscription) -> SubscriptionAnswer:
    return SubscriptionAnswer(**_fields(one))


def with_secret(one: Subscription) -> SubscriptionWithSecret:
    return SubscriptionWithSecret(**_fields(one), secret=one.secrets[0])


def _fields(one: Subscription) -> dict[str, Any]:
    names = SubscriptionAnswer.__struct_fields__
    found = {name: getattr(one, name) for name in names}
    return found | {"id": str(one.id), "dialect": called(one.dialect)}
