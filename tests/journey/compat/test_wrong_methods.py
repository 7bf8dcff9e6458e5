"""Wrong methods, and paths that there are not, are told so in the vendor's words."""

from __future__ import annotations

import httpx2
import pytest

from journey.compat.serving import Served

pytest_plugins = ["pg"]
NOT_POST = "请求方式错误"


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/api/dist", 200, NOT_POST),
        ("PUT", "/Ebusiness/EbusinessOrderHandle.aspx", 200, NOT_POST),
        ("POST", "/ebusiness/ebusinessorderhandle.aspx", 200, "非法参数"),
        ("GET", "/poll/query.do", 200, NOT_POST),
        ("PUT", "/poll", 200, NOT_POST),
        ("POST", "/poll/nothing.do", 200, '"returnCode":"400"'),
        ("GET", "/stdio/nothing", 200, '"message"'),
        ("GET", "/track/v2.4/register", 405, '"errors"'),
        ("POST", "/track/v2.4/nothing", 404, '"errors"'),
        ("PATCH", "/tracking/2026-07/trackings", 401, '"meta"'),
        ("PUT", "/v2/trackers", 401, '"error"'),
        ("PUT", "/tracks/", 405, 'Method \\"PUT\\" not allowed.'),
        ("DELETE", "/tracks/usps/1", 405, '"detail"'),
    ],
)
def test_in_the_vendors_words(
    server: Served, method: str, path: str, status: int, word: str
) -> None:
    answer = httpx2.request(method, server.url + path)

    assert answer.status_code == status
    assert word in answer.text
