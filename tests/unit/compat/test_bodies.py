from __future__ import annotations

import pytest

from milepost.compat.core.bodies import (
    BodyError,
    NotAFormError,
    NotAnObjectError,
    NotJsonError,
    form_of,
    object_of,
)

FORM = "application/x-www-form-urlencoded; charset=utf-8"
MULTIPART = "multipart/form-data; boundary=xyz"


def parts(**fields: str) -> bytes:
    rows = (
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return ("".join(rows) + "--xyz--\r\n").encode()


def test_json_whatever_it_is_called() -> None:
    for kind in ("application/json", FORM, ""):
        assert object_of(b' {"a": 1} ', kind) == {"a": 1}
        assert object_of(b'\xef\xbb\xbf{"a": 1}', kind) == {"a": 1}
    assert object_of(b"") == {}


def test_forms_as_older_clients_send_them() -> None:
    body = b"tracker%5Btracking_code%5D=EZ7&tracker[carrier]=USPS&page_size=3"
    listed = b"trackers[0][tracking_code]=A1&trackers[1][tracking_code]=B2"

    assert object_of(body, FORM) == {
        "tracker": {"tracking_code": "EZ7", "carrier": "USPS"}, "page_size": "3",
    }  # fmt: skip
    assert object_of(listed, FORM) == {
        "trackers": {"0": {"tracking_code": "A1"}, "1": {"tracking_code": "B2"}}
    }


@pytest.mark.parametrize(
    ("body", "kind", "fault"),
    [
        (b"{broken", "application/json", NotJsonError),
        (b"[1]", "application/json", NotAnObjectError),
        (b"a=%ff%fe", FORM, NotAFormError),
        (b"a=1&a[b]=2", FORM, NotAFormError),
        (b"\xff\xfe", FORM, NotAFormError),
    ],
)
def test_what_cannot_be_read(body: bytes, kind: str, fault: type[BodyError]) -> None:
    with pytest.raises(fault):
        object_of(body, kind)


def test_multipart_keeps_every_letter_and_leaves_files_out() -> None:
    body = parts(param='{"num":"YT7"}', note="第一行\r\n第二行") + b""
    upload = b'--xyz\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n'

    found = form_of(upload + body, MULTIPART)

    assert found == {"param": '{"num":"YT7"}', "note": "第一行\r\n第二行"}


def test_letters_of_another_encoding() -> None:
    assert form_of("名=值".encode("gbk"), errors="replace") != {}
    with pytest.raises(NotAFormError):
        form_of("名=值".encode("gbk"))
