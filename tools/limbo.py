"""Runs a file of the x509-limbo suite (https://github.com/C2SP/x509-limbo) through our rules.

    .venv/bin/python tools/limbo.py FILE[.json|.json.gz] [--json] [--jobs N]

A line a case: id, what is expected, what we say, the codes of the findings that refuse, milliseconds; then totals.
Exit code 0 when every case is as expected, 1 when one is not, 2 when the file cannot be read. A case that has no
answer after five seconds counts as a hang: each is judged in another process, which is then killed. A case that
cannot be judged, for a field is not what the suite puts there, counts as a crash, and its line says why.

Which rule set judges a case follows from its id by the table `RULE_SETS`, never from what is expected of it: the suite asks of `webpki::` what the CA/Browser Forum asks, and of all others what
RFC 5280 asks. What a case wants of signature algorithms is left out, and its line says so.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import multiprocessing
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from warifu.domain.findings import Code, Finding, Severity
from warifu.domain.findings.text import visible
from warifu.domain.trust import Context, Outcome, Profile, judge
from warifu.domain.trust.conformance import RFC5280_STRICT, of_a_bag
from warifu.domain.x509 import Certificate, read
from warifu.wiring.profiles import profiles

LIMIT = 5.0
"""Seconds that a case may take."""
MOST = 256 << 20
"""Bytes of JSON that are read; the whole suite has some 80 MB."""

WEBPKI = of_a_bag(profiles().choose("webpki-public"))
_ANY_COMMON_NAME = replace(WEBPKI, weights={**WEBPKI.weights, Code.COMMON_NAME_UNLISTED: Severity.WARNING})
# The suite's leaves are named example.com whatever names they carry; only the family `webpki::cn` is about that.

RULE_SETS: Mapping[str, Profile] = {
    "webpki::cn": WEBPKI,  # what the CA/Browser Forum asks of the public web, common names included
    "webpki": _ANY_COMMON_NAME,
    "online": WEBPKI,  # chains of public sites as they were served
    "rfc5280": RFC5280_STRICT,
    "rfc9881": RFC5280_STRICT,
    "crl": RFC5280_STRICT,
    "cve": RFC5280_STRICT,
    "invalid": RFC5280_STRICT,
    "pathlen": RFC5280_STRICT,
    "pathological": RFC5280_STRICT,
    "bettertls": RFC5280_STRICT,
}
"""By the first of these that the case's id, or what follows a `::` in it, begins with; RFC 5280 for all others."""

_PURPOSES = {
    "emailProtection": "1.3.6.1.5.5.7.3.4",
    "codeSigning": "1.3.6.1.5.5.7.3.3",
    "timeStamping": "1.3.6.1.5.5.7.3.8",
    "OCSPSigning": "1.3.6.1.5.5.7.3.9",
}


@dataclass(frozen=True)
class Result:
    """What came of one case; `ours` is `SUCCESS`, `FAILURE`, `HANG` or `CRASH`, of which `why` tells more."""

    id: str
    expected: str
    ours: str
    codes: tuple[str, ...]
    milliseconds: float
    left_out: tuple[str, ...] = ()
    why: str = ""

    @property
    def right(self) -> bool:
        """As the suite expects."""
        return self.expected == self.ours


class BadFileError(Exception):
    """The file is not one of this suite; the text says why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases of a file; return the exit code."""
    wanted = _parser().parse_args(arguments)
    try:
        cases = read_cases(wanted.file)
    except BadFileError as error:
        sys.stderr.write(f"limbo: {error}\n")
        return 2
    try:
        return _tell_all(cases, wanted)
    except BrokenPipeError:  # whoever read, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _tell_all(cases: Sequence[dict[str, Any]], wanted: argparse.Namespace) -> int:
    results = list(run(cases, jobs=wanted.jobs, on_each=None if wanted.json else _show))
    totals = totals_of(results)
    if wanted.json:
        json.dump({"cases": [asdict(one) for one in results], "totals": totals}, sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(
            ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in totals.items()) + "\n"
        )
    return 0 if all(one.right for one in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="limbo", description="Run a file of the x509-limbo suite through our rules."
    )
    parser.add_argument("file", type=Path, help="limbo.json, or the same with gzip (.json.gz)")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    parser.add_argument("--jobs", type=int, default=1, help="cases judged at the same time (1)")
    return parser


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a file.

    Raises:
        BadFileError: it is missing, no JSON, or not a file of this suite.
    """
    try:
        document = json.loads(_text_of(path))
    except gzip.BadGzipFile as error:
        raise BadFileError(path, f"is damaged gzip: {error}") from None
    except OSError as error:
        raise BadFileError(path, f"cannot be read: {error.strerror or error}") from None
    except (zlib.error, EOFError) as error:
        raise BadFileError(path, f"is damaged gzip: {error}") from None
    except RecursionError:
        raise BadFileError(path, "is nested too deep") from None
    except (ValueError, MemoryError) as error:
        raise BadFileError(path, f"is not JSON, plain or gzip: {error}") from None
    cases = document.get("testcases") if isinstance(document, dict) else None
    if not isinstance(cases, list):
        raise BadFileError(path, "has no list `testcases`: not a file of the x509-limbo suite")
    for number, case in enumerate(cases):
        missing = _NEEDED - set(case) if isinstance(case, dict) else _NEEDED
        if missing:
            raise BadFileError(path, f"case {number} lacks {', '.join(sorted(missing))}")
        if not isinstance(case["id"], str) or not isinstance(case["expected_result"], str):
            raise BadFileError(path, f"case {number}: id and expected_result are no texts")
    return cases


def _text_of(path: Path) -> bytes:
    """Return the JSON of a file, unpacked; what unpacks to more than anybody writes is not read to its end."""
    with path.open("rb") as file:
        head = file.read(2)
        whole = io.BytesIO(head + file.read(MOST))
        stream = gzip.GzipFile(fileobj=whole) if head == b"\x1f\x8b" else whole
        text = stream.read(MOST + 1)
    if len(text) > MOST:
        raise BadFileError(path, f"holds more than {MOST} bytes of JSON")
    return text


_NEEDED = {
    "id",
    "expected_result",
    "trusted_certs",
    "untrusted_intermediates",
    "peer_certificate",
    "validation_kind",
}


def run(
    cases: Sequence[dict[str, Any]],
    *,
    jobs: int = 1,
    limit: float = LIMIT,
    on_each: Callable[[Result], None] | None = None,
) -> Iterator[Result]:
    """Yield the result of each case, in their order."""
    workers = [_Worker(limit) for _ in range(max(1, min(jobs, len(cases) or 1)))]
    free = list(workers)

    def one(case: dict[str, Any]) -> Result:
        worker = free.pop()
        try:
            return worker.judge(case)
        finally:
            free.append(worker)

    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            for result in pool.map(one, cases):
                if on_each:
                    on_each(result)
                yield result
    finally:
        for worker in workers:
            worker.stop()


class _Worker:
    """Another process that judges case after case; a new one when it had to be killed."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def judge(self, case: dict[str, Any]) -> Result:
        pipe = self._pipe or self._start()
        began = time.perf_counter()
        pipe.send(case)
        if pipe.poll(self._limit):
            try:
                answer: Result = pipe.recv()
            except EOFError:
                self.stop()
                answer = _crashed(case, "its process ended", began)
            return answer
        self.stop()
        spent = (time.perf_counter() - began) * 1000
        return Result(case["id"], case["expected_result"], "HANG", (), round(spent, 1))

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_answer_forever, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()  # it is up: starting does not count
        return self._pipe


def _answer_forever(pipe: Connection) -> None:
    pipe.send("up")
    while True:
        try:
            case = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        began = time.perf_counter()
        try:
            pipe.send(result_of(case, datetime.now(UTC)))
        except Exception as wrong:  # noqa: BLE001 - of one case; the others are judged all the same
            pipe.send(_crashed(case, f"{type(wrong).__name__}: {wrong}", began))


def _crashed(case: Mapping[str, Any], why: str, began: float) -> Result:
    spent = round((time.perf_counter() - began) * 1000, 1)
    return Result(case["id"], case["expected_result"], "CRASH", (), spent, why=why[:_LONGEST])


_LONGEST = 300  # characters of a reason


def result_of(case: Mapping[str, Any], now: datetime) -> Result:
    """Judge one case.

    Args:
        now: the instant for cases that name none.
    """
    began = time.perf_counter()
    accepted, codes = _judged(case, now)
    spent = (time.perf_counter() - began) * 1000
    left_out = ("signature_algorithms",) if case.get("signature_algorithms") else ()
    ours = "SUCCESS" if accepted else "FAILURE"
    return Result(case["id"], case["expected_result"], ours, codes, round(spent, 1), left_out)


def _judged(case: Mapping[str, Any], now: datetime) -> tuple[bool, tuple[str, ...]]:
    presented, faults = _read_all([case["peer_certificate"]])
    if not presented:
        return False, _refusing(faults)
    sent, _ = _read_all(case["untrusted_intermediates"])  # what cannot be read helps no path
    anchors, _ = _read_all(case["trusted_certs"])
    crls = tuple(crl for text in case.get("crls") or () for crl in read(text.encode(), "crl").crls)
    when = case.get("validation_time")
    context = Context(
        rule_set_of(case["id"]),
        now if when is None else datetime.fromisoformat(when),
        purpose_of(case),
        crls=crls,
        crl_mode="chain" if case.get("crls") else "off",
        intermediates=case.get("max_chain_depth"),
    )
    verdicts = [judge((*presented, *sent), anchors, replace(context, name=name)) for name in _names_of(case)]
    findings = [finding for one in verdicts for finding in one.findings]
    findings += _usage_faults(case, presented[0])
    refusing = _refusing(findings)
    return all(one.outcome is Outcome.ACCEPTED for one in verdicts) and not refusing, refusing


def _read_all(texts: Sequence[str]) -> tuple[tuple[Certificate, ...], tuple[Finding, ...]]:
    readings = [read(text.encode(), "case") for text in texts]
    return (
        tuple(one for reading in readings for one in reading.certificates),
        tuple(finding for reading in readings for finding in reading.findings),
    )


def _refusing(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.code.value for one in findings if one.severity is Severity.ERROR))


def rule_set_of(case_id: str) -> Profile:
    """Return what judges a case, by its id alone."""
    padded = f"::{case_id}::"
    return next((rules for begin, rules in RULE_SETS.items() if f"::{begin}::" in padded), RFC5280_STRICT)


def purpose_of(case: Mapping[str, Any]) -> str:
    """Return the purpose asked for: the one that the case names, else that of its kind of validation."""
    named = case.get("extended_key_usage") or ()
    for purpose in named:
        if purpose != "anyExtendedKeyUsage":
            return str(_PURPOSES.get(purpose, purpose))
    return "clientAuth" if case["validation_kind"] == "CLIENT" else "serverAuth"


def _names_of(case: Mapping[str, Any]) -> list[str]:
    """Every name that the leaf must carry; one question without a name where none is asked for."""
    named = [case.get("expected_peer_name"), *(case.get("expected_peer_names") or ())]
    return [name["value"] for name in named if name] or [""]


def _usage_faults(case: Mapping[str, Any], leaf: Certificate) -> Iterator[Finding]:
    wanted = {*(case.get("key_usage") or ())}
    usage = leaf.key_usage
    if usage is not None and not wanted <= {one.value for one in usage}:
        yield Finding(Code.KEY_USAGE_UNFIT, leaf.fingerprint.hex)


def totals_of(results: Sequence[Result]) -> dict[str, int]:
    """Return how many cases there are, and of each way to be right or wrong."""
    wrong = [one for one in results if not one.right]
    return {
        "cases": len(results),
        "right": len(results) - len(wrong),
        "accepted_wrongly": sum(one.ours == "SUCCESS" for one in wrong),
        "refused_wrongly": sum(one.ours == "FAILURE" for one in wrong),
        "hangs": sum(one.ours == "HANG" for one in wrong),
        "crashes": sum(one.ours == "CRASH" for one in wrong),
    }


def _show(result: Result) -> None:
    mark = "ok   " if result.right else "WRONG"
    notes = [*result.codes, *(f"(left out: {one})" for one in result.left_out)]
    if result.why:
        notes.append(f"({result.why})")
    line = (
        f"{mark} {result.id} expected {result.expected} ours {result.ours} "
        f"{','.join(notes) or '-'} {result.milliseconds} ms"
    )
    sys.stdout.write(visible(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
