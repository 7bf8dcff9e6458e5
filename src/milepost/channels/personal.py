"""What channels that speak to people share: a letter is asked for when it is sent, never before, so
that no address and no text with personal data ever lies in the queue.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from milepost.engine.delivery import Answer, Message, Subscription
from milepost.engine.notifying import Letter, Letters, Unwanted


class PersonalChannel(ABC):
    """See `engine.delivery.Channel`. `letters` is given by the roof once it is there."""

    name: str
    letters: Letters | None = None

    @abstractmethod
    async def deliver(self, letter: Letter, settings: Mapping[str, Any], message: str) -> Answer:
        """One try to bring a letter to its `to`; `message` is the same at every try."""

    def check_secret(self, secret: str) -> None:
        raise ValueError("secret: this channel signs nothing")

    def new_secret(self) -> str:
        return secrets.token_urlsafe(24)

    async def send(self, subscription: Subscription, message: Message) -> Answer:
        if self.letters is None:
            return Answer(error="The server is starting.")
        letter = await self.letters.write(subscription, message)
        if isinstance(letter, Unwanted):
            return Answer(error=letter.why, gone=True) if letter.gone else _nothing(letter)
        settings = await self.settings(self.letters, subscription.tenant)
        if settings is None:
            return Answer(error=f"The channel '{self.name}' is not set up.")
        answer = await self.deliver(letter, settings, message.id)
        if answer.error is None:
            await self.letters.sent(subscription, letter)
        elif answer.schedule_s is None and letter.schedule_s is not None:
            answer = replace(answer, schedule_s=letter.schedule_s)
        return answer

    async def settings(self, letters: Letters, tenant: int) -> Mapping[str, Any] | None:
        """How the tenant's channel is set up."""
        return await letters.settings(tenant, self.name)

    @abstractmethod
    async def close(self) -> None:
        """Let go of connections and threads."""


def _nothing(unwanted: Unwanted) -> Answer:
    return Answer(response=f"Nothing was sent: {unwanted.why}")
