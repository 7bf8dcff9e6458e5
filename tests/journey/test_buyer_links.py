"""The pick-up code on a running server: hidden from all, shown to who opens the merchant's link."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from journey.running import Caller, Running

pytest_plugins = ["pg"]
CODE = "5-2-8817"
SIGNED = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0L90 40"/></svg>'


def waiting(me: Caller, number: str) -> None:
    me.scan(
        {
            "number": number,
            "carrier": "yto",
            "code": "available_for_pickup",
            "occurred_at": "2026-11-20T10:00:00+08:00",
            "text": f"【测试驿站】包裹已到站，凭取件码 {CODE} 取件，电话13812345678",
        }
    )
    portal = me.client.portal
    assert portal is not None
    portal.call(me.client.app.state.milepost._know_tenants)  # type: ignore[attr-defined]


def test_the_code_is_hidden_and_shown_by_a_signed_link(app: Running, me: Caller) -> None:
    number = "YT8000000005511"
    waiting(me, number)
    page = f"/t/{number}?lang=zh"
    assert me.client.get(page).status_code == 200
    assert CODE not in me.client.get(page).text

    link = me.post(f"/v1/track/{number}/link").json()
    assert link["url"].endswith(f"/t/{number}?k={link['token']}")
    assert CODE in me.client.get(f"{page}&k={link['token']}").text

    for wrong in (link["token"][:-1] + "x", "", "ffffffff.abc", "é"):
        assert CODE not in me.client.get(f"{page}&k={wrong}").text
    waiting(me, "YT8000000005512")
    other = me.client.get(f"/t/YT8000000005512?k={link['token']}")
    assert CODE not in other.text

    app.clock.now += timedelta(days=61)
    assert CODE not in me.client.get(f"{page}&k={link['token']}").text


def test_a_link_is_given_only_for_ones_own_number(app: Running, me: Caller) -> None:
    number = "YT8000000005513"
    waiting(me, number)

    assert app.caller().post(f"/v1/track/{number}/link").status_code == 404
    assert me.client.post(f"/v1/track/{number}/link").status_code == 401
    link = app.caller()
    waiting(link, "YT8000000005514")
    token = link.post("/v1/track/YT8000000005514/link").json()["token"]
    assert CODE not in me.client.get(f"/t/{number}?k={token}").text


async def _set_page(url: str, tenant: int, page: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "UPDATE tenant SET settings = settings || jsonb_build_object('page', $2::jsonb) "
            "WHERE id = $1",
            tenant,
            page,
        )
    finally:
        await connection.close()


def test_a_merchants_brand_is_on_his_parcels_pages(
    app: Running, me: Caller, module_url: str
) -> None:
    number = "YT8000000005515"
    waiting(me, number)
    brand = '{"name": "Tea & Co", "accent": "#c2185b", "languages": ["fr", "zh", "xx"]}'
    portal = me.client.portal
    assert portal is not None
    portal.call(_set_page, module_url, me.tenant, brand)

    page = me.client.get(f"/t/{number}?lang=en").text

    assert "Tea &amp; Co" in page
    assert 'lang="fr"' in page
    assert 'lang="de"' not in page
    assert "/brand/c2185b-same.css" in page
    style = me.client.get("/brand/c2185b-same.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "--accent:#c2185b" in style.text


def test_the_consignee_sees_who_signed_and_where_it_went_and_nobody_else(app: Running) -> None:
    me = app.caller(scopes=("read", "write", "personal"))
    number = "YT8000000005525"
    who = {"name": "Ottilie Erfunden", "phone": "+49 171 5550123", "lines": ["Musterweg 7"],
           "city": "Ulm", "postal_code": "89073", "country": "DE"}  # fmt: skip
    (row,) = me.register({"number": number, "carrier": "yto", "consignee": who})
    identity = row["id"]
    me.post(f"/v1/shipments/{identity}/evidence?kind=signature", SIGNED, "image/svg+xml")
    me.scan({"number": number, "carrier": "yto", "code": "delivered",
             "occurred_at": "2026-11-20T10:00:00+08:00",
             "text": "【测试市】本人签收，派件员王小满，电话13812345678"})  # fmt: skip
    portal = me.client.portal
    assert portal is not None
    portal.call(me.client.app.state.milepost._know_tenants)  # type: ignore[attr-defined]
    personal = ("Ottilie Erfunden", "5550123", "Musterweg 7", "89073 Ulm", "/evidence/",
                "13812345678")  # fmt: skip

    public = me.client.get(f"/t/{number}?lang=en").text
    token = me.post(f"/v1/track/{number}/link").json()["token"]
    shown = me.client.get(f"/t/{number}?lang=en&k={token}").text

    assert [text for text in personal if text in public] == []
    assert [text for text in personal if text not in shown] == []
    url = shown.partition('src="/evidence/')[2].partition('"')[0]
    picture = me.client.get(f"/evidence/{url}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    app.clock.now += timedelta(days=2)
    assert me.client.get(f"/evidence/{url}").status_code == 404
    erasing = me.client.delete(f"/v1/shipments/{identity}/personal", headers=me.headers)
    assert erasing.status_code == 204, erasing.text
    erased = me.client.get(f"/t/{number}?lang=en&k={token}").text
    assert [text for text in personal if text in erased] == []
