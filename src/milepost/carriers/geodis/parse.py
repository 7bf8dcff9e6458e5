"""GEODIS: `recherche-envoi` of the customer space."""

from __future__ import annotations

from milepost.carriers.toolkit.facts import FactPaths
from milepost.carriers.toolkit.faults import Fault
from milepost.carriers.toolkit.payload import read_payload
from milepost.carriers.toolkit.places import Where
from milepost.carriers.toolkit.wire import Wire
from milepost.domain.scan import ParseContext, Parsed

ENVOI = Wire(
    carrier="geodis",
    shipments=("contenu",),
    number=("noSuivi", "noRecepisse"),
    events=("listSuivis",),
    date="dateSuivi",
    clock="heureSuivi",
    code=("codeSituationJustification",),
    text=("libelleSuivi", "libelleCourtSuivi"),
    place=Where(name=("libelleCentre",), facility=("codeSa",)),
    faults=(Fault(rows="texteErreur", text=()),),
    latest=("dateLivraisonPrevue",),
    facts=FactPaths(
        service=("prestationCommerciale.libelle",),
        order_number=("reference1",),
        pieces=("nbColis",),
        weight="poids",
        weight_unit="kg",
        origin=Where(
            city=("expediteur.ville",),
            postal_code=("expediteur.codePostal",),
            country=("expediteur.pays.code",),
        ),
        destination=Where(
            city=("destinataire.ville",),
            postal_code=("destinataire.codePostal",),
            country=("destinataire.pays.code",),
        ),
    ),
)


def parse(payload: bytes, context: ParseContext) -> Parsed:
    """All steps of one shipment; times are local to France."""
    return read_payload(payload, context, ENVOI.walk)
