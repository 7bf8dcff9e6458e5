"""The liability report in other languages: reasons, flaws, times and figures, on page and paper."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from milepost.custody import Custody, Flaw, Holding, Liability, Reason, Share
from milepost.documents.liability import render
from milepost.documents.wording import Wording
from milepost.domain.place import Place
from milepost.locale import papers

AT_S = int(datetime(2026, 11, 20, 14, 5, tzinfo=UTC).timestamp())
REASONS = (
    Reason(kind="held", hours=1234.5), Reason(kind="handled", times=1),
    Reason(kind="sensed", rule="shock", source="its sensor"),
)  # fmt: skip
GAP = Flaw(kind="gap", text="a did not scan the hand-over to b", from_s=AT_S, until_s=AT_S,
           events=(), values={"giver": "A", "taker": "B"})  # fmt: skip
FAR = Flaw(kind="contradiction", text="8800 km in 10 minutes", from_s=AT_S, until_s=AT_S,
           events=(), values={"km": 8800, "minutes": 10})  # fmt: skip


def words(locale: str) -> Wording:
    return Wording(locale, lambda slug, _: slug.upper())


def share(**more: object) -> Share:
    given: dict[str, object] = {
        "holder": "sf Depot", "carrier": "sf", "where": "facility", "from_s": AT_S,
        "until_s": None, "probability_pm": 875, "because": (), "events": ("1",), "took": None,
        "gave": None, "reasons": REASONS,
    }  # fmt: skip
    return Share(**(given | more))  # type: ignore[arg-type]


def test_every_paper_has_every_text() -> None:
    assert papers.problems() == []
    assert {"en", "zh", "zh-Hant", "de", "fr"} <= set(papers.languages())
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
    assert words("zh").time(AT_S) == "2026年11月20日 14:05:00（UTC）"
    assert words("de").time(AT_S) == "20.11.2026, 14:05:00 UTC"


def test_flaws_in_words_and_old_ones_as_they_were_kept() -> None:
    assert words("zh").flaw(GAP) == "A 与 B 之间的交接没有扫描。"
    assert words("fr").flaw(FAR).startswith("Deux scans sont distants de 8\N{NO-BREAK SPACE}800 km")
    old = Flaw(kind="gap", text="as it was", from_s=None, until_s=None, events=())
    assert words("zh").flaw(old) == "as it was"


@pytest.mark.parametrize("locale", papers.languages())
def test_a_document_in_each_language(locale: str) -> None:
    holding = Holding(holder="sf Depot", carrier="sf", where="facility", took=None, gave=None,
                      place=Place(name="武汉示例中心"), from_s=AT_S, until_s=None, handled=1,
                      events=("1",))  # fmt: skip
    found = Liability(
        problem="damage", from_s=AT_S, until_s=None, window_from=None, window_until=None,
        shares=(share(),), unclear_pm=125, flaws=(GAP, FAR), by_carrier={"sf": 875},
    )  # fmt: skip
    made = datetime(2026, 11, 21, tzinfo=UTC)
    custody = Custody(holdings=(holding,), flaws=(GAP,))
    document = render("N1", found, custody, (), made, synthetic=True, words=words(locale))

    assert document.startswith(b"%PDF-")
    assert f"/Lang ({locale})".encode() in document
