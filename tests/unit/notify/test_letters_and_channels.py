"""The parts of channels to people, by themselves."""

from __future__ import annotations

import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from milepost.channels import wording
from milepost.channels.email.mail import check_address, mail_of
from milepost.channels.email.smtp import SmtpSettings, refused
from milepost.channels.sms.gateway import GatewaySettings, check_phone, problems, request_of
from milepost.channels.webpush.encrypt import Keys, encrypted
from milepost.channels.webpush.vapid import open_vapid
from milepost.engine.delivery import Message
from milepost.engine.notifying import BUYER_TOPICS, events_for, topic_of
from milepost.engine.tokens import Tokens
from milepost.locale import LOCALES, notifying
from milepost.pages.care import actions
from push_browser import PushBrowser, claims_of
from unit.pages import samples

SETTINGS = SmtpSettings(host="mail.example", sender="post@teahouse.example")


def test_every_language_has_every_text() -> None:
    assert notifying.problems() == []


def test_every_choice_of_every_form_has_its_text() -> None:
    groups = {"problem": actions.PROBLEMS, "wish": actions.WISHES, "change": actions.CHANGES,
              "part": actions.PARTS, "receipt": actions.CONDITIONS, "topic": BUYER_TOPICS,
              }  # fmt: skip
    for locale in LOCALES:
        for group, names in groups.items():
            assert all(notifying.say(f"{group}.{name}", locale) for name in names)


def test_every_finding_of_the_check_has_its_text() -> None:
    import re
    from inspect import getsource

    from milepost.engine.cases import check

    told = set(re.findall(r'code="(\w+)"', getsource(check)))
    told |= {"delivered_late", "delivered_in_time", "no_photograph", "photographs_to_compare",
             "weight_changed", "weight_unchanged"}  # fmt: skip
    assert {f"found.{one}" for one in told} <= set(notifying.texts("en"))


def test_a_mail_carries_no_header_of_anybody_elses() -> None:
    letter = msgspec.structs.replace(
        wording.blank("ada@example.org", "de", {"name": "Tea\r\nBcc: x@example.org"}),
        subject="Hello\r\nBcc: y@example.org", lines=("<script>alert(1)</script>",),
    )  # fmt: skip
    mail = mail_of(letter, SETTINGS, "msg_1")
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<msg_1@teahouse.example>"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()


@pytest.mark.parametrize(
    "text",
    ["", "ada", "ada@", "@example.org", "ada@localhost", "a b@example.org", "ada@example.org\r\nx:",
     "Ada <ada@example.org>", "a,b@example.org", "ä@example.org", "x" * 300 + "@example.org"],
)  # fmt: skip
def test_what_is_no_mail_address(text: str) -> None:
    with pytest.raises(ValueError):
        check_address(text)


def test_what_a_mail_server_says_decides_what_follows() -> None:
    later, never, dead = (
        refused(450, "4.2.1 busy"), refused(554, "5.7.1 spam", of_recipient=True),
        refused(550, b"5.1.1 nobody", of_recipient=True),
    )  # fmt: skip
    assert (later.schedule_s, later.gone) == (None, False)
    assert (never.schedule_s, never.gone) == ((), False)
    assert dead.gone
    assert not refused(550, b"5.1.1 nobody").gone, "only an answer to the address is about it"


def test_a_push_message_is_for_one_browser_alone() -> None:
    browser, other = PushBrowser(), PushBrowser()
    with browser:
        keys = msgspec.convert(browser.subscription["keys"], Keys)
    body = encrypted(json.dumps({"title": "早上好"}).encode(), keys)
    assert browser.read(body) == {"title": "早上好"}
    with pytest.raises(Exception):  # noqa: B017 - it cannot be opened, whatever it is called
        other.read(body)
    with pytest.raises(ValueError):
        encrypted(b"x" * 5_000, keys)
    with pytest.raises(ValueError):
        encrypted(b"x", Keys("AAAA", "AAAA"))


def test_the_push_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vapid.pem"
    one = open_vapid(path, "mailto:ops@example.org")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = open_vapid(path, "mailto:ops@example.org")
    assert one.public == again.public
    claims = claims_of(again.authorization("https://push.example/abc?x=1", 1_000))
    assert claims == {"aud": "https://push.example", "exp": 44_200, "sub": "mailto:ops@example.org",
                      "k": one.public}  # fmt: skip


def test_a_gateways_templates_are_filled_without_breaking_them() -> None:
    text = 'Say "hi"\n& go'
    as_json = GatewaySettings(url="https://x/{{to}}", body='{"t": "{{ text }}"}')
    request = request_of(as_json, "+4915112345678", text, "msg_1")
    assert request.url == "https://x/%2B4915112345678"
    assert json.loads(request.body) == {"t": text}
    form = GatewaySettings(url="https://x", body="a={{digits}}&t={{text}}", encoding="form")
    assert request_of(form, "+49151", text, "m").body == b"a=49151&t=Say%20%22hi%22%0A%26%20go"
    assert problems(as_json) == []
    assert problems(GatewaySettings(url="https://x/{{whom}}", body="{", refused="("))


def test_phone_numbers_have_their_country() -> None:
    assert check_phone("0049 (151) 123-456 78") == "+4915112345678"
    for wrong in ("13812345678", "+", "+0123456789", "hello"):
        with pytest.raises(ValueError):
            check_phone(wrong)


def test_what_changes_mean_to_a_buyer() -> None:
    def changed(main: str, before: str | None) -> str | None:
        previous = {"main": before} if before else None
        return topic_of("shipment.status_changed", {"status": {"main": main}, "previous": previous})

    assert changed("picked_up", "info_received") == "on_the_way"
    assert changed("in_transit", None) == "on_the_way"
    assert changed("in_transit", "picked_up") is None
    assert changed("available_for_pickup", "in_transit") == "ready"
    assert changed("unknown", "in_transit") is None
    assert topic_of("alert.opened", {"severity": "info"}) is None
    assert topic_of("alert.opened", {"severity": "critical"}) == "trouble"
    assert topic_of("case.opened", {}) is None
    assert events_for(["delivered"]) == ("shipment.status_changed",)
    assert "shipment.event_added" in events_for(["window"])


def test_tokens_are_for_one_purpose_and_one_subscription() -> None:
    tokens = Tokens(b"k" * 32)
    token = tokens.token("stop", 255)
    assert tokens.read("stop", token) == 255
    for wrong in (token[:-1] + "x", token.replace("ff", "fe"), "", "ff", "é.é", "zz." + token):
        assert tokens.read("stop", wrong) is None
    assert tokens.read("confirm", token) is None
    assert Tokens(b"x" * 32).read("stop", token) is None
    blind = tokens.blind(1, "email", "Ada@Example.org ")
    assert blind == tokens.blind(1, "email", "ada@example.org")
    assert blind != tokens.blind(2, "email", "ada@example.org")


@pytest.mark.parametrize(
    ("locale", "short"),
    [
        ("en", "A new time of arrival. Parcel JX0000000000026. Expected: Wed 25 Nov – Fri 27 Nov."),
        ("zh", "到达时间有变。包裹 JX0000000000026。预计：11月25日 周三 – 11月27日 周五。"),
    ],
)
def test_a_text_message_is_told_in_sentences_with_both_ends_of_the_window(
    locale: str, short: str
) -> None:
    track = samples.cross_border()
    window = wording.window(track, locale, None, samples.NOW)
    letter = wording.news(wording.blank("a@example.org", locale, {}), "window", track, {}, window)

    assert letter is not None
    assert letter.short.replace("\N{NO-BREAK SPACE}", " ") == short


def test_a_merchants_letter_says_what_happened() -> None:
    base = wording.blank("ops@teahouse.example", "en", {})
    now = datetime(2026, 11, 20, tzinfo=UTC)
    status = {"status": {"sub": "delivered", "since": "2026-11-20T10:00:00Z"}}
    alert = {"rule": "dwell", "at": "2026-11-20T10:00:00Z"}
    case = {"case": 7, "kind": "report", "step": {"action": "opened", "text": "Wet"}}
    for topic, payload, wanted in (
        ("shipment.status_changed", status, "AB1: Delivered"), ("alert.opened", alert, "AB1: "),
        ("alert.cleared", alert, "✓"), ("case.opened", case, "#7 report"), ("test", {}, "test"),
    ):  # fmt: skip
        message = Message("m", topic, "AB1", now, msgspec.json.encode(payload))
        assert wanted in wording.to_merchant(base, message).subject


def test_forms_are_read_strictly() -> None:
    read = {name: one.read for name, one in actions.ACTIONS.items()}
    for name, form in (
        ("report", {}), ("report", {"problem": "late", "wish": "x"}), ("change", {"what": "fly"}),
        ("change", {"what": "other_day"}), ("change", {"what": "to_address", "city": "x"}),
        ("again", {"day": "tomorrow"}), ("again", {"day": "2026-02-31"}),
        ("again", {"part_of_day": "noon"}),
        ("receipt", {"condition": "x"}), ("rate", {"stars": "6"}),
    ):  # fmt: skip
        with pytest.raises(actions.BadFormError):
            read[name](form)
    today = date(2026, 11, 22)
    actions.check_day(read["again"]({"day": "2026-11-22"}), today)
    for day in ("2026-11-21", "2027-11-22"):
        with pytest.raises(actions.BadFormError):
            actions.check_day(read["again"]({"day": day}), today)
    asked = read["change"]({"what": "neighbour", "instructions": "Ring at Chen"})
    assert asked.fields == {"what": "neighbour", "place": "Ring at Chen"}
    assert read["rate"]({"stars": "2"}).closes is False
