"""The store's own words in mails: what may be saved, and what comes of it."""

from __future__ import annotations

import base64

import pytest
from msgspec.structs import replace

from milepost.channels import wording
from milepost.channels.email.mail import ink_on, mail_of
from milepost.channels.email.smtp import SmtpSettings
from milepost.engine.mailwords import FIELDS, MailWords, fault_of, filled, words_of

GOOD = MailWords("{shop}: parcel {number}", "Hello,\n\nit is {status}.\n\nIt comes {window}.")
VALUES = {"shop": "Tea & Co", "number": "AB1", "status": "on its way", "window": ""}
SETTINGS = SmtpSettings(host="mail.example", sender="post@teahouse.example")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n invented").decode()


@pytest.mark.parametrize(
    ("subject", "text", "key"),
    [
        ("", "text", "no_subject"), ("subject", " \n ", "no_text"),
        ("a\nBcc: eve@example.org", "text", "long_subject"), ("x" * 201, "text", "long_subject"),
        ("subject", "x" * 5_001, "long_text"), ("subject", "a\n\n" * 41, "long_text"),
        ("{parcel}", "text", "unknown_field"), ("subject", "{pickup_code}", "unknown_field"),
        ("subject", "{number.__class__}", "stray_brace"), ("subject", "{", "stray_brace"),
        ("subject", "{{number}", "stray_brace"), ("subject", "{ number }", "stray_brace"),
        ("subject", "a } b", "stray_brace"), ("subject", "{% raw %}", "stray_brace"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_not_saved(subject: str, text: str, key: str) -> None:
    fault = fault_of(MailWords(subject, text))

    assert fault is not None
    assert fault.key == key


def test_every_field_may_stand_in_a_mail() -> None:
    assert fault_of(GOOD) is None
    assert fault_of(MailWords("x", " ".join(f"{{{one}}}" for one in FIELDS))) is None


def test_a_paragraph_without_its_field_is_left_out() -> None:
    assert filled(GOOD, VALUES) == ("Tea & Co: parcel AB1", ("Hello,", "it is on its way."))
    assert filled(MailWords("{window}", "text"), VALUES) is None
    assert filled(MailWords("subject", "{window}"), VALUES) is None


def test_a_value_is_never_read_as_a_field() -> None:
    found = filled(MailWords("{shop}", "{shop} {number}"), VALUES | {"shop": "{number} {link}"})

    assert found == ("{number} {link}", ("{number} {link} AB1",))


@pytest.mark.parametrize(
    "mail",
    [{}, {"ready": None}, {"ready": "text"}, {"ready": {"de": "text"}},
     {"ready": {"de": {"subject": 1, "text": "t"}}}, {"ready": {"de": {"subject": "s"}}},
     {"ready": {"de": {"subject": "{broken", "text": "t"}}},
     {"ready": {"en": {"subject": "s", "text": "t"}}}, {"ready": {"subject": "s", "text": "t"}}],
)  # fmt: skip
def test_what_is_no_template_in_the_readers_language_is_none(mail: dict[str, object]) -> None:
    assert words_of(mail, "ready", "de") is None


def test_a_mail_has_the_stores_logo_and_colour_in_itself() -> None:
    page = {"name": "Tea & Co", "accent": "#ffe14d", "logo": f"data:image/png;base64,{PNG}",
            "url": "https://teahouse.example"}  # fmt: skip
    base = wording.blank("ada@example.org", "en", page)
    letter = replace(base, subject="Hello", lines=("Hello", "one\ntwo"), url="https://x.example",
                     button="Open")  # fmt: skip

    mail = mail_of(letter, SETTINGS, "msg_1")

    html = mail.get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert 'src="cid:logo@milepost"' in text
    assert 'alt="Tea &amp; Co"' in text
    assert "#ffe14d;color:#17191b" in text
    pictures = [one for one in mail.walk() if one.get_content_type() == "image/png"]
    assert [one["Content-ID"] for one in pictures] == ["<logo@milepost>"]
    assert pictures[0].get_content() == base64.b64decode(PNG)
    assert (ink_on("#0b6170"), ink_on("#000000"), ink_on("#ffffff")) == (
        "#ffffff", "#ffffff", "#17191b",
    )  # fmt: skip


@pytest.mark.parametrize(
    "logo",
    ["", None, 7, "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,@@",
     "https://elsewhere.example/logo.png", "data:image/png;base64," + "A" * 100_000],
)  # fmt: skip
def test_what_is_no_logo_is_left_out(logo: object) -> None:
    assert wording.blank("ada@example.org", "en", {"logo": logo}).logo is None
