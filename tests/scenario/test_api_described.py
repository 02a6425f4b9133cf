"""The API is what its description says: every operation is asked with what fits it and what does not, and answers so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode

from support.signed_in import Office, office, real_now
from warifu.domain.directory.roles import Role

_KEYS = itertools.count(1)


class Somebody:
    """Somebody with every role, who signs in again when a case ended their session or shut them out."""

    def __init__(self, place: Office) -> None:
        self.place = place
        self._number = 0
        self._token = ""

    def token(self) -> str:
        people = self.place.desks.people
        if not self._token or people.who(self._token, now=real_now()) is None:
            self._number += 1
            self._token = self.place.token(f"tester-{self._number}", *Role)
        return self._token


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Somebody]:
    with office(tmp_path_factory.mktemp("office")) as place:
        yield Somebody(place)


@pytest.fixture(scope="module")
def described(somebody: Somebody) -> Any:
    status, document = somebody.place.ask("GET", "/v1/schema/openapi.json")
    assert 200 == status
    return schemathesis.openapi.from_dict(document)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_answers_as_it_is_described(described: Any, somebody: Somebody, mode: GenerationMode) -> None:
    """Statuses, media types, bodies, refusals of what does not fit, methods, and signing in."""
    asked, faults = 0, []
    for found in described.get_all_operations():
        operation = found.ok()
        try:
            asked += _ask(operation, somebody, mode)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing can be wrong about it
        except (FailureGroup, Failure) as fault:
            faults.append(f"{operation.label}: {_shown(fault)}")
    assert not faults, "\n".join(faults)
    assert asked > 200


def _ask(operation: Any, somebody: Somebody, mode: GenerationMode) -> int:
    """Ask one operation in many ways; return in how many."""
    asked = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        if mode is GenerationMode.POSITIVE and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"k{next(_KEYS)}"  # one key is one change
        try:
            case.call_and_validate(
                base_url=somebody.place.url,
                headers={"Authorization": f"Bearer {somebody.token()}"},
                verify=str(somebody.place.write_ca()),
            )
        except (FailureGroup, Failure) as fault:
            fault.add_note(case.as_curl_command())
            raise

    ask()
    return asked


def _shown(fault: BaseException) -> str:
    inner = getattr(fault, "exceptions", (fault,))
    told = [f"{type(one).__name__}: {one}"[:500] for one in inner]
    return " | ".join([*told, *getattr(fault, "__notes__", ())])


def test_everything_is_described(somebody: Somebody) -> None:
    """Each operation, parameter and record says what it is; who may ask and which problems come is said, too."""
    document = somebody.place.ask("GET", "/v1/schema/openapi.json")[1]
    silent = [
        f"{method} {path} {what}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for what, text in (
            ("description", operation.get("description")),
            ("tags", operation.get("tags")),
            *((one["name"], one.get("description")) for one in operation.get("parameters", ())),
        )
        if not text
    ]
    assert [] == silent
    assert [] == [
        name for name, one in document["components"]["schemas"].items() if not one.get("description")
    ]
    assert {"http", "mutualTLS"} == {
        one["type"] for one in document["components"]["securitySchemes"].values()
    }
    names = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert len(names) == len(set(names))
    changes = document["paths"]["/v1/domains"]["post"]
    assert "Idempotency-Key" in {one["name"] for one in changes["parameters"]}
    assert "application/problem+json" in changes["responses"]["409"]["content"]
    assert {"cursor", "limit"} <= {one["name"] for one in document["paths"]["/v1/nodes"]["get"]["parameters"]}
