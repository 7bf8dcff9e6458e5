"""Names of persons in invented sentences of many languages, and what only looks like them."""

from __future__ import annotations

import pytest

from milepost.engine.redact import hidden

# The sentence, and what of it may not be read any more.
NAMED = [
    ("签收人：张三", "三"), ("收件人 周杰 已签收", "杰"), ("【杭州】已由 吴小丽 签收", "小丽"),
    ("由前台王女士代收", "女士"), ("Signed by: J SMITH", "SMITH"),
    ("Received by A. Müller", "Müller"), ("Delivered to Maria at front desk", "Maria"),
    ("Left with Tom Becker at No. 14", "Becker"), ("POD: K. TANAKA", "TANAKA"),
    ("Handed to neighbour: Peter Schulz", "Schulz"), ("Driver Mike Made will deliver", "Made"),
    ("Übernommen von: MEIER", "MEIER"), ("An Nachbarn (Hoffmann) übergeben", "Hoffmann"),
    ("Livré. Réceptionnaire : LEFEBVRE", "LEFEBVRE"), ("Entregado a Juan Pérez", "Pérez"),
    ("Entregue a João da Silva", "Silva"), ("Recebedor: Carlos Lima", "Lima"),
    ("Ritirato da Marco Bianchi", "Bianchi"), ("Bezorgd bij buren: Familie de Vries", "Vries"),
    ("Afgegeven aan mevrouw Bakker", "Bakker"), ("Doręczono: Jan Kowalski", "Kowalski"),
    ("Получатель: Петрова Мария", "Мария"), ("Курьер Сергей выехал к вам", "Сергей"),
    ("お届け済み 受取人：田中", "中"), ("수령인 박영희님", "영희"),
    ("Teslim alan: MEHMET DEMIR", "DEMIR"), ("Kurir Agus sedang mengantar paket", "Agus"),
    ("Người nhận: Nguyễn Văn A", "Nguyễn"), ("ผู้รับ: สมชาย ใจดี", "สมชาย"),
    ("المستلم: فاطمة علي", "فاطمة"), ("Kvitterat av: ANDERSSON", "ANDERSSON"),
    ("Átvette: Kovács Péter", "Kovács"), ("Παραλήπτης: Γιώργος Νικολάου", "Γιώργος"),
]  # fmt: skip
NOBODY = [
    "Delivered to New York", "Delivered to parcel locker", "Entregado a Correos",
    "Signature: required", "Signature - Delivered", "POD: available", "Recipient: Customer",
    "Empfänger: nicht angetroffen", "Destinatario: ausente", "Destinataire : Client",
    "Odbiorca: Nieobecny", "Получатель: отказ от получения", "收件人：拒收",
    "收件人:电话无人接听", "由家人签收", "由高新区网点签收", "已由驿站代签", "签收人:本人",
    "Courier Network will deliver", "Bay Area", "Pan Asia Logistics", "Ontvanger: Niet thuis",
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMED)
def test_a_name_is_hidden(text: str, name: str) -> None:
    masked = hidden(text)
    assert masked is not None
    assert name not in masked


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_no_name_stays(text: str) -> None:
    assert hidden(text) is None
