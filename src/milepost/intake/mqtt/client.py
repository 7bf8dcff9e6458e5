"""The connection to the broker: a session that it keeps, and acknowledgement after the commit.

With QoS 1 a broker sends a message again until it is acknowledged. So we acknowledge by hand, once
what the message says is durable. After a crash, or a broken line, the broker still has the session
under our identifier, and sends what was not acknowledged once more; being sent twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiomqtt import Client, Message, MqttError, ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from milepost.intake.mqtt.messages import Messages
from milepost.intake.mqtt.options import Options
from milepost.intake.mqtt.topics import filters

log = structlog.get_logger()
BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# How many messages may be under way at once; their acknowledgements go out in their order.
MOST = 200
SESSION_S = 7 * 86_400


class MqttClient:
    """Takes messages until cancelled, and comes back whenever the line breaks."""

    def __init__(self, options: Options, messages: Messages) -> None:
        self._options = options
        self._messages = messages
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Stay connected until cancelled."""
        failures = 0
        while True:
            try:
                async with self._client() as client:
                    failures = 0
                    await self._listen(client)
            except MqttError as error:
                wait_s = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
                failures += 1
                log.warning("mqtt_away", wait_s=wait_s, error=str(error))
                await asyncio.sleep(wait_s)
            finally:
                self.connected.clear()

    def _client(self) -> Client:
        one = self._options
        wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = SESSION_S
        wanted.ReceiveMaximum = MOST
        client = Client(
            one.host, one.port, identifier=one.identifier, username=one.user,
            password=one.password, tls_context=one.tls, protocol=ProtocolVersion.V5,
            clean_start=False, properties=wanted, keepalive=30,
        )  # fmt: skip
        # aiomqtt offers no manual acknowledgement; the client beneath it does.
        client._client.manual_ack_set(True)
        return client

    async def _listen(self, client: Client) -> None:
        self._messages.listening()
        for topic in filters(self._options.group):
            await client.subscribe(topic, qos=1)
        self.connected.set()
        log.info("mqtt_connected", host=self._options.host, port=self._options.port)
        while True:
            batch = await self._next(client)
            await asyncio.gather(*(self._take(one) for one in batch))
            for one in batch:
                client._client.ack(one.mid, one.qos)

    async def _next(self, client: Client) -> Sequence[Message]:
        """The next message, and those that are there already."""
        found: list[Message] = []
        async for message in client.messages:
            found.append(message)
            if len(found) >= MOST or not len(client.messages):
                break
        return found

    async def _take(self, message: Message) -> None:
        payload = message.payload
        body = payload if isinstance(payload, bytes) else str(payload or "").encode()
        await self._messages.take(message.topic.value, bytes(body))
