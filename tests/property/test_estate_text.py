"""Written estates read back as they were; merged files keep what people wrote."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from support.estate_strategies import estates
from support.estate_texts import SMALL
from support.examples import examples
from warifu.domain.estate import Estate
from warifu.domain.estate.merge import merge
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.estate.write import write_estate


@examples(40)
@given(estates())
def test_a_written_estate_reads_back_as_it_was(estate: Estate) -> None:
    """Write and read are inverse, and the text is the same each time."""
    text = write_estate(estate)
    again = parse_estate([Source("estate.toml", text, "/srv")])
    assert estate == again
    assert text == write_estate(again)


@examples(25)
@given(estates(), st.data())
def test_a_merge_keeps_the_text_and_adds_what_is_new(estate: Estate, data: st.DataObject) -> None:
    """What stands in the file stays byte for byte; merging the same scan again changes nothing."""
    services = data.draw(st.sets(st.sampled_from(sorted(estate.services)), min_size=1))
    kept_slots = {name: slot for name, slot in estate.slots.items() if slot.service in services}
    part = replace(
        estate,
        services={name: estate.services[name] for name in services},
        slots=kept_slots,
        connections={
            name: one for name, one in estate.connections.items() if {*one.clients, *one.servers} <= services
        },
        groups={},
        waivers=(),
    )
    text = "# by hand\n" + write_estate(part).replace("\n[", "\n# kept \n[")
    texts, difference = merge([Source("e.toml", text, "/srv")], replace(estate, waivers=()), into="e.toml")
    merged = texts.get("e.toml", text)
    assert merged.startswith(text)
    assert () == difference.changed
    assert () == difference.held_back
    assert () == difference.vanished
    whole = parse_estate([Source("e.toml", merged, "/srv")])
    assert replace(estate, waivers=()) == whole
    assert ({}, True) == _again(merged, replace(estate, waivers=()))


def _again(text: str, estate: Estate) -> tuple[dict[str, str], bool]:
    texts, difference = merge([Source("e.toml", text, "/srv")], estate, into="e.toml")
    return dict(texts), difference.is_empty


@examples(15)
@given(estates(), st.booleans())
def test_a_merge_never_touches_what_people_wrote(estate: Estate, ends_well: bool) -> None:
    """Whatever the scan holds, the old text is a prefix of the new one, and the new one is an estate."""
    text = SMALL if ends_well else SMALL.rstrip("\n")
    texts, _ = merge([Source("e.toml", text, "/srv")], replace(estate, waivers=()), into="e.toml")
    merged = texts.get("e.toml", text)
    assert merged.startswith(text)
    parse_estate([Source("e.toml", merged, "/srv")])
