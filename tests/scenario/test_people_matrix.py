"""Who may change what on a server, asked over HTTP; and that no secret lies in its database."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.pki import make_ca
from support.running import stored
from support.signed_in import ADMIN, PASSWORD, Office, office, real_now
from warifu.apps.server.described import holds_secret
from warifu.domain.directory.roles import MATRIX, Act, Role
from warifu.domain.x509 import to_pem
from warifu.workflows.directory_plans import PUBLISH

ANCHOR = to_pem([make_ca("Some Root", now=real_now()).value]).decode("ascii")
CHANGES: dict[tuple[str, str], tuple[object, Act | None]] = {
    ("POST", "/v1/people"): ({"name": "new", "roles": []}, Act.ADD_PERSON),
    ("PUT", "/v1/people/{name}/roles"): ({"roles": ["viewer"]}, Act.CHANGE_PERSON),
    ("PUT", "/v1/people/{name}/certificates"): ({"certificates": []}, Act.CHANGE_PERSON),
    ("POST", "/v1/people/{name}/link"): (None, Act.CHANGE_PERSON),
    ("DELETE", "/v1/people/{name}"): (None, Act.REMOVE_PERSON),
    ("POST", "/v1/domains"): ({"name": "extra"}, Act.CREATE_DOMAIN),
    ("POST", "/v1/domains/{name}/publications"): ({"certificates": ANCHOR}, Act.PUBLISH),
    ("POST", "/v1/domains/{name}/confirmations"): ({"version": 1}, Act.CONFIRM_MASS_REMOVAL),
    ("POST", "/v1/roots"): ({"root": base64.b64encode(b"no root").decode()}, Act.IMPORT_ROOT),
    ("POST", "/v1/tokens"): ({"node": "web-9"}, Act.CREATE_TOKEN),
    ("PUT", "/v1/nodes/{name}/domains"): ({"domains": []}, Act.CREATE_TOKEN),
    ("POST", "/v1/nodes/{name}/fence"): ({"reason": "test"}, Act.FENCE_NODE),
    ("DELETE", "/v1/nodes/{name}"): (None, Act.REMOVE_NODE),
    ("POST", "/v1/refreshes"): ({"nodes": []}, Act.REFRESH),
    ("POST", "/v1/plans/{digest}/approvals"): ({}, Act.APPROVE_PLAN),
    ("DELETE", "/v1/plans/{digest}"): (None, Act.PLAN),
    ("POST", "/v1/plans"): ({"kind": "retire-anchor", "domain": "shop", "anchors": ["x"]}, Act.PLAN_REMOVAL),
    ("POST", "/v1/plans/{digest}/continuations"): (None, Act.PUBLISH),
    ("POST", "/v1/plans/{digest}/waivers"): (
        {"node": "web-1", "reason": "away", "until": "2099-01-01T00:00:00Z"},
        Act.WAIVE,
    ),
    ("POST", "/v1/plans/{digest}/sign-ins"): ({"good": True}, Act.PLAN_REMOVAL),
    ("POST", "/v1/plans/{digest}/restorations"): (None, Act.RESTORE),
    ("POST", "/v1/plans/{digest}/evidence"): (
        {"step": "powered-off", "node": "vc-1", "at": "2026-01-01T00:00:00Z", "text": "off"},
        Act.CONFIRM_STEP,
    ),
    ("POST", "/v1/vendor-plans"): (
        {"product": "vcenter", "key_id": "ab" * 20, "nodes": ["vc-1"]},
        Act.PLAN_REMOVAL,
    ),
    ("POST", "/v1/sets/restorations"): ({"folder": "none"}, Act.RESTORE),
    ("PUT", "/v1/estates"): ({"files": {"estate.toml": ""}}, Act.PUT_ESTATE),
    ("POST", "/v1/estate-plans"): ({"estate": "shop", "change": "replace-ca", "names": []}, Act.PLAN),
    ("POST", "/v1/rollouts"): ({"digest": "ab" * 32}, Act.DRIVE),
    ("POST", "/v1/rollouts/{rollout}/way-back"): ({}, Act.PLAN),
    ("POST", "/v1/rollouts/{rollout}/statements"): (
        {"step": "1", "owner": "db-team", "statement": "done"},
        Act.CONFIRM_STEP,
    ),
    ("POST", "/v1/rollouts/{rollout}/waivers"): (
        {"subject": "web-1", "reason": "away", "until": "2099-01-01T00:00:00Z"},
        Act.WAIVE,
    ),
    ("POST", "/v1/rollouts/{rollout}/resumptions"): (None, Act.DRIVE),
    ("POST", "/v1/rollouts/{rollout}/abandonment"): (None, Act.DRIVE),
    ("POST", "/v1/sessions"): ({"person": "nobody", "password": "x"}, None),
    ("POST", "/v1/links"): ({"token": "x" * 43, "password": PASSWORD}, None),
    ("PUT", "/v1/self/password"): ({"old": "x", "new": PASSWORD}, None),
    ("DELETE", "/v1/sessions/current"): (None, None),
}
"""Every change of the API: what is sent, and the act that it is; None: what anybody does for themselves."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        made.desks.people.add(ADMIN, "victim", [Role.VIEWER], now=real_now())
        yield made


def filled(path: str) -> str:
    name = "victim" if "/people/" in path else "shop" if "/domains" in path.partition("{")[0] else "web-1"
    return path.replace("{name}", name).replace("{digest}", "ab" * 32).replace("{rollout}", "r-1")


def test_the_table_above_has_every_change(place: Office) -> None:
    """A new route is put into it, or this fails."""
    document = place.ask("GET", "/v1/schema/openapi.json")[1]
    described = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method != "get"
    }
    known = set(CHANGES)
    assert set() == described - known
    assert set() == known - described


@pytest.mark.req("S2-55")
@pytest.mark.parametrize("role", Role)
def test_nobody_changes_without_the_role(place: Office, role: Role) -> None:
    """403 on every change that none of a person's roles allows, before anything else is judged."""
    token = place.token(f"only-{role.value}", role)
    answers = {}
    for (method, path), (wish, act) in CHANGES.items():
        if act is not None and role not in MATRIX[act]:
            status, told = place.ask(method, filled(path), wish, token=token)
            answers[method, path] = (status, told["code"])
    assert answers
    wrong = {change: told for change, told in answers.items() if told != (403, "directory.not-allowed")}
    assert {} == wrong
    if role is Role.VIEWER:
        assert {change for change, (_, act) in CHANGES.items() if act is not None} == set(answers)


@pytest.mark.req("S2-56")
def test_publishing_trust_and_joining_hosts_are_two_peoples_duties(place: Office) -> None:
    """A trust administrator without the host role cannot let a node join; somebody who has it can."""
    trust, host = (
        place.token("tanaka", Role.TRUST_ADMINISTRATOR),
        place.token("hayashi", Role.HOST_ADMINISTRATOR),
    )
    status, told = place.ask("POST", "/v1/tokens", {"node": "web-2"}, token=trust)
    assert (403, "directory.not-allowed") == (status, told["code"])
    status, told = place.ask("POST", "/v1/tokens", {"node": "web-2"}, token=host)
    assert (201, "web-2") == (status, told["node"])
    assert told["token"]


def test_nobody_approves_their_own_plan(place: Office) -> None:
    """Not even with every role; somebody else's approval counts."""
    own, other = place.token("planner", *Role), place.token("second", Role.APPROVER)
    author = place.desks.people.who(own, now=real_now())
    assert author is not None
    plan = place.desks.plans.submit(author, PUBLISH, b"{}", domain="shop", now=real_now())
    path = f"/v1/plans/{plan.digest}/approvals"
    status, told = place.ask("POST", path, {}, token=own)
    assert (409, "directory.own-plan") == (status, told["code"])
    status, told = place.ask("POST", path, {"remark": "seen"}, token=other)
    assert (200, ["second"]) == (status, [one["person"] for one in told["approvals"]])


def test_nobody_is_let_in_without_signing_in(place: Office) -> None:
    """401, with the way in, wherever it is not signing in itself."""
    document = place.ask("GET", "/v1/schema/openapi.json")[1]
    asked = [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation.get("security") != []
    ]
    answers = {(method, path): place.ask(method, filled(path))[0] for method, path in asked}
    assert {} == {one: status for one, status in answers.items() if status != 401}
    assert len(answers) > 30


def test_who_has_no_role_sees_nothing_but_themselves(place: Office) -> None:
    """Looking is an act like any other; a role of any kind allows it."""
    nobody, viewer = place.token("nobody-yet"), place.token("some-viewer", Role.VIEWER)
    paths = [
        path
        for path, item in place.ask("GET", "/v1/schema/openapi.json")[1]["paths"].items()
        if "get" in item
    ]
    assert 200 == place.ask("GET", "/v1/self", token=nobody)[0]
    asked = [filled(path) for path in paths if path != "/v1/self"]
    assert len(asked) > 10
    assert {403} == {place.ask("GET", path, token=nobody)[0] for path in asked}
    assert 403 not in {place.ask("GET", path, token=viewer)[0] for path in asked}


def everything(folder: Path) -> bytes:
    return stored(folder)


def test_no_secret_lies_in_the_database(place: Office) -> None:
    """Tokens, links, passwords and sessions are kept as hashes, even where the change came with an idempotency key."""
    token = place.token("keeper", *Role)
    key = {"Idempotency_Key": "once"}
    secrets = [token, PASSWORD]
    made = place.ask("POST", "/v1/tokens", {"node": "web-3"}, token=token, **key)[1]["token"]
    secrets += [made, *made.split(".")[1:2]]
    link = place.ask("POST", "/v1/people/victim/link", token=token, Idempotency_Key="twice")[1]["link"]
    secrets.append(link.partition("#")[2])
    wish = {"token": link.partition("#")[2], "password": "another good password"}
    opened = place.ask("POST", "/v1/links", wish, Idempotency_Key="thrice")[1]["token"]
    wish = {"person": "victim", "password": "another good password"}
    signed = place.ask("POST", "/v1/sessions", wish, Idempotency_Key="four")[1]["token"]
    wish = {"old": "another good password", "new": "a third good password"}
    assert 204 == place.ask("PUT", "/v1/self/password", wish, token=signed, Idempotency_Key="five")[0]
    secrets += [opened, signed, "another good password", "a third good password"]
    kept = everything(place.folder / "server")
    assert b"victim" in kept
    assert [] == [secret[:6] for secret in secrets if secret.encode() in kept]
    log = place.server.log.getvalue()
    assert '"path"' in log
    assert [] == [secret[:6] for secret in secrets if secret in log]


def test_an_idempotency_key_makes_a_change_once(place: Office) -> None:
    """The same change under the same key is answered as before; what holds a secret is made anew each time."""
    token = place.token("sender", *Role)
    first = place.ask("POST", "/v1/domains", {"name": "once"}, token=token, Idempotency_Key="make-it")
    again = place.ask("POST", "/v1/domains", {"name": "once"}, token=token, Idempotency_Key="make-it")
    assert 201 == first[0]
    assert first == again
    assert 409 == place.ask("POST", "/v1/domains", {"name": "once"}, token=token, Idempotency_Key="other")[0]
    tokens = [
        place.ask("POST", "/v1/tokens", {"node": "web-4"}, token=token, Idempotency_Key="t")[1]["token"]
        for _ in range(2)
    ]
    assert 2 == len(set(tokens))
    assert [True, True, False] == [
        holds_secret(f"/v1/{one}") for one in ("tokens", "people/x/link", "people")
    ]


def test_a_field_that_nobody_knows_is_refused(place: Office) -> None:
    """`dryrun` for `dry_run` publishes nothing, and nothing is kept under the key."""
    token = place.token("typist", *Role)
    before = place.desks.trust.version("shop").version
    wish = {"certificates": ANCHOR, "dryrun": True}
    status, told = place.ask(
        "POST", "/v1/domains/shop/publications", wish, token=token, Idempotency_Key="typo"
    )
    assert (400, "server.malformed", ["dryrun: unknown"]) == (status, told["code"], told["values"]["reason"])
    assert before == place.desks.trust.version("shop").version
