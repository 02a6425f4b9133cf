"""The demo's estate file says what the demo's programs really do."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.commands import ISSUER, PASSPHRASE
from demo.estate import Estate, make_old_pki
from demo.estatefile import write_estate_file
from demo.shape import SHOP, Shape, many
from warifu.domain.estate import ClientCertificate, IdentitySlot
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source


@pytest.mark.parametrize("shape", [SHOP, many(services=20, processes=2, clients=2, rate=1)])
def test_the_estate_file_is_read_without_a_fault(tmp_path: Path, shape: Shape) -> None:
    """Every part, slot and connection of the demo stands in it, with the files the programs load."""
    estate = Estate(tmp_path, shape)
    estate.write_files(make_old_pki())
    estate.ports = {part.name: 20000 + number for number, part in enumerate(shape.parts) if part.listen}
    path = write_estate_file(estate, issuer=ISSUER, passphrase=PASSPHRASE)
    read = parse_estate([Source(str(path), path.read_text(encoding="utf-8"), str(tmp_path))])
    assert {part.name for part in shape.parts} == set(read.services)
    assert set(shape.links) == set(read.connections)
    mutual = {name for name, (_, link) in shape.links.items() if link.identity}
    assert mutual == {
        name
        for name, each in read.connections.items()
        if each.client_certificate is ClientCertificate.REQUIRED
    }
    slots = {f"{part.name}/{label}" for part in shape.parts for label in (*part.identities, *part.trusts)}
    assert slots == set(read.slots)
    for slot in read.slots.values():
        assert all(Path(file).is_file() for file in slot.files)
        if isinstance(slot, IdentitySlot):
            assert ISSUER == read.identities[slot.identity].issuer
    for part in shape.parts:
        assert str(estate.status(part.name)) == read.services[part.name].options["status"]
