"""The liability report on paper: what happened, who held the parcel, with what odds, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from milepost.custody import Anomaly, Custody, Liability

# Chinese names need a font that has them; PDF readers bring this one along.
FONT = "STSong-Light"
INK, FAINT, LINE = (
    colors.HexColor("#1a1a1a"),
    colors.HexColor("#666666"),
    colors.HexColor("#cccccc"),
)
_TITLES = {
    "damage": "Damage", "loss": "Loss", "temperature": "Temperature excursion", "delay": "Delay",
}  # fmt: skip


def render(
    number: str,
    liability: Liability,
    custody: Custody,
    anomalies: Sequence[Anomaly],
    made_at: datetime,
    *,
    synthetic: bool = False,
) -> bytes:
    """An A4 document. `made_at` stands on it; `synthetic` data says that it is."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    title = f"Liability report: {_TITLES[liability.problem]} of {number}"
    story = [
        Paragraph(escape(title), _style(16, 20)),
        Paragraph(
            f"Made at {_time(int(made_at.timestamp()))} from the record.", _style(9, 14, FAINT)
        ),
        *([Paragraph("Synthetic data: a made-up shipment.", _style(10, 16))] if synthetic else []),
        Spacer(1, 4 * mm),
        Paragraph(_question(liability), _style(10, 15)),
        *_section("Who answers for it", _shares(liability)),
        *_section("Custody", _holdings(custody)),
        *_section("Sensors and alerts", _anomalies(anomalies)),
        *_section("What the record leaves open", _flaws(liability)),
        Spacer(1, 6 * mm),
        Paragraph(_METHOD, _style(8, 12, FAINT)),
    ]
    out = BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, title=title, author="Milepost", leftMargin=18 * mm, rightMargin=18 * mm,
        topMargin=18 * mm, bottomMargin=18 * mm,
    ).build(story)  # fmt: skip
    return out.getvalue()


_METHOD = (
    "Method: the window lies between the last proof that all was well and the first that it was "
    "not. Each holding inside it is weighed by how often the parcel was handled, how long it was "
    "held, and what sensors say of that time. Gaps and contradictions in the record leave a part "
    "open. Odds are estimates, not proof; the scans named are."
)


def _question(liability: Liability) -> str:
    start = _time(liability.from_s) if liability.from_s else "an unknown time"
    end = _time(liability.until_s) if liability.until_s else "now"
    return f"It can have happened between <b>{start}</b> and <b>{end}</b>."


def _section(title: str, rows: list[list[str]]) -> list[object]:
    if len(rows) < 2:
        return []
    cells = [[Paragraph(escape(cell), _style(8, 11)) for cell in row] for row in rows]
    table = Table(cells, repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    )  # fmt: skip
    return [Spacer(1, 5 * mm), Paragraph(title, _style(12, 17)), table]


def _shares(liability: Liability) -> list[list[str]]:
    rows = [["Odds", "Holder", "From", "Until", "Because"]]
    rows += [
        [_odds(one.probability_pm), one.holder, _time(one.from_s), _until(one.until_s),
         "; ".join(one.because)]
        for one in liability.shares
        if one.probability_pm
    ]  # fmt: skip
    if liability.unclear_pm:
        rows.append([_odds(liability.unclear_pm), "Open", "", "", "the record does not tell"])
    return rows


def _holdings(custody: Custody) -> list[list[str]]:
    rows = [["Holder", "From", "Until", "Handled by", "Scans"]]
    return rows + [
        [one.holder, _time(one.from_s), _until(one.until_s),
         ", ".join([*one.operators, *one.devices]) or "not told", str(one.handled)]
        for one in custody.holdings
    ]  # fmt: skip


def _anomalies(anomalies: Sequence[Anomaly]) -> list[list[str]]:
    rows = [["What", "From", "Until", "Source"]]
    return rows + [
        [one.kind, _time(one.from_s), _until(one.until_s), one.source] for one in anomalies
    ]


def _flaws(liability: Liability) -> list[list[str]]:
    return [["Flaw", "What"], *([one.kind, one.text] for one in liability.flaws)]


def _odds(per_mille: int) -> str:
    return f"{per_mille / 10:.1f} %"


def _time(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _until(at_s: int | None) -> str:
    return _time(at_s) if at_s is not None else "still"


def _style(size: int, leading: int, colour: colors.Color = INK) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}{leading}{colour}", fontName=FONT, fontSize=size, leading=leading,
        textColor=colour, wordWrap="CJK",
    )  # fmt: skip
