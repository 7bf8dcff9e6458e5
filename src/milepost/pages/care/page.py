"""`/t/{number}/care`: the forms, and what became of the one that was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from milepost.domain.case import StepError
from milepost.domain.track import numbers_of
from milepost.engine.cases.check import PROBLEMS
from milepost.engine.cases.desk import Opening
from milepost.engine.cases.ports import CaseFilter
from milepost.engine.notifying import BUYER_TOPICS
from milepost.locale import dates
from milepost.pages.care import actions
from milepost.pages.care.actions import ACTIONS, Action, Asked, BadFormError
from milepost.pages.care.footprint import Footprint, footprint
from milepost.pages.care.pictures import MOST, Filled, attach, filled
from milepost.pages.care.ports import Parcel
from milepost.pages.care.requests import requests
from milepost.pages.care.site import (
    CareSite,
    care_url,
    own,
    plain,
    remember_proof,
    slowed,
)
from milepost.pages.headers import HEADERS, NO_INDEX
from milepost.pages.site import kept_language
from milepost.pages.view.tone import tone_of

_CHOICES = {"problems": PROBLEMS, "wishes": actions.WISHES, "changes": actions.CHANGES,
            "parts": actions.PARTS, "conditions": actions.CONDITIONS, "stars": actions.STARS,
            "topics": BUYER_TOPICS}  # fmt: skip
# How the page calls a field that is missing or not right.
_LABELS = {"problem": "report.problem", "wish": "report.wish", "what": "change.what",
           "address": "change.address", "city": "change.city", "day": "change.day",
           "part_of_day": "change.part_of_day", "condition": "receipt.condition",
           "stars": "rate.stars"}  # fmt: skip


class CarePage:
    def __init__(self, site: CareSite) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """200 with the forms that fit; 404 where there is no such parcel."""
        parcel = await self._site.parcel(request)
        if parcel is None:
            return plain(404, "Not found")
        if request.path_params["number"] != parcel.number:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(care_url(parcel.number) + query, 307, HEADERS | NO_INDEX)
        response = await self.page(request, parcel)
        token = request.query_params.get("k")
        if token and self._site.proven(request, parcel):
            # Forms go to the address without it.
            remember_proof(request, response, parcel.number, token)
        return response

    async def act(self, request: Request) -> Response:
        """A form: 200 with what became of it, 403 where the consignee has to prove himself."""
        site = self._site
        parcel = await site.parcel(request)
        if parcel is None:
            return plain(404, "Not found")
        if not own(request, site.rooms.hosts):
            return plain(403, "This form was sent from elsewhere.")
        if slowed(request, site.rooms):
            return await self.page(request, parcel, status=429, said="care.too_many")
        sent = await filled(request)
        if sent.too_large:
            return await self.page(request, parcel, status=413, said="report.pictures_large")
        form = sent.form
        action = ACTIONS.get(form.get("action", ""))
        if action is None:
            return await self.page(request, parcel, status=422, bad="action")
        if action.personal and not site.proven(request, parcel):
            return await self.page(request, parcel, status=403, open_=action.name, asked=form)
        return await self._take(request, parcel, action, sent)

    async def _take(
        self, request: Request, parcel: Parcel, action: Action, sent: Filled
    ) -> Response:
        form, rooms = sent.form, self._site.rooms
        if action not in actions.offered(parcel.track) or self._late(action, parcel):
            return await self.page(request, parcel, status=409, not_now=True)
        try:
            asked = action.read(form)
            # Whoever lives west of us may still have yesterday.
            actions.check_day(asked, self._site.clock().date() - timedelta(days=1))
            case = await self._open(request, parcel, action, asked)
        except BadFormError as error:
            return await self.page(
                request, parcel, status=422, bad=str(error), open_=action.name, asked=form
            )
        except StepError:
            return await self.page(request, parcel, status=409, not_now=True)
        # A stranger's pictures are not taken.
        pictures = sent.pictures if self._site.proven(request, parcel) else ()
        refused = await attach(rooms, parcel, case, asked.kind, pictures)
        if case is None:
            return await self.page(request, parcel, said="care.again", refused=refused)
        row = await rooms.cases.find(parcel.tenant, case)
        found = [one["code"] for one in row.case.findings] if row is not None else []
        return await self.page(
            request, parcel, case=case, found=found, answers=not asked.closes, refused=refused
        )

    async def _open(
        self, request: Request, parcel: Parcel, action: Action, asked: Asked
    ) -> int | None:
        rooms = self._site.rooms
        # What a stranger says who only knows the number is told as such.
        actor = "consignee" if self._site.proven(request, parcel) else "visitor"
        day = rooms.now_us() // 86_400_000_000
        wanted = Opening(
            kind=asked.kind, number=parcel.number, side="buyer", actor=actor, text=asked.text,
            fields=asked.fields, key=f"care:{parcel.number}:{action.name}:{asked.twice}:{day}",
        )  # fmt: skip
        road, _ = rooms.keys_of(parcel.tenant, parcel.number)
        desk = rooms.desk()
        case = await desk.open(parcel.tenant, road, wanted)
        if case is not None and asked.closes:
            step = desk.made("system", "milepost", "closed", "", {"outcome": "noted"})
            await desk.step(parcel.tenant, case, step)
        return case

    def _late(self, action: Action, parcel: Parcel) -> bool:
        until = actions.redelivery_until(parcel.track)
        return action.name == "again" and (until is None or self._site.clock() > until)

    async def page(
        self,
        request: Request,
        parcel: Parcel,
        *,
        status: int = 200,
        said: str | None = None,
        bad: str | None = None,
        open_: str | None = None,
        asked: dict[str, str] | None = None,
        not_now: bool = False,
        case: int | None = None,
        found: list[str] | None = None,
        answers: bool = True,
        refused: Sequence[str] = (),
    ) -> HTMLResponse:
        """The page with what there is to say on top."""
        site, rooms = self._site, self._site.rooms
        proven = site.proven(request, parcel)
        forms = actions.offered(parcel.track)
        spoken = kept_language(request).replace("&", "?", 1)
        more: dict[str, Any] = {
            "said": said, "bad": self._named(request, bad), "given": asked or {},
            "open": open_ or request.query_params.get("open"), "not_now": not_now,
            "requests": [], "case": case, "found": found or [], "answers": answers,
            "refused": refused, "most_pictures": MOST,
            "code": request.query_params.get("code"),
            "subscribe": request.query_params.get("subscribe"),
            "forms": [one.name for one in forms], "choices": _CHOICES, "proven": proven,
            "personal": [one.name for one in forms if one.personal and not proven],
            "kinds": await rooms.reached_by(parcel.tenant), "push_key": rooms.push_key,
            "until": self._until(request, parcel), "carbon": self._carbon(request, parcel),
            "late": self._late(ACTIONS["again"], parcel), "spoken": spoken,
            "today": site.clock().date(), "home": care_url(parcel.number) + spoken,
        }  # fmt: skip
        reader, sub = site.reader(request), parcel.track.status.sub
        if proven:
            rows = await rooms.cases.list(
                parcel.tenant, CaseFilter(numbers=numbers_of(parcel.track))
            )
            more["requests"] = requests(rows, reader)
        return site.page(
            request, "care.html", status=status, guarded=proven, number=parcel.number,
            n=site.says(request),
            status_text=reader.status(sub), tone=tone_of(sub),
            brand=await rooms.extras.brand(parcel.number), brand_of=parcel.number, **more,
        )  # fmt: skip

    def _named(self, request: Request, field: str | None) -> str | None:
        label = _LABELS.get(field or "")
        return str(self._site.says(request)(label)).rstrip("?？؟") if label else field

    def _until(self, request: Request, parcel: Parcel) -> str | None:
        until = actions.redelivery_until(parcel.track)
        if until is None:
            return None
        reader = self._site.reader(request)
        day = dates.weekday(until.date(), reader.locale, self._site.clock().date())
        return reader.text("time.at", day=day, clock=reader.hour(until.time()))

    def _carbon(self, request: Request, parcel: Parcel) -> Footprint | None:
        """What the road gave off, where enough of it is known."""
        carbon = self._site.rooms.carbon_of(parcel.track)
        if carbon is None or not carbon.wtw_g:
            return None
        return footprint(carbon, parcel.track, self._site.reader(request))
