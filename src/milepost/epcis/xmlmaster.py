"""Master data in the header of an XML document, or in one of their own, in the JSON form."""

from __future__ import annotations

from typing import Any

from milepost.epcis.xmltree import Element

# A document that has nothing but master data; the JSON form knows none.
ALONE = "EPCISMasterDataDocument"


def master_data(root: Element) -> dict[str, Any] | None:
    """The `epcisHeader`; None where there are no master data."""
    listed = root if root.name == ALONE else root.find("EPCISMasterData")
    vocabularies = None if listed is None else listed.find("VocabularyList")
    if vocabularies is None:
        return None
    return {"epcisMasterData": {"vocabularyList": [_list(one) for one in vocabularies.children]}}


def _list(vocabulary: Element) -> dict[str, Any]:
    found = vocabulary.find("VocabularyElementList")
    elements = [] if found is None else found.children
    return {
        "type": vocabulary.attributes.get("type", ""),
        "vocabularyElementList": [_element(one) for one in elements if one.attributes.get("id")],
    }


def _element(element: Element) -> dict[str, Any]:
    told = [one for one in element.children if one.name == "attribute"]
    below = [inner.text for one in element.children if one.name == "children"
             for inner in one.children]  # fmt: skip
    found: dict[str, Any] = {
        "id": element.attributes["id"],
        "attributes": [{"id": one.attributes.get("id", ""), "attribute": one.text} for one in told],
    }
    return found | {"children": below} if below else found
