"""Published EPCIS 2.0 documents get the verdict that is expected, published vectors their hash."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from milepost.epcis.documents import read, read_value
from milepost.epcis.hashing import event_hash
from milepost.epcis.indexing import entry_of
from milepost.epcis.model import event_of
from milepost.epcis.prehash import prehash
from milepost.epcis.scans import scans_of
from shared import shared


def loaded(name: str) -> Any:
    with gzip.open(shared(f"data/{name}"), "rt", encoding="utf-8") as file:
        return json.load(file)


def test_every_document_gets_its_verdict(subtests: pytest.Subtests) -> None:
    cases = loaded("epcis_documents.json.gz")["cases"]
    for case in cases:
        with subtests.test(case["path"]):
            document = read(json.dumps(case["document"]).encode())

            errors = [one for one in document.issues if one.level == "error"]
            assert document.valid == (case["expect"] == "valid"), errors
    assert len(cases) >= 70


def test_every_event_gets_its_hash(subtests: pytest.Subtests) -> None:
    hashes = 0
    for vector in loaded("epcis_hash_vectors.json.gz")["vectors"]:
        document = read_value(vector["document"])
        pairs = zip(document.events, vector["hashes"], strict=True)
        for (path, event), expected in pairs:
            with subtests.test(f"{vector['name']} {path}"):
                found = event_hash(event, document.prefixes, document.ignored)

                assert found == expected, prehash(event, document.prefixes)
                hashes += 1
    assert hashes >= 40


def test_every_valid_event_goes_further(subtests: pytest.Subtests) -> None:
    for case in loaded("epcis_documents.json.gz")["cases"]:
        if case["expect"] == "valid":
            with subtests.test(case["path"]):
                document = read_value(case["document"])
                for _, event in document.events:
                    entry = entry_of(event, document.prefixes, document.ignored)
                    read_again = event_of(entry.body)

                    assert read_again is not None
                    assert all(scan.number for scan in scans_of(read_again))
                    # What is stored of it has the same identity as what came.
                    assert event_hash(entry.body) == entry.hash
