"""One mail over one SMTP connection, in a thread, to a checked address."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Any, Literal

from msgspec import Meta, Struct

from milepost.channels.guard import RefusedTargetError, check
from milepost.engine.delivery import Answer

TIMEOUT_S = 15.0
AT_ONCE = 32
Text = Meta(max_length=300)
# Enhanced codes of RFC 3463 that say that the address itself is dead.
_DEAD = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


class SmtpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant's mail server. `security`: TLS from the start, after STARTTLS, or (inside one's own
    network only) none. `sender` is the address of From; its name is the store's.
    """

    host: str
    port: int = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    sender: str
    reply_to: str | None = None
    ca_pem: str | None = None


class Mailer:
    """Sends mails. What goes wrong is in the answer: 4xx is tried again, 5xx is not."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(AT_ONCE, "smtp")

    async def send(self, settings: SmtpSettings, to: str, mail: EmailMessage) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._try, settings, to, mail)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _try(self, settings: SmtpSettings, to: str, mail: EmailMessage) -> Answer:
        try:
            return self._exchange(settings, to, mail)
        except smtplib.SMTPRecipientsRefused as error:
            return refused(*error.recipients[to], of_recipient=True)
        except smtplib.SMTPAuthenticationError as error:
            # The tenant will mend it: what waits is sent then.
            return Answer(code=error.smtp_code, error="The mail server refused the password.")
        except smtplib.SMTPResponseException as error:
            return refused(error.smtp_code, error.smtp_error)
        except RefusedTargetError as error:
            return Answer(error=str(error), schedule_s=())
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Answer(error=f"{type(error).__name__}: {error}"[:200])

    def _exchange(self, settings: SmtpSettings, to: str, mail: EmailMessage) -> Answer:
        context = ssl.create_default_context(cadata=settings.ca_pem)
        with self._connected(settings, context) as server:
            if settings.security == "starttls":
                server.starttls(context=context)
            if settings.user is not None:
                server.login(settings.user, settings.password or "")
            server.send_message(mail, settings.sender, [to])
            return Answer(code=250, response="Taken by the mail server.")

    def _connected(self, settings: SmtpSettings, context: ssl.SSLContext) -> smtplib.SMTP:
        opening = _opened(self._allow_private)
        if settings.security == "tls":
            secure = type("_Smtps", (opening, smtplib.SMTP_SSL), {})
            found: smtplib.SMTP = secure(
                settings.host, settings.port, timeout=TIMEOUT_S, context=context
            )
            return found
        plain: smtplib.SMTP = type("_Smtp", (opening, smtplib.SMTP), {})(
            settings.host, settings.port, timeout=TIMEOUT_S
        )
        return plain


def refused(code: int, said: bytes | str, *, of_recipient: bool = False) -> Answer:
    """4xx: later again. 5xx: never this mail; a dead address gets none at all any more."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    gone = of_recipient and code >= 500 and text.lstrip().startswith(_DEAD)
    return Answer(
        code=code,
        error=f"The mail server answered {code}.",
        response=text[:500],
        gone=gone,
        schedule_s=() if code >= 500 and not gone else None,
    )


def _opened(allow_private: bool) -> type[Any]:
    class Opening:
        """Connects where the address that a name means now may be called."""

        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            texts = [str(one[4][0]).partition("%")[0] for one in found]
            for text in texts:
                check(ip_address(text), allow_private=allow_private)
            opened = socket.create_connection((texts[0], port), timeout)
            if isinstance(self, smtplib.SMTP_SSL):
                return self.context.wrap_socket(opened, server_hostname=host)
            return opened

    return Opening
