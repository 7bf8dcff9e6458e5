"""One attempt to deliver a letter as a text message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.channels.discovery import Options
from milepost.channels.guarded import Outward
from milepost.channels.personal import PersonalChannel
from milepost.channels.sms.gateway import GatewaySettings, check_phone, problems, request_of
from milepost.engine.delivery import Answer
from milepost.engine.notifying import Letter

SCHEME = "tel:"
LONGEST_TEXT = 480


class Sms(PersonalChannel):
    """See `engine.delivery.Channel`."""

    name = "sms"
    settings_type = GatewaySettings

    def __init__(self, options: Options) -> None:
        self._outward = Outward(options)

    def check_target(self, url: str) -> None:
        if not url.startswith(SCHEME):
            raise ValueError("url: must be tel: and a phone number")
        try:
            check_phone(url.removeprefix(SCHEME))
        except ValueError as error:
            raise ValueError(f"url: {error}") from None

    def check_settings(self, settings: GatewaySettings) -> None:
        """Raises ValueError where the gateway cannot be called like that."""
        self._outward.check_url(settings.url.replace("{{", "").replace("}}", "").replace(" ", ""))
        for problem in problems(settings):
            raise ValueError(problem)

    async def deliver(self, letter: Letter, settings: Mapping[str, Any], message: str) -> Answer:
        known = msgspec.convert(settings, GatewaySettings)
        text = text_of(letter)
        one = request_of(known, letter.to, text, message)
        answer = await self._outward.send(one.method, one.url, one.headers, one.body)
        if answer.error is None and known.refused and re.search(known.refused, answer.response):
            return replace(answer, error="The gateway refused it.", schedule_s=())
        code = answer.code or 0
        if 400 <= code < 500 and code not in (401, 403, 408, 429):
            return replace(answer, schedule_s=())
        return answer

    async def close(self) -> None:
        await self._outward.close()


def text_of(letter: Letter) -> str:
    """One line, with the address of the page last."""
    said = f"{letter.brand}: {letter.short}"[:LONGEST_TEXT]
    return f"{said} {letter.url}" if letter.url and not letter.code else said


def build(options: Options) -> Sms:
    return Sms(options)
