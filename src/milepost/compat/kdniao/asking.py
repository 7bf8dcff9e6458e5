"""What a client asks: the form around an instruction, and the JSON in its RequestData."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from milepost.compat.core import Credential, Credentials, xml
from milepost.compat.core.bodies import FORM, BodyError, form_of
from milepost.compat.kdniao import VENDOR, faults, sign
from milepost.compat.kdniao.faults import KdniaoError
from milepost.domain.place import Place

_FIELDS = ("RequestData", "EBusinessID", "RequestType", "DataSign", "DataType")
_ADDRESSES = {"Receiver", "Sender"}


class Address(Struct):
    """A sender's or receiver's; all else in it is ignored."""

    ProvinceName: str | None = None
    CityName: str | None = None
    ExpAreaName: str | None = None
    Address: str | None = None
    Tel: str | None = None
    Mobile: str | None = None

    @property
    def place(self) -> Place | None:
        """Province and city; street and name of a person are not ours to keep."""
        city, region = self.CityName or None, self.ProvinceName or None
        return Place(city=city, region=region, country="CN") if city or region else None


class Wanted(Struct):
    """RequestData of every instruction we know; clients write numbers with and without quotes."""

    ShipperCode: str | None = None
    LogisticCode: str | None = None
    CustomerName: str | None = None
    OrderCode: str | None = None
    Sort: str | None = None
    Callback: str | None = None
    CallBack: str | None = None
    CallbackUrl: str | None = None
    IsReturnRouteMap: str | None = None
    Receiver: Address | None = None
    Sender: Address | None = None
    CatchTime: str | None = None
    SendProvince: str | None = None
    SendCity: str | None = None
    SendArea: str | None = None
    SendAddress: str | None = None
    ReceiveProvince: str | None = None
    ReceiveCity: str | None = None
    ReceiveArea: str | None = None
    ReceiveAddress: str | None = None
    SenderPhone: str | None = None
    ReceivePhone: str | None = None
    ReceiverPhone: str | None = None

    @property
    def shipper(self) -> str:
        return (self.ShipperCode or "").strip().upper()

    @property
    def number(self) -> str:
        return (self.LogisticCode or "").strip()

    @property
    def descending(self) -> bool:
        return self.Sort == "1"

    @property
    def echo(self) -> str | None:
        """What the client wants to have back."""
        return self.Callback if self.Callback is not None else self.CallBack


class Instruction(NamedTuple):
    """A call whose signature is right."""

    kind: str
    credential: Credential
    wanted: Wanted


def fields_of(body: bytes, query: str = "", kind: str = FORM) -> dict[str, str]:
    """The fields of a call, form-encoded or (some clients) JSON."""
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"{":
        try:
            given = msgspec.json.decode(text, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return {}
        return {name: _text(value) or "" for name, value in given.items()}
    fields = dict(parse_qsl(query, keep_blank_values=True))
    return fields | form_of(body, kind, errors="replace")


async def authenticated(credentials: Credentials, form: dict[str, str]) -> Instruction:
    """Whose call it is and what it wants. Raises KdniaoError."""
    data, business_id, kind, signature = (form.get(name, "").strip() for name in _FIELDS[:4])
    credential = await credentials.find(VENDOR, business_id)
    if credential is None:
        raise KdniaoError(faults.BAD_CREDENTIALS)
    text = sign.verified(data, signature, credential.secrets["ApiKey"])
    if text is None:
        raise KdniaoError(faults.BAD_CREDENTIALS)
    return Instruction(kind, credential, read_wanted(text))


def read_wanted(text: str) -> Wanted:
    """The JSON of a RequestData. Raises KdniaoError."""
    text = text.lstrip("\ufeff")
    if xml.is_xml(text):
        return _converted(_of_xml(text))
    if '"' not in text:
        text = text.replace("'", '"')  # the vendor's own Java sample writes JSON so
    try:
        return _converted(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.MsgspecError, UnicodeEncodeError):
        raise KdniaoError(faults.BAD_DATA) from None


def _of_xml(text: str) -> dict[str, Any]:
    try:
        return xml.read(text)
    except BodyError:
        raise KdniaoError(faults.BAD_DATA) from None


def _converted(given: dict[str, Any]) -> Wanted:
    try:
        return msgspec.convert(_flat(given), Wanted)
    except msgspec.ValidationError:
        raise KdniaoError(faults.BAD_DATA) from None


def _flat(given: dict[str, Any]) -> dict[str, Any]:
    # An address that is not told is written as null, as an empty text or, by PHP, as a list.
    return {
        name: _flat(value) if isinstance(value, dict) else _text(value)
        for name, value in given.items()
        if value or name not in _ADDRESSES
    }


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
