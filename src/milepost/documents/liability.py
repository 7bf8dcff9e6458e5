"""The liability report on paper: what happened, who held the parcel, with what odds, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import Font
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from milepost.custody import Anomaly, Custody, Holding, Liability, Share
from milepost.documents.wording import Wording

# Names in Han signs need a font that has them; PDF readers bring this one along. The other is ours:
# what every reader has knows neither Cyrillic nor Vietnamese, nor many Latin names of Europe.
LETTER_FONT, HAN_FONT = "DejaVuSans", "STSong-Light"
INK, FAINT, LINE = (
    colors.HexColor("#1a1a1a"),
    colors.HexColor("#666666"),
    colors.HexColor("#cccccc"),
)
# Runs of another script than the text's own: names of places and carriers.
_HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_LETTERS = re.compile("[\u00a1-\u052f\u1e00-\u1eff]+")


def render(
    number: str,
    liability: Liability,
    custody: Custody,
    anomalies: Sequence[Anomaly],
    made_at: datetime,
    *,
    synthetic: bool = False,
    words: Wording | None = None,
) -> bytes:
    """An A4 document. `made_at` stands on it; `synthetic` data says that it is; `words`: in whose
    language, English unless given.
    """
    return _Paper(words or Wording("en", lambda slug, _: slug)).document(
        number, liability, custody, anomalies, made_at, synthetic=synthetic
    )


class _Paper:
    """A document in one language and its type face."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._font = words.text("font")
        for name in {self._font, HAN_FONT, LETTER_FONT} - set(pdfmetrics.getRegisteredFontNames()):
            pdfmetrics.registerFont(_font(name))

    def document(
        self, number: str, liability: Liability, custody: Custody, anomalies: Sequence[Anomaly],
        made_at: datetime, *, synthetic: bool,
    ) -> bytes:  # fmt: skip
        words = self._words
        text = words.text
        title = text("title", problem=text(f"problem.{liability.problem}"), number=number)
        made = text("made", when=words.time(made_at))
        story = [
            self._line(title, 16, 20), self._line(made, 9, 14, FAINT),
            *([self._line(text("synthetic"), 10, 16)] if synthetic else []),
            Spacer(1, 4 * mm), self._line(self._question(liability), 10, 15),
            *self._section("who", self._shares(liability, custody)),
            *self._section("custody", self._holdings(custody)),
            *self._section("sensors", self._anomalies(anomalies)),
            *self._section("open", self._flaws(liability)),
            Spacer(1, 6 * mm), self._line(text("method"), 8, 12, FAINT),
        ]  # fmt: skip
        out = BytesIO()
        SimpleDocTemplate(
            out, pagesize=A4, title=title, author="Milepost", lang=words.locale,
            leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        ).build(story)  # fmt: skip
        return out.getvalue()

    def _question(self, liability: Liability) -> str:
        words = self._words
        first = words.time(liability.since) if liability.since else words.text("unknown_time")
        last = words.time(liability.until) if liability.until else words.text("now")
        return words.text("window", first=first, last=last)

    def _section(self, title: str, rows: list[list[str]]) -> list[object]:
        if len(rows) < 2:
            return []
        cells = [[self._line(cell, 8, 11) for cell in row] for row in rows]
        table = Table(cells, repeatRows=1, hAlign="LEFT")
        table.setStyle(
            TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        )  # fmt: skip
        return [Spacer(1, 5 * mm), self._line(self._words.text(title), 12, 17), table]

    def _names(self, *names: str) -> list[str]:
        return [self._words.text(name) for name in names]

    def _shares(self, liability: Liability, custody: Custody) -> list[list[str]]:
        words = self._words
        places = {one.events: _label(one) for one in custody.holdings}
        rows = [self._names("odds", "holder", "since", "until", "because")]
        rows += [
            [words.odds(one.probability_pm), self._held(one, places.get(one.events)),
             words.time(one.since), words.until(one.until), words.reasons(one)]
            for one in liability.shares
            if one.probability_pm
        ]  # fmt: skip
        if liability.unclear_pm:
            odds = words.odds(liability.unclear_pm)
            rows.append([odds, words.text("nobody"), "", "", words.text("does_not_tell")])
        return rows

    def _held(self, one: Share | Holding, place: str | None) -> str:
        where = self._words.text(f"where.{one.where}")
        return f"{self._words.holder(one, place)} ({where})"

    def _holdings(self, custody: Custody) -> list[list[str]]:
        words = self._words
        rows = [self._names("holder", "since", "until", "handled_by", "scans")]
        return rows + [
            [self._held(one, _label(one)), words.time(one.since), words.until(one.until),
             ", ".join([*one.operators, *one.devices]) or words.text("not_told"),
             words.number(one.handled)]
            for one in custody.holdings
        ]  # fmt: skip

    def _anomalies(self, anomalies: Sequence[Anomaly]) -> list[list[str]]:
        words = self._words
        rows = [self._names("what", "since", "until", "source")]
        return rows + [
            [words.rule(one.kind), words.time(one.since), words.until(one.until),
             words.source(one.source)]
            for one in anomalies
        ]  # fmt: skip

    def _flaws(self, liability: Liability) -> list[list[str]]:
        words = self._words
        rows = [self._names("flaw", "what")]
        return rows + [[words.text(f"kind.{one.kind}"), words.flaw(one)] for one in liability.flaws]

    def _line(self, text: str, size: int, leading: int, colour: colors.Color = INK) -> Paragraph:
        style = ParagraphStyle(
            f"s{size}{leading}{colour}", fontName=self._font, fontSize=size, leading=leading,
            textColor=colour, wordWrap=None if self._font == LETTER_FONT else "CJK",
        )  # fmt: skip
        runs, font = (_HAN, HAN_FONT) if self._font == LETTER_FONT else (_LETTERS, LETTER_FONT)
        shown = runs.sub(lambda run: f'<font name="{font}">{run[0]}</font>', escape(text))
        return Paragraph(shown, style)


def _font(name: str) -> Font:
    if name != LETTER_FONT:
        return UnicodeCIDFont(name)
    with (files(__package__) / "fonts" / f"{name}.ttf").open("rb") as file:
        return TTFont(name, file)


def _label(one: Holding) -> str | None:
    return one.place.label if one.place is not None else None
