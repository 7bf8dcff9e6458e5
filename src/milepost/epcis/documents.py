"""What a sender hands in: a document, a query's answer, a query, bare events, or a list of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from milepost.epcis.checking import check_event
from milepost.epcis.contexts import EPCIS_CONTEXT, has_epcis, is_context, prefixes_of
from milepost.epcis.issue import Issue, Notes
from milepost.epcis.master import Element, elements_of
from milepost.epcis.parts import extension
from milepost.epcis.query import check_query, is_query
from milepost.epcis.values import context, text, time, uri
from milepost.epcis.where import NOWHERE, Locations, locations_of
from milepost.epcis.xml import NotXmlError, json_of

_VERSION = re.compile(r"\d+(\.\d+)*")
_PLAIN = ("instanceIdentifier", "sender", "receiver")
MOST_EVENTS = 10_000


class NotEpcisError(ValueError):
    """The bytes are neither JSON nor XML that could be EPCIS."""


class Document(Struct, frozen=True, kw_only=True):
    """What was read. `events` are in their JSON form, each with its path; `ignored` names the
    fields that do not count for the hash; `master` and `places` are the header's master data.
    """

    kind: str
    events: tuple[tuple[str, dict[str, Any]], ...]
    context: Any
    issues: tuple[Issue, ...]
    ignored: frozenset[str] = frozenset()
    master: tuple[Element, ...] = ()
    places: Locations = NOWHERE

    @property
    def valid(self) -> bool:
        return not any(one.level == "error" for one in self.issues)

    @property
    def prefixes(self) -> dict[str, str]:
        return prefixes_of(self.context)

    def faults_of(self, path: str) -> list[Issue]:
        """The errors of one event, or (path "") of what is around the events."""
        errors = [one for one in self.issues if one.level == "error"]
        if path:
            return [one for one in errors if _under(one.path, path)]
        paths = [where for where, _ in self.events]
        return [one for one in errors if not any(_under(one.path, where) for where in paths)]


def _under(path: str, parent: str) -> bool:
    return path == parent or path.startswith((parent + ".", parent + "["))


def read(body: bytes) -> Document:
    """Read and check XML or JSON, whichever it is. Raises NotEpcisError."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        body = _narrow(body)
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        try:
            notes = Notes(xml=True)
            return read_value(json_of(body, notes), notes)
        except NotXmlError as error:
            raise NotEpcisError(str(error)) from None
    try:
        return read_value(msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotEpcisError(f"not valid JSON: {error}") from None


def _narrow(body: bytes) -> bytes:
    """UTF-16 as UTF-8; an XML declaration that names the other encoding goes."""
    try:
        text = body.decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotEpcisError(f"not valid UTF-16: {error}") from None
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode()


def read_value(value: Any, notes: Notes | None = None) -> Document:
    """Check what has been decoded already; `notes`: with what was found on the way there."""
    notes = Notes() if notes is None else notes
    if isinstance(value, list):
        return _bare(notes, "events", value)
    if not isinstance(value, dict):
        notes.error("", "must be a JSON object or a list of events")
        return _finished(notes, "unknown", [], None, None)
    if is_query(value):
        check_query(notes, value)
        return _finished(notes, "query", [], value.get("@context"), None)
    kind = value.get("type")
    if kind == "EPCISDocument" or ("epcisBody" in value and kind != "EPCISQueryDocument"):
        return _document(notes, value)
    if kind == "EPCISQueryDocument":
        return _query_document(notes, value)
    return _bare(notes, "event", [value])


def query_issues(query: Mapping[str, Any]) -> list[Issue]:
    """What is wrong with a simple event query."""
    notes = Notes()
    check_query(notes, query)
    return notes.issues_of("error")


def _bare(notes: Notes, kind: str, given: list[Any]) -> Document:
    events = []
    for index, one in enumerate(given):
        path = f"[{index}]" if kind == "events" else "event"
        check_event(notes, path, one)
        if isinstance(one, dict):
            events.append((path, one))
    return _finished(notes, kind, events, EPCIS_CONTEXT, None)


def _document(notes: Notes, value: dict[str, Any]) -> Document:
    _header(notes, value, ("type", "schemaVersion", "creationDate", "epcisBody"))
    if value.get("type") != "EPCISDocument" and "type" in value:
        notes.error("type", "must be EPCISDocument")
    names = ("@context", "id", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody")
    _names(notes, "", value, (*names, *_PLAIN))
    body = notes.members("epcisBody", value.get("epcisBody", {})) or {}
    listed = body.get("eventList", [body["event"]] if "event" in body else None)
    return _with_events(notes, "document", value, "epcisBody.eventList", listed)


def _query_document(notes: Notes, value: dict[str, Any]) -> Document:
    _header(notes, value, ("epcisBody",))
    names = ("@context", "id", "type", "schemaVersion", "creationDate", "epcisHeader", "epcisBody")
    _names(notes, "", value, (*names, *_PLAIN))
    body = notes.members("epcisBody", value.get("epcisBody", {})) or {}
    path = "epcisBody.queryResults"
    results = notes.members(path, body.get("queryResults")) or {}
    _names(notes, path, results, ("queryName", "subscriptionID", "resultsBody"))
    if not isinstance(results.get("queryName"), str):
        notes.error(f"{path}.queryName", "is missing")
    if "subscriptionID" in results:
        text(notes, f"{path}.subscriptionID", results["subscriptionID"])
    inner = notes.members(f"{path}.resultsBody", results.get("resultsBody")) or {}
    _names(notes, f"{path}.resultsBody", inner, ("eventList",))
    listed = inner.get("eventList")
    return _with_events(notes, "query document", value, f"{path}.resultsBody.eventList", listed)


def _header(notes: Notes, value: Mapping[str, Any], required: tuple[str, ...]) -> None:
    given = value.get("@context")
    if given is None:
        notes.error("@context", "is missing")
    else:
        context(notes, "@context", given)
        if is_context(given) and not has_epcis(given):
            notes.warn("@context", "has not the EPCIS context of GS1")
    for name in required:
        if value.get(name) is None:
            notes.error(name, "is missing")
    if "creationDate" in value:
        time(notes, "creationDate", value["creationDate"])
    if "id" in value and not str(value["id"]).startswith("_:"):  # a blank node of JSON-LD
        uri(notes, "id", value["id"])
    version = value.get("schemaVersion")
    if version is not None and not (isinstance(version, str) and _VERSION.fullmatch(version)):
        notes.error("schemaVersion", "must be a version such as 2.0")
    for name in _PLAIN:
        if name in value:
            text(notes, name, value[name])
    _master_shape(notes, value)


def _master_shape(notes: Notes, value: Mapping[str, Any]) -> None:
    """A header that is none tells of no master data; that costs no event."""
    path, inner = "", value
    for name, kind in (("epcisHeader", dict), ("epcisMasterData", dict), ("vocabularyList", list)):
        if name not in inner:
            return
        path, inner = f"{path}.{name}".lstrip("."), inner[name]
        if not isinstance(inner, kind):
            form = "a list" if kind is list else "an object"
            notes.warn(path, f"is not {form}, and tells of no master data")
            return


def _names(
    notes: Notes, path: str, value: Mapping[str, Any], known: tuple[str, ...]
) -> None:  # fmt: skip
    notes.prefixes = prefixes_of(value.get("@context"), notes.prefixes)
    for name in value:
        if name not in known:
            extension(notes, f"{path}.{name}" if path else name, name)


def _with_events(
    notes: Notes, kind: str, value: Mapping[str, Any], path: str, listed: Any
) -> Document:
    notes.prefixes = prefixes_of(value.get("@context"))
    events = []
    for where, one in notes.items(path, listed):
        check_event(notes, where, one)
        if isinstance(one, dict):
            events.append((where, one))
    return _finished(notes, kind, events, value.get("@context"), value)


def _finished(
    notes: Notes, kind: str, events: list[tuple[str, dict[str, Any]]], context: Any, value: Any
) -> Document:
    master = elements_of(value)
    return Document(
        kind=kind, events=tuple(events), context=context, issues=tuple(notes.issues),
        ignored=frozenset(_ignored(value)), master=tuple(master), places=locations_of(master),
    )  # fmt: skip


def _ignored(value: Any) -> list[str]:
    """Fields that the sender's repository added and that are to be left out of the hash."""
    found: list[str] = []
    if isinstance(value, dict):
        for name, one in value.items():
            if name.endswith(":ignoreFields") and isinstance(one, list):
                found += [str(field) for field in one]
            elif name in ("epcisBody", "queryResults"):
                found += _ignored(one)
    return found
