"""Custody of requests: the state machine, and who may discard what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from support.pki import NOW, make_ca
from support.requests import pending, request_for, template_for
from warifu.domain.rotation.requests import (
    MOVES,
    Move,
    PendingRequest,
    RequestState,
    discard,
    find_records,
    find_request,
    install,
    issue,
    key_stem,
    request_id,
    submit,
)
from warifu.errors import RefusedError

LATER = NOW + timedelta(days=20)
ROOT = make_ca("Root")
MADE = request_for(template_for(ROOT))
LEAF = ROOT.sign(MADE.request, names=["web.example"])
START = pending(template_for(ROOT), made=MADE)

DRAWING = {
    ("pending", "submit"): "submitted",
    ("pending", "discard"): "void",
    ("submitted", "submit"): "submitted",
    ("submitted", "issue"): "issued",
    ("submitted", "discard"): "void",
    ("issued", "issue"): "issued",
    ("issued", "install"): "installed",
    ("issued", "discard"): "void",
    ("installed", "install"): "installed",
}


def _in(state: RequestState) -> PendingRequest:
    submitted = submit(START, now=NOW)
    issued = issue(submitted, LEAF, (), now=NOW)
    return {
        RequestState.PENDING: START,
        RequestState.SUBMITTED: submitted,
        RequestState.ISSUED: issued,
        RequestState.INSTALLED: install(issued, now=NOW),
        RequestState.VOID: discard(START, confirmed="", now=NOW),
    }[state]


def _move(request: PendingRequest, move: Move) -> PendingRequest:
    moves: dict[Move, Callable[[], PendingRequest]] = {
        Move.SUBMIT: lambda: submit(request, now=LATER),
        Move.ISSUE: lambda: issue(request, LEAF, (), now=LATER),
        Move.INSTALL: lambda: install(request, now=LATER),
        Move.DISCARD: lambda: discard(request, confirmed=request.id, now=LATER),
    }
    return moves[move]()


@pytest.mark.req("S3-13")
@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("move", list(Move))
def test_every_move_is_as_drawn_or_refused(state: RequestState, move: Move) -> None:
    """Pending -> submitted -> issued -> installed, void from any open state; all else is refused."""
    before = _in(state)
    drawn = DRAWING.get((state.value, move.value))
    if drawn is None:
        with pytest.raises(RefusedError) as refused:
            _move(before, move)
        wanted = {"issue.illegal-move"}
        if state is RequestState.VOID and move is Move.ISSUE:
            wanted = {"issue.request-void"}
        assert wanted == {refused.value.code}
    else:
        assert drawn == _move(before, move).state.value


def test_the_table_is_the_drawing() -> None:
    """No move is possible that is not drawn."""
    assert DRAWING == {(state.value, move.value): after.value for (state, move), after in MOVES.items()}


def test_the_first_time_of_a_state_is_kept() -> None:
    """Submitting or installing again changes nothing, so a crash and a second run leave no trace."""
    submitted = submit(START, now=NOW)
    assert submitted == submit(submitted, now=LATER)
    installed = install(issue(submitted, LEAF, (), now=NOW), now=NOW)
    assert installed == install(installed, now=LATER)


@pytest.mark.req("S3-14")
@pytest.mark.parametrize("state", [RequestState.SUBMITTED, RequestState.ISSUED])
@pytest.mark.parametrize("typed", ["", "yes", "web"])
def test_discarding_an_outstanding_request_needs_its_name(state: RequestState, typed: str) -> None:
    """A certificate is outstanding: only the typed name of the request discards it."""
    request = _in(state)
    with pytest.raises(RefusedError) as refused:
        discard(request, confirmed=typed, now=LATER)
    assert "issue.discard-unconfirmed" == refused.value.code
    assert request.id == refused.value.values["request"]


@pytest.mark.req("S3-14")
def test_a_confirmed_discard_marks_it_void_with_its_time() -> None:
    """The typed name voids it, and says since when."""
    void = discard(_in(RequestState.SUBMITTED), confirmed=START.id, now=LATER)
    assert (RequestState.VOID, LATER) == (void.state, void.voided)


def test_a_request_nobody_has_is_discarded_without_words() -> None:
    """Nothing is lost with a request that never left."""
    assert RequestState.VOID is discard(START, confirmed="", now=NOW).state


@pytest.mark.req("S3-15")
def test_a_certificate_for_a_discarded_request_is_refused_with_its_date() -> None:
    """Void is final: the refusal says when it was discarded."""
    void = discard(_in(RequestState.SUBMITTED), confirmed=START.id, now=LATER)
    with pytest.raises(RefusedError) as refused:
        issue(void, LEAF, (), now=LATER)
    assert ("issue.request-void", LATER) == (refused.value.code, refused.value.values["voided"])


@pytest.mark.req("S4-13")
def test_a_certificate_of_another_request_is_refused() -> None:
    """Names do not help: the key of this target is not matched."""
    stranger = ROOT.sign(request_for(template_for(ROOT)).request, names=["web.example"])
    with pytest.raises(RefusedError) as refused:
        issue(submit(START, now=NOW), stranger, (), now=LATER)
    assert "issue.key-not-matched" == refused.value.code


def test_a_request_is_named_by_identity_and_key() -> None:
    """The name is a file's name whatever the identity is called, and two requests of one key share it."""
    again = request_for(template_for(ROOT), MADE.key).request
    assert request_id("web", MADE.request.public_key) == request_id("web", again.public_key)
    assert request_id("../w b", again.public_key).startswith("_w_b-")


def test_a_key_is_found_again_and_never_used_twice() -> None:
    """The key's file name holds until its request is finished; then the next request gets another."""
    template = template_for(ROOT)
    first = key_stem("web", template, [])
    assert first == key_stem("web", template, [START])
    assert f"{first}-2" == key_stem("web", template, [discard(START, confirmed="", now=NOW)])
    assert first != key_stem("web", template_for(ROOT, "other.example"), [])


def test_a_plan_made_again_takes_up_the_open_request() -> None:
    """A template that differs only in its start finds the open request, never a void or installed one."""
    later = replace(START.template, not_before=LATER)
    wanted = {"identity": "web", "issuer": "ca", "node": "web-1"}
    assert START == find_request([START], template=later, **wanted)
    for finished in (_in(RequestState.INSTALLED), _in(RequestState.VOID)):
        assert None is find_request([finished], template=later, **wanted)
    assert None is find_request([START], template=template_for(ROOT, "other.example"), **wanted)
    assert None is find_request([START], template=later, **(wanted | {"node": "web-2"}))


def test_a_finished_step_is_found_when_it_is_run_again() -> None:
    """The same template, to the second, finds its installed request."""
    installed = _in(RequestState.INSTALLED)
    found = find_request([installed], identity="web", issuer="ca", node="web-1", template=installed.template)
    assert installed == found


def test_records_are_found_by_the_name_of_their_file() -> None:
    """Those of the identity, and of one that is written alike; never of a longer name or of a file beside them."""
    key = "0123456789ab"
    own = (f"/r/web-1-{key}.json", "/r/web-1-ba9876543210.json")
    others = (
        f"/r/web-10-{key}.json",
        f"/r/my-web-1-{key}.json",
        f"/r/web-1-{key}-{key}.json",
        "/r/web-1-not-a-key---.json",
        "/r/web-1.json",
    )
    assert own == find_records((*own, *others), "web-1")
    assert (f"/r/web-1-{key}-{key}.json",) == find_records((*own, *others), f"web-1-{key}")
    shared = f"/r/a_b-{key}.json"
    assert (shared,) == find_records((shared,), "a b") == find_records((shared,), "a_b")


def test_a_request_for_any_issuer_has_a_key_of_its_own() -> None:
    """Not that of a request for a planned one."""
    planned = template_for(make_ca("Root"), "a.example")
    assert key_stem("web", planned, ()) != key_stem("web", replace(planned, root=None), ())
