"""poll and pollmap: a client wants to be told of every change of a number."""

from __future__ import annotations

from typing import Any

from milepost.compat.core import (
    AlreadyWatchedError,
    CompatServices,
    Credential,
    TooManyWatchedError,
    Watch,
    xml,
)
from milepost.compat.kuaidi100 import (
    VENDOR,
    access,
    asking,
    company,
    faults,
    older,
    phones,
    recognise,
    shape,
)
from milepost.compat.kuaidi100.faults import RefusedError
from milepost.compat.kuaidi100.push import SILENCE_TOLD_US
from milepost.domain.scan import Facts
from milepost.engine.resolve import BadScanError

AGAIN_AFTER_US = 30 * 60 * 1_000_000
_SAID = ("from", "to", "resultv2", "lang", "order", "phone", "mobiletelephone", "interCom",
         "departureCountry", "departureCom", "destinationCountry", "destinationCom", "ordertime",
         "orderTime", older.SCHEMA)  # fmt: skip


async def poll(services: CompatServices, given: dict[str, str]) -> Any:
    """`POST /poll`."""
    return await _answer(services, given, map_wanted=False)


async def poll_map(services: CompatServices, given: dict[str, str]) -> Any:
    """`POST /pollmap`: pushes have the page with the map; needs both ends of the road."""
    return await _answer(services, given, map_wanted=True)


async def _answer(services: CompatServices, given: dict[str, str], *, map_wanted: bool) -> Any:
    text = given.get("param", "")
    if not xml.is_xml(text):
        return await _subscribe(services, text, map_wanted=map_wanted)
    try:
        answer = await _subscribe(services, text, map_wanted=map_wanted)
    except RefusedError as error:
        answer = faults.body((error.code, error.message))
    return older.answered(answer)


async def _subscribe(services: CompatServices, text: str, *, map_wanted: bool) -> dict[str, Any]:
    param = older.param_of(text)
    credential = await access.by_key(services, asking.text_of(param, "key"))
    options = _options(param, map_wanted)
    if map_wanted and not (options.get("from") and options.get("to")):
        raise RefusedError(faults.BAD_DATA)
    wanted = _watch(services, credential, param, options, map_wanted=map_wanted)
    known = await services.watches.get(credential.tenant, VENDOR, wanted.number)
    phones.check(wanted.carrier, str(options.get("phone") or ""), known)
    watch = await _kept(services, wanted, known)
    await _tell(services, watch)
    return faults.done()


def _options(param: dict[str, Any], map_wanted: bool) -> dict[str, Any]:
    """What the client said, flat; `parameters` before the outer level."""
    inner = param.get("parameters")
    inner = inner if isinstance(inner, dict) else {}
    said = {name: asking.text_of(inner, name) or asking.text_of(param, name) for name in _SAID}
    options: dict[str, Any] = {name: value for name, value in said.items() if value}
    options.setdefault("phone", asking.text_of(inner, "mobiletelephone"))
    if map_wanted:
        options.setdefault("resultv2", "5")
    return options


def _watch(
    services: CompatServices,
    credential: Credential,
    param: dict[str, Any],
    options: dict[str, Any],
    *,
    map_wanted: bool,
) -> Watch:
    """A subscription to the map is one of its own beside the plain one."""
    inner = param["parameters"] if isinstance(param.get("parameters"), dict) else {}
    number = asking.number_of(asking.text_of(param, "number"), faults.BAD_NUMBER)
    com = _company(services, param, inner, number)
    callback = asking.text_of(inner, "callbackurl")
    if not callback.lower().startswith(("http://", "https://")):
        raise RefusedError(faults.BAD_CALLBACK)
    return Watch(
        tenant=credential.tenant,
        dialect=VENDOR,
        number=number,
        carrier_code=com + (company.MAP if map_wanted else ""),
        carrier=services.crosswalk.slug_of(VENDOR, com),
        callback=callback,
        secret=asking.text_of(inner, "salt") or None,
        options=options
        | {"base_url": services.base_url, "sent_as": asking.text_of(param, "number")},
        account=credential.public_id,
    )


def _company(
    services: CompatServices, param: dict[str, Any], inner: dict[str, Any], number: str
) -> str:
    com = asking.text_of(param, "company").lower()
    if not com and asking.text_of(inner, "autoCom") == "1":
        found = recognise.likeliest(services.crosswalk, number)
        if found is None:
            raise RefusedError(faults.NOT_RECOGNISED)
        return found
    if services.crosswalk.slug_of(VENDOR, com) is None:
        raise RefusedError(faults.UNSUPPORTED)
    return com


async def _kept(services: CompatServices, wanted: Watch, known: list[Watch]) -> Watch:
    """The subscription as it is stored; one that ended half an hour ago is taken up again."""
    before = next((one for one in known if one.carrier_code == wanted.carrier_code), None)
    try:
        if before is None:
            return await services.watches.add(wanted)
        ended_us = await _ended_us(services, before)
        if ended_us is None or services.now_us() - ended_us < AGAIN_AFTER_US:
            raise RefusedError(faults.REPEATED)
        return await _again(services, before, wanted)
    except AlreadyWatchedError:
        raise RefusedError(faults.REPEATED) from None
    except TooManyWatchedError:
        raise RefusedError(faults.NO_QUOTA) from None
    except BadScanError:
        raise RefusedError(faults.BAD_NUMBER) from None
    except ValueError:
        raise RefusedError(faults.BAD_CALLBACK) from None


async def _ended_us(services: CompatServices, watch: Watch) -> int | None:
    """When a subscription ended, or was told that nothing is heard; None while it goes on."""
    if not watch.active:
        return watch.stopped_us or 0
    told_us = watch.options.get(SILENCE_TOLD_US)
    if told_us is None:
        return None
    track = await services.queries.track(watch.tenant, watch.number)
    return None if track is not None and shape.standing(track) else int(told_us)


async def _again(services: CompatServices, before: Watch, wanted: Watch) -> Watch:
    before.callback, before.secret = wanted.callback, wanted.secret
    before.options = wanted.options | {"since_us": services.now_us()}
    before.account = wanted.account
    before.active, before.stopped_us = True, None
    await services.watches.save(before)
    return before


async def _tell(services: CompatServices, watch: Watch) -> None:
    """Keep what the client knows of the parcel, and push at once what is known here."""
    origin = asking.place_of(watch.options.get("from", ""))
    destination = asking.place_of(watch.options.get("to", ""))
    fact = Facts(number=watch.number, carrier=watch.carrier, origin=origin, destination=destination)
    await services.journey.add_facts(watch.tenant, "merchant", [fact])
    track = await services.queries.track(watch.tenant, watch.number)
    if track is not None and shape.standing(track):
        await services.watches.push(watch)
