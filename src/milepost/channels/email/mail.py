"""A letter as a mail: text and HTML, with the headers that mail programs look for."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from milepost.channels.email.smtp import SmtpSettings
from milepost.engine.notifying import Letter
from milepost.locale.catalogue import CATALOGUES

ACCENT = "#0b6170"


def check_address(text: str) -> str:
    """The address itself, in the spelling that is kept. Raises ValueError for what is none."""
    address = text.strip()
    name, parsed = parseaddr(address)
    local, _, domain = address.rpartition("@")
    fine = (
        not name and parsed == address and 0 < len(local) <= 64 and "." in domain.strip(".")
        and len(address) <= 254 and address.isascii() and address.isprintable()
        and not set(address) & set(' ,;<>()[]"\\')
    )  # fmt: skip
    if not fine:
        raise ValueError("that is not a mail address")
    return f"{local}@{domain.lower()}"


def mail_of(letter: Letter, settings: SmtpSettings, message: str) -> EmailMessage:
    """The mail; its Message-ID is the same at every try, so that programs know it again."""
    mail = EmailMessage(SMTP)
    sender = Address(_one_line(letter.brand), addr_spec=settings.sender)
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = _one_line(letter.subject)
    mail["Message-ID"] = f"<{message}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if settings.reply_to:
        mail["Reply-To"] = settings.reply_to
    if letter.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    given = {"letter": letter, "accent": letter.accent or ACCENT, "tag": _meta(letter, "tag"),
             "rtl": _meta(letter, "dir") == "rtl"}  # fmt: skip
    mail.set_content(_templates().get_template("letter.txt").render(given), cte="quoted-printable")
    html = _templates().get_template("letter.html").render(given)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # After the content: that takes headers of its own kind with it.
    mail["Content-Language"] = letter.locale
    return mail


def _meta(letter: Letter, name: str) -> str:
    return str(CATALOGUES[letter.locale][f"meta.{name}"])


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("milepost.channels.email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
