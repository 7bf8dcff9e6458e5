"""One attempt to deliver a letter by mail."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.channels.discovery import Options
from milepost.channels.email.mail import check_address, mail_of
from milepost.channels.email.smtp import Mailer, SmtpSettings
from milepost.channels.personal import PersonalChannel
from milepost.engine.delivery import Answer
from milepost.engine.notifying import Letter

SCHEME = "mailto:"


class Email(PersonalChannel):
    """See `engine.delivery.Channel`."""

    name = "email"
    settings_type = SmtpSettings

    def __init__(self, options: Options) -> None:
        self._mailer = Mailer(allow_private=options.allow_private_targets)

    def check_target(self, url: str) -> None:
        if not url.startswith(SCHEME):
            raise ValueError("url: must be mailto: and a mail address")
        try:
            check_address(url.removeprefix(SCHEME))
        except ValueError as error:
            raise ValueError(f"url: {error}") from None

    async def deliver(self, letter: Letter, settings: Mapping[str, Any], message: str) -> Answer:
        start = time.perf_counter()
        known = msgspec.convert(settings, SmtpSettings)
        answer = await self._mailer.send(known, letter.to, mail_of(letter, known, message))
        return replace(answer, duration_ms=round((time.perf_counter() - start) * 1000))

    async def close(self) -> None:
        self._mailer.close()


def build(options: Options) -> Email:
    return Email(options)
