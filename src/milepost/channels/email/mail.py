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
LOGO_ID = "logo@milepost"
# Where black begins to read better than white.
_MIDDLE = 0.179


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
    accent = letter.accent or ACCENT
    given = {"letter": letter, "accent": accent, "ink": ink_on(accent), "tag": _meta(letter, "tag"),
             "rtl": _meta(letter, "dir") == "rtl", "logo": LOGO_ID}  # fmt: skip
    mail.set_content(_templates().get_template("letter.txt").render(given), cte="quoted-printable")
    html = _templates().get_template("letter.html").render(given)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    if letter.logo is not None:
        _add_logo(mail, letter.logo)
    # After the content: that takes headers of its own kind with it.
    mail["Content-Language"] = letter.locale
    return mail


def ink_on(colour: str) -> str:
    """White or near black, whichever reads better on `#rrggbb` (WCAG 2's luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return "#17191b" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > _MIDDLE else "#ffffff"


def _add_logo(mail: EmailMessage, logo: tuple[str, bytes]) -> None:
    """Inside the mail: nothing is fetched from anywhere when it is read."""
    html = mail.get_body(("html",))
    main, _, sub = logo[0].partition("/")
    if isinstance(html, EmailMessage):
        html.add_related(logo[1], main, sub, cid=f"<{LOGO_ID}>", disposition="inline",
                         filename=f"logo.{sub}")  # fmt: skip


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
