"""Trees and proofs after RFC 9162: known answers, and every proof of every size."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.notary.merkle import Frontier, consistent, half, includes, reduced
from milepost.notary.suites import Suite, UnknownSuiteError, names, suite
from milepost.notary.tree import FAN, Tree

SHA = suite("sha256")
# The inputs and roots that certificate transparency's own reference trees have.
INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(count: int, used: Suite = SHA) -> list[bytes]:
    return [used.leaf(number.to_bytes(4, "big")) for number in range(count)]


def over(leaves: list[bytes], used: Suite = SHA, levels: int = 0) -> Tree:
    """A tree over leaves, with as many stored levels above them."""
    stored = [leaves]
    for _ in range(levels):
        below = stored[-1]
        whole = len(below) // FAN * FAN
        starts = range(0, whole, FAN)
        stored.append([reduced(used, b"".join(below[at : at + FAN])) for at in starts])

    def read(level: int, first: int, end: int) -> bytes:
        return b"".join(stored[level][first:end]) if level < len(stored) else b""

    return Tree(used, read, len(leaves))


def plain_root(leaves: list[bytes], used: Suite = SHA) -> bytes:
    """Straight from the definition."""
    if not leaves:
        return used.hash(b"")
    if len(leaves) == 1:
        return leaves[0]
    at = half(len(leaves))
    return used.node(plain_root(leaves[:at], used), plain_root(leaves[at:], used))


def test_known_roots() -> None:
    leaves = [SHA.leaf(bytes.fromhex(text)) for text in INPUTS]
    frontier = Frontier(SHA)

    for size, root in enumerate(ROOTS):
        assert over(leaves[:size]).root().hex() == root
        assert frontier.root().hex() == root
        if size < len(leaves):
            frontier.add(leaves[size])


def test_known_paths() -> None:
    leaves = [SHA.leaf(bytes.fromhex(text)) for text in INPUTS]

    inclusion = [step.hex()[:8] for step in over(leaves).inclusion(0)]
    consistency = [step.hex()[:8] for step in over(leaves[:8]).consistency(6)]

    assert inclusion == ["96a296d2", "5f083f0a", "6b47aaf2"]
    assert consistency == ["0ebc5d34", "ca854ea1", "d37ee418"]


def test_sm3_hashes_as_its_standard_says() -> None:
    assert suite("sm3").hash(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert set(names()) == {"sha256", "sm3"}


def test_an_unknown_suite_is_named() -> None:
    with pytest.raises(UnknownSuiteError, match="md5"):
        suite("md5")


@pytest.mark.parametrize("name", ["sha256", "sm3"])
@pytest.mark.parametrize("size", [*range(1, 34), 64, 65])
def test_every_inclusion_proof_verifies_and_no_other(name: str, size: int) -> None:
    used = suite(name)
    leaves = leaves_of(size, used)
    tree = over(leaves, used)
    root = plain_root(leaves, used)

    assert tree.root() == root
    for index, leaf in enumerate(leaves):
        path = tree.inclusion(index)
        assert includes(used, leaf, index, size, path, root)
        for other in {index - 1, index + 1, size}:
            assert not includes(used, leaf, other, size, path, root)
        assert not includes(used, used.leaf(b"other"), index, size, path, root)
        assert not includes(used, leaf, index, size, [*path, root], root)
        assert not includes(used, leaf, index, size, path[:-1], root) or size == 1


@pytest.mark.parametrize("size", [*range(34), 64, 65])
def test_every_consistency_proof_verifies_and_no_other(size: int) -> None:
    leaves = leaves_of(size)
    tree = over(leaves)
    roots = [plain_root(leaves[:old]) for old in range(size + 1)]

    for old in range(size + 1):
        path = tree.consistency(old)
        assert consistent(SHA, old, size, path, roots[old], roots[size])
        if old:
            assert not consistent(SHA, old, size, path, SHA.leaf(b"x"), roots[size])
        if 0 < old < size:
            assert not consistent(SHA, old, size, path, roots[old], SHA.leaf(b"x"))
            assert not consistent(SHA, old, size, path[:-1], roots[old], roots[size])
            assert not consistent(SHA, old, size, [*path, path[0]], roots[old], roots[size])
            assert not consistent(SHA, old - 1, size, path, roots[old - 1], roots[size])


@given(st.data())
def test_stored_levels_change_no_proof(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 2 * FAN + 3))
    index = data.draw(st.integers(0, size - 1))
    leaves = ALL[:size]
    plain, stored = over(leaves), over(leaves, levels=data.draw(st.integers(1, 2)))

    assert stored.root() == plain.root()
    assert stored.inclusion(index) == plain.inclusion(index)
    assert stored.consistency(index) == plain.consistency(index)
    assert includes(SHA, leaves[index], index, size, stored.inclusion(index), plain.root())


@given(st.data())
def test_a_changed_step_is_noticed(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    tree = over(ALL[:size])
    path, root = tree.inclusion(index), tree.root()
    at = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = int.from_bytes(path[at], "big") ^ (1 << bit)
    path[at] = changed.to_bytes(32, "big")

    assert not includes(SHA, ALL[index], index, size, path, root)


def test_what_is_outside_is_refused() -> None:
    tree = over(leaves_of(5))

    for bad in (-1, 5):
        with pytest.raises(ValueError, match="no leaf"):
            tree.inclusion(bad)
    with pytest.raises(ValueError, match="holds none"):
        tree.consistency(6)
    with pytest.raises(LookupError):
        Tree(SHA, lambda *_: b"", 5).root()


def test_halves() -> None:
    assert [half(size) for size in range(2, 10)] == [1, 2, 2, 4, 4, 4, 4, 8]
    assert all(half(a) <= half(b) for a, b in pairwise(range(2, 99)))


ALL = leaves_of(2 * FAN + 3)
