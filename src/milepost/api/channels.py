"""`/v1/channels`: how a tenant's mail and text messages are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta, Struct

from milepost.web.endpoint import Call, Endpoint
from milepost.web.problems import ProblemError

DOTS = "••••••"
_HIDDEN = ("password", "headers", "body", "ca_pem")
Text = Annotated[str, Meta(max_length=2_000)]


class ChannelPut(Struct, forbid_unknown_fields=True):
    """`settings` as docs/notifications.md has them for each channel."""

    settings: dict[str, Any]


class ChannelAnswer(Struct):
    """A channel that is set up; secrets are only told as dots."""

    channel: str
    settings: dict[str, Any]


class ChannelPage(Struct):
    channels: list[ChannelAnswer]


class ChannelTest(Struct, forbid_unknown_fields=True):
    """`to`: your own mail address or phone number."""

    to: Annotated[str, Meta(min_length=3, max_length=254)]


class ChannelTested(Struct):
    delivered: bool
    code: int | None
    error: str | None
    response: str


class SettingsStore(Protocol):
    async def of(self, tenant: int, channel: str) -> dict[str, Any] | None: ...
    async def put(self, tenant: int, channel: str, settings: Mapping[str, Any]) -> None: ...
    async def delete(self, tenant: int, channel: str) -> bool: ...
    async def channels(self, tenant: int) -> list[str]: ...


class ChannelRooms(Struct):
    """`check` raises ValueError for settings that cannot work; `test` sends one message now."""

    store: SettingsStore
    names: tuple[str, ...]
    check: Callable[[str, Mapping[str, Any]], None]
    test: Callable[[int, str, str], Awaitable[ChannelTested]]


def endpoints(rooms: ChannelRooms) -> list[Endpoint]:
    def on(handler: Any, **given: Any) -> Endpoint:
        return Endpoint(handler=partial(handler, rooms), tag="channels", **given)

    one = "/v1/channels/{channel}"
    return [
        on(page, method="GET", path="/v1/channels", summary="The channels that are set up",
           answer=ChannelPage),
        on(put, method="PUT", path=one, summary="Set up a channel", scope="write",
           body=ChannelPut, answer=ChannelAnswer, answers=(404, 422)),
        on(show, method="GET", path=one, summary="How a channel is set up",
           answer=ChannelAnswer, answers=(404,)),
        on(delete, method="DELETE", path=one, summary="Forget how a channel is set up",
           scope="write", status=204, answers=(404,)),
        on(test, method="POST", path=one + "/test", summary="Send yourself a message now",
           scope="write", body=ChannelTest, answer=ChannelTested, answers=(404, 422)),
    ]  # fmt: skip


async def page(rooms: ChannelRooms, call: Call) -> ChannelPage:
    tenant = call.caller.tenant
    names = await rooms.store.channels(tenant)
    return ChannelPage([await _answer(rooms, tenant, name) for name in names])


async def put(rooms: ChannelRooms, call: Call) -> ChannelAnswer:
    wanted: ChannelPut = call.body
    name, tenant = _name(rooms, call), call.caller.tenant
    before = await rooms.store.of(tenant, name) or {}
    given = {key: _kept(key, value, before) for key, value in wanted.settings.items()}
    try:
        rooms.check(name, given)
    except (msgspec.ValidationError, ValueError) as error:
        raise ProblemError(422, f"settings: {error}") from None
    await rooms.store.put(tenant, name, given)
    return await _answer(rooms, tenant, name)


async def show(rooms: ChannelRooms, call: Call) -> ChannelAnswer:
    return await _answer(rooms, call.caller.tenant, _name(rooms, call))


async def delete(rooms: ChannelRooms, call: Call) -> None:
    if not await rooms.store.delete(call.caller.tenant, _name(rooms, call)):
        raise _absent()


async def test(rooms: ChannelRooms, call: Call) -> ChannelTested:
    wanted: ChannelTest = call.body
    name = _name(rooms, call)
    if await rooms.store.of(call.caller.tenant, name) is None:
        raise _absent()
    try:
        return await rooms.test(call.caller.tenant, name, wanted.to)
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


def _kept(key: str, value: Any, before: Mapping[str, Any]) -> Any:
    """Dots that come back stand for the secret that is there."""
    return before.get(key) if value == DOTS and key in _HIDDEN else value


async def _answer(rooms: ChannelRooms, tenant: int, name: str) -> ChannelAnswer:
    found = await rooms.store.of(tenant, name)
    if found is None:
        raise _absent()
    shown = {key: DOTS if key in _HIDDEN and value else value for key, value in found.items()}
    return ChannelAnswer(name, shown)


def _name(rooms: ChannelRooms, call: Call) -> str:
    name = call.path("channel")
    if name not in rooms.names:
        raise ProblemError(404, f"There is no such channel; there are {', '.join(rooms.names)}.")
    return name


def _absent() -> ProblemError:
    return ProblemError(404, "This channel is not set up.")
