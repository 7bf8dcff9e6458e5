from __future__ import annotations

from milepost.compat.seventeentrack.sign import sign

STOPPED = (
    b'{"event":"TRACKING_STOPPED","data":'
    b'{"number":"RR123456789CN","carrier":3011,"param":null,"tag":""}}'
)


def test_the_known_answer() -> None:
    expected = "15e50c09bf9604c40aedd131fde42adf0290359dfbc5ab3d13c2c854dfe872f2"

    assert sign(STOPPED, "tok") == expected


def test_the_body_is_signed_as_it_is() -> None:
    assert sign(STOPPED + b" ", "tok") != sign(STOPPED, "tok")
    assert sign(STOPPED, "Tok") != sign(STOPPED, "tok")
