"""The console's pages: what the side bar and the palette offer to a role."""

from __future__ import annotations

from msgspec import Struct

from milepost.pages.console.access.roles import may


class Entry(Struct, frozen=True):
    """A page. `key`: the letter that follows `g` on the keyboard."""

    name: str
    path: str
    needs: str = "viewer"
    key: str = ""


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("work", (
        Entry("worries", "/console", key="w"),
        Entry("shipments", "/console/shipments", key="s"),
        Entry("cases", "/console/cases", key="c"),
    )),
    ("see", (
        Entry("network", "/console/network", key="n"),
        Entry("analytics", "/console/analytics", key="a"),
        Entry("recommend", "/console/recommend", key="r"),
        Entry("notices", "/console/notices", key="o"),
    )),
    ("set", (
        Entry("policies", "/console/policies", key="p"),
        Entry("subscriptions", "/console/subscriptions", key="b"),
        Entry("deliveries", "/console/deliveries", key="d"),
        Entry("connections", "/console/connections", key="l"),
        Entry("import", "/console/import", "manager", "i"),
        Entry("brand", "/console/brand", "manager"),
        Entry("keys", "/console/keys", "admin", "k"),
        Entry("users", "/console/users", "admin", "u"),
        Entry("tenants", "/console/tenants", "admin", "t"),
        Entry("audit", "/console/audit", "manager"),
    )),
)  # fmt: skip


def of(role: str) -> list[tuple[str, list[Entry]]]:
    """What a role may see, in groups."""
    return [(name, [one for one in entries if may(role, one.needs)]) for name, entries in GROUPS]
