"""The liability report in other languages: reasons, flaws, times and figures, on page and paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from reportlab.pdfbase import pdfmetrics

from milepost.custody import Custody, Flaw, Holding, Liability, Reason, Share
from milepost.documents.liability import LETTER_FONT, render
from milepost.documents.wording import Wording
from milepost.domain.place import Place
from milepost.locale import papers

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
REASONS = (
    Reason(kind="held", hours=1234.5), Reason(kind="handled", times=1),
    Reason(kind="sensed", rule="shock", source="its sensor"),
)  # fmt: skip
GAP = Flaw(kind="gap", text="a did not scan the hand-over to b", since=AT, until=AT,
           events=(), values={"giver": "A", "taker": "B"})  # fmt: skip
FAR = Flaw(kind="contradiction", text="8800 km in 10 minutes", since=AT, until=AT,
           events=(), values={"km": 8800, "minutes": 10})  # fmt: skip


def words(locale: str) -> Wording:
    return Wording(locale, lambda slug, _: slug.upper())


def share(**more: object) -> Share:
    given: dict[str, object] = {
        "holder": "sf Depot", "carrier": "sf", "where": "facility", "since": AT,
        "until": None, "probability_pm": 875, "because": (), "events": ("1",), "took": None,
        "gave": None, "reasons": REASONS,
    }  # fmt: skip
    return Share(**(given | more))  # type: ignore[arg-type]


def test_every_paper_has_every_text() -> None:
    assert papers.problems() == []
    assert {"en", "zh", "zh-Hant", "de", "fr", "ru", "vi"} <= set(papers.languages())
    assert papers.language_of("th") == "en"


def test_reasons_and_figures_by_cldr() -> None:
    assert words("en").reasons(share()) == (
        "held it for 1,234.5 h of the time in question; handled it once; "
        "A hard knock, measured by its own sensor"
    )
    assert words("de").reasons(share()).startswith("hatte es 1.234,5 h der fraglichen Zeit; ")
    chinese = words("zh").reasons(share())
    assert chinese.startswith("在所涉时间内保管 1,234.5 小时；经手 1 次；")
    assert words("de").odds(875) == "87,5\N{NO-BREAK SPACE}%"
    assert words("zh").time(AT) == "2026年11月20日 14:05:00 UTC"
    assert words("de").time(AT) == "20.11.2026, 14:05:00 UTC"


def test_flaws_in_words_and_old_ones_as_they_were_kept() -> None:
    assert words("zh").flaw(GAP) == "A 与 B 之间的交接没有扫描。"
    assert words("fr").flaw(FAR).startswith("Deux scans sont distants de 8\N{NO-BREAK SPACE}800 km")
    old = Flaw(kind="gap", text="as it was", since=None, until=None, events=())
    assert words("zh").flaw(old) == "as it was"


HOLDING = Holding(holder="sf Depot", carrier="sf", where="facility", took=None, gave=None,
                  place=Place(name="武汉示例中心"), since=AT, until=None, handled=1,
                  events=("1",))  # fmt: skip
REPORT = Liability(
    problem="damage", since=AT, until=None, window_from=None, window_until=None,
    shares=(share(),), unclear_pm=125, flaws=(GAP, FAR), by_carrier={"sf": 875},
)  # fmt: skip
CUSTODY = Custody(holdings=(HOLDING,), flaws=(GAP,))


@pytest.mark.parametrize("locale", papers.languages())
def test_a_document_in_each_language(locale: str) -> None:
    made = datetime(2026, 11, 21, tzinfo=UTC)
    document = render("N1", REPORT, CUSTODY, (), made, synthetic=True, words=words(locale))

    assert document.startswith(b"%PDF-")
    assert f"/Lang ({locale})".encode() in document


def test_the_type_face_has_every_letter_that_it_is_asked_for() -> None:
    """Names of Europe, Vietnam and Russia as well as our own texts; CLDR's months among them."""
    render("N1", REPORT, CUSTODY, (), datetime(2026, 11, 21, tzinfo=UTC), words=words("ru"))
    known = set(pdfmetrics.getFont(LETTER_FONT).face.charToGlyph)
    own = [one for one in papers.languages() if words(one).text("font") == LETTER_FONT]
    said = "Łódź Kraków Đà Nẵng Ağrı Şırnak Ørsted Țăndărei Челябинск Київ Αθήνα €№–—·„“«»‹›"
    for locale in own:
        said += "".join(str(text) for text in papers._texts(locale).values())
        said += "".join(words(locale).time(AT + timedelta(days=30 * month)) for month in range(12))
        said += words(locale).odds(875) + words(locale).number(1234567.5)

    assert {"en", "de", "ru", "vi"} <= set(own)
    assert [sign for sign in sorted(set(said)) if ord(sign) not in known] == []


def test_letters_in_a_chinese_paper_are_set_in_the_face_that_has_them() -> None:
    holding = structs.replace(HOLDING, place=Place(name="Łódź, Челябинск"))
    custody = Custody(holdings=(holding,), flaws=())
    made = datetime(2026, 11, 21, tzinfo=UTC)

    paper = render("N1", REPORT, custody, (), made, words=words("zh"))
    assert b"DejaVuSans" in paper
    assert b"STSong-Light" in paper
