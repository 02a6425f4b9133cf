"""What GnuTLS, NSS and Java do otherwise than others, what they lack, and what running them leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.engines import APART, need_engine
from support.pki import BOTH, CLIENT, DAY, NOW, Entity, make_ca, make_key
from support.running import need_program
from support.tls_server import run_s_server
from warifu.domain.trust import PathQuestion
from warifu.errors import CouldNotLookError

SECOND = timedelta(seconds=1)
ROOT = make_ca("Root")
MID = ROOT.intermediate("Mid")
WEB = MID.leaf("web.example")


def ask(leaf: Entity = WEB, **changes: object) -> PathQuestion:
    asked = PathQuestion("any", leaf.value, leaf.chain, (leaf.root.value,), "serverAuth", NOW, "web.example")
    return replace(asked, **changes)  # type: ignore[arg-type]


def old_root() -> PathQuestion:
    return ask(make_ca("Old", end=NOW - DAY).leaf("web.example"))


def rsa_without_encipherment() -> PathQuestion:
    return ask(MID.leaf("web.example", key=make_key("rsa")))


def anchor_in_the_middle() -> PathQuestion:
    return ask(ROOT.intermediate("High").intermediate("Low").leaf("web.example"))


def twins(*, right_first: bool) -> PathQuestion:
    right, wrong = make_ca("Twin", ski=False), make_ca("Twin", ski=False)
    leaf = right.leaf("web.example", aki=False)
    anchors = (right.value, wrong.value) if right_first else (wrong.value, right.value)
    return ask(leaf, anchors=anchors)


def middle() -> PathQuestion:
    asked = anchor_in_the_middle()
    return replace(asked, anchors=asked.chain[:1])


# What is asked, and who accepts it.
HABITS = {
    "the last second of notAfter": (ask(at=WEB.value.not_after), {"gnutls", "nss", "java"}),
    "a second after it": (ask(at=WEB.value.not_after + SECOND), set()),
    "a day before notBefore": (ask(at=WEB.value.not_before - DAY), {"nss"}),
    "more than a day before": (ask(at=WEB.value.not_before - DAY - SECOND), set()),
    "an expired anchor": (old_root(), {"java"}),
    "an intermediate alone as anchor": (ask(chain=(), anchors=(MID.value,)), {"gnutls", "nss", "java"}),
    "an anchor in the middle of what is sent": (middle(), {"nss", "java"}),
    "the leaf itself as anchor": (ask(chain=(), anchors=(WEB.value,)), {"gnutls", "java"}),
    "the name in commonName alone": (ask(MID.leaf("web.example", san=False)), {"gnutls", "nss", "java"}),
    "a wildcard above one label": (ask(MID.leaf("*.example")), {"java"}),
    "an RSA leaf that may not encipher": (rsa_without_encipherment(), {"gnutls", "java"}),
    "the right twin first": (twins(right_first=True), {"java"}),
    "the wrong twin first": (twins(right_first=False), {"gnutls", "nss", "java"}),
}


@pytest.mark.parametrize("consumer", APART)
def test_habits_are_as_measured(consumer: str) -> None:
    """Each library's own way with dates, anchors, names and twins, one question each."""
    answers = need_engine(consumer).answer([question for question, _ in HABITS.values()])
    expected = {habit: consumer in accepting for habit, (_, accepting) in HABITS.items()}
    assert expected == {habit: answer.accepted for habit, answer in zip(HABITS, answers, strict=True)}
    assert all(answer.answered for answer in answers)


@pytest.mark.parametrize("consumer", APART)
def test_crls_are_looked_at_or_the_lack_is_said(consumer: str) -> None:
    """A revoked leaf is never accepted; where no CRL says anything, Java refuses and the others do not answer."""
    store = (ROOT.value, MID.value)
    clean, revoking = MID.crl(), MID.crl(revoked=[WEB])
    questions = {
        "clean": ask(anchors=store, crl_mode="leaf", crls=(clean,)),
        "revoked": ask(anchors=store, crl_mode="leaf", crls=(revoking,)),
        "none": ask(anchors=store, crl_mode="leaf"),
        "old": ask(anchors=store, crl_mode="leaf", crls=(MID.crl(end=NOW - DAY / 2),)),
        "of another key": ask(anchors=store, crl_mode="leaf", crls=(make_ca("Mid").crl(),)),
        "not asked for": ask(crls=(revoking,)),
    }
    answers = dict(zip(questions, need_engine(consumer).answer(list(questions.values())), strict=True))
    assert [True, False, True] == [answers[one].accepted for one in ("clean", "revoked", "not asked for")]
    assert [True, True, True] == [answers[one].answered for one in ("clean", "revoked", "not asked for")]
    uncovered = [answers[one] for one in ("none", "old", "of another key")]
    assert not any(answer.accepted for answer in uncovered)
    assert {consumer == "java"} == {answer.answered for answer in uncovered}


def test_gnutls_does_not_answer_by_a_crl_that_it_passes_over() -> None:
    """GnuTLS drops a CRL whose issuer is not in the trust store: its yes would say nothing about a revoked leaf."""
    question = ask(crl_mode="leaf", crls=(MID.crl(revoked=[WEB]),))
    (answer,) = need_engine("gnutls").answer([question])
    assert (False, False, "needs-no-crl") == (answer.answered, answer.accepted, answer.said)


@pytest.mark.parametrize(
    ("consumer", "changes", "word"),
    [
        ("nss", {"purpose": ""}, "wants-a-purpose"),
        ("java", {"purpose": ""}, "wants-a-purpose"),
        ("nss", {"purpose": "clientAuth"}, "no-name-of-clients"),
        ("nss", {"name": "web.example\0.org"}, "name-unfit"),
        ("gnutls", {"name": "web.example\0.org"}, "name-unfit"),
        ("java", {"purpose": "1.3.6.1.5.5.7.3.9"}, "no-such-purpose"),
    ],
)
def test_what_an_engine_cannot_express_is_said(consumer: str, changes: dict[str, object], word: str) -> None:
    """A wrong answer is worse than none."""
    odd = replace(ask(), **changes)  # type: ignore[arg-type]
    first, second = need_engine(consumer).answer([odd, ask()])
    assert (False, False, word) == (first.answered, first.accepted, first.said)
    assert (True, True) == (second.answered, second.accepted)


@pytest.mark.parametrize("consumer", APART)
def test_clients_are_judged_for_their_purpose(consumer: str) -> None:
    """A client's leaf is accepted as a client's, and a server's is not."""
    client = MID.leaf("app.example", purposes=CLIENT)
    answers = need_engine(consumer).answer(
        [ask(client, purpose="clientAuth", name=""), ask(purpose="clientAuth", name="")]
    )
    assert [True, False] == [answer.accepted for answer in answers]


@pytest.mark.parametrize("consumer", APART)
def test_names_are_data(consumer: str, tmp_path: Path) -> None:
    """A name with shell characters, line ends or Unicode is compared, and refused."""
    trace = tmp_path / "ran"
    names = [
        f"$(touch {trace})",
        f"x\ntouch {trace}",
        "ask 0 0 - off serverAuth 0 -",
        "bücher.example",
        "日本",
    ]
    answers = need_engine(consumer).answer([ask(name=name) for name in names] + [ask()])
    assert [False] * 5 + [True] == [answer.accepted for answer in answers]
    assert not trace.exists()


@pytest.fixture
def no_traces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder for temporary files; whatever is in it afterwards was left behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("consumer", APART)
def test_nothing_is_left_behind(consumer: str, no_traces: Path) -> None:
    """Neither files nor processes."""
    engine = need_engine(consumer)
    old, children = _counters(), _children()
    (answer,) = engine.answer([ask()])
    assert answer.accepted
    assert not [one for one in _counters() - old if not Path("/proc", one.name).exists()]
    assert set() == _children() - children


@pytest.mark.parametrize("consumer", APART)
def test_the_callers_environment_is_not_heard(
    consumer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options for Java that stop it, and libraries that are none, change nothing."""
    engine = need_engine(consumer)
    for library in ("libgnutls.so.30", "libnss3.so", "libnspr4.so"):
        (tmp_path / library).write_bytes(b"none")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:NoSuchOption")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (answer,) = engine.answer([ask()])
    assert (True, True) == (answer.answered, answer.accepted)


@pytest.mark.parametrize("consumer", APART)
def test_what_one_question_sends_serves_no_other(consumer: str) -> None:
    """With one trust store for both, an intermediate that came with the first leaf is not there for the second."""
    bare, whole = ask(chain=()), ask()
    answers = need_engine(consumer).answer([bare, whole, bare, whole, bare])
    assert [False, True, False, True, False] == [answer.accepted for answer in answers]


def _counters() -> set[Path]:
    """Where every Java of this machine keeps its counters, in a file named by its process."""
    return set(Path("/tmp").glob("hsperfdata_*/*"))


def _children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split())


def test_an_absent_java_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is none, that is the answer, with what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CouldNotLookError) as caught:
        APART["java"][0]().answer([ask()])
    assert ("trust.engine-missing", "no-java") == (caught.value.code, caught.value.values["reason"])


def test_a_java_without_its_compiler_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A runtime image of the modules that verify, without jdk.compiler, starts no source."""
    linker = need_program("default-jdk-headless", "jlink")
    modules = "java.base,java.naming,java.logging"
    image = [linker, "--add-modules", modules, "--output", str(tmp_path / "small")]
    subprocess.run(image, check=True, capture_output=True, timeout=120)
    monkeypatch.setenv("PATH", f"{tmp_path}/small/bin")
    with pytest.raises(CouldNotLookError) as caught:
        APART["java"][0]().answer([ask()])
    assert "no-jdk-compiler" == caught.value.values["reason"]


@pytest.mark.parametrize(("consumer", "word"), [("gnutls", "no-libgnutls"), ("nss", "no-libnss")])
def test_an_absent_library_is_said(consumer: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very message of the loader for a library that is not there."""
    from warifu.adapters.verifiers import apart  # noqa: PLC0415  # the seam is this module's command

    def without(module: str) -> list[str]:
        listed = command(module)
        code = listed[4].replace("; main()", f"; import {module} as m; m.LIBRARY = 'libabsent.so'; ")
        return [*listed[:4], code + "m.LIBRARIES = ('libabsent.so',) * 2; main()", *listed[5:]]

    command = apart.python_running
    monkeypatch.setattr(f"warifu.adapters.verifiers.{consumer}.python_running", without)
    with pytest.raises(CouldNotLookError) as caught:
        APART[consumer][0]().answer([ask()])
    assert word == caught.value.values["reason"]


def test_an_engine_that_hangs_is_ended(no_traces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed at its time, with what it started, and said to have given no answer."""
    from warifu.adapters.verifiers import apart  # noqa: PLC0415  # the seam is this module's patience

    monkeypatch.setattr(apart, "_START", timedelta(seconds=0.5))
    monkeypatch.setattr(apart, "_EACH", timedelta(0))
    mark = no_traces / "mark"
    code = f"import subprocess, time; subprocess.Popen(['sleep', '987']); open({str(mark)!r}, 'w'); time.sleep(99)"
    hanging = apart.Engine("slow", lambda _: [sys.executable, "-c", code], lambda _: "-")
    begun = time.monotonic()
    with pytest.raises(CouldNotLookError) as caught:
        apart.ask_apart(hanging, [ask()], lambda _: "")
    assert "timed-out" == caught.value.values["reason"]
    assert time.monotonic() - begun < 5
    mark.unlink()
    assert not any("sleep\x00987" in _command(one) for one in Path("/proc").iterdir() if one.name.isdigit())


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(
    "written",
    [
        "engine x 1\\nyes\\n",
        "engine x 1\\nyes\\nn",
        "engine x 1\\nyes\\nmaybe\\n",
        "engine x 1\\nyes\\nyes and no\\nyes\\n",
    ],
)
def test_half_an_answer_is_none(written: str) -> None:
    """What broke off, or is no answer at all, does not count as one."""
    from warifu.adapters.verifiers import apart  # noqa: PLC0415  # the seam is this module's command

    code = f"import sys; sys.stdin.read(); sys.stdout.write('{written}')"
    odd = apart.Engine("odd", lambda _: [sys.executable, "-c", code], lambda _: "-")
    first, second = apart.ask_apart(odd, [ask(), ask()], lambda _: "")
    assert (True, True, "x 1") == (first.answered, first.accepted, first.engine)
    assert (False, False, "engine-broke-off") == (second.answered, second.accepted, second.said)


def today(**options: object) -> Entity:
    now = datetime.now(UTC).replace(microsecond=0)
    mid = make_ca("Root", now=now).intermediate("Mid", now=now)
    return mid.leaf(*options.pop("names", ("web.example",)), **{"now": now, **options})  # type: ignore[misc]


LIVE: dict[str, dict[str, object]] = {
    "good": {},
    "expired": {"expired": True},
    "not begun for twelve hours": {"start": datetime.now(UTC).replace(microsecond=0) + DAY / 2},
    "another name": {"names": ("shop.example",)},
    "for clients": {"purposes": CLIENT},
    "for both": {"purposes": BOTH},
    "an RSA key that may not encipher": {"key": make_key("rsa")},
    "an RSA key of 1024 bits": {"key": make_key("rsa1024")},
    "a name in commonName alone": {"san": False},
}


@pytest.mark.parametrize("case", LIVE)
def test_gnutls_answers_as_its_own_tls_client(case: str, tmp_path: Path) -> None:
    """gnutls-cli makes a handshake with the same chain now, and comes to the same."""
    client = need_program("gnutls-bin", "gnutls-cli")
    leaf = today(**LIVE[case])
    (tmp_path / "anchors.pem").write_bytes(leaf.root.pem)
    argv = [client, "--x509cafile", f"{tmp_path}/anchors.pem", "--verify-hostname", "web.example"]
    with run_s_server(tmp_path / "server", leaf, options=("-cipher", "DEFAULT:@SECLEVEL=0")) as port:
        ran = subprocess.run(
            [*argv, "-p", str(port), "127.0.0.1"], input=b"", capture_output=True, timeout=20, check=False
        )
    (answer,) = need_engine("gnutls").answer([ask(leaf, at=datetime.now(UTC))])
    assert answer.answered
    assert (ran.returncode == 0) is answer.accepted, ran.stdout.decode()


@pytest.mark.parametrize("case", LIVE)
def test_nss_answers_as_its_own_tls_client(case: str, tmp_path: Path) -> None:
    """Tstclnt makes a handshake with the same chain now, and comes to the same."""
    client = need_program("libnss3-tools", "tstclnt")
    leaf = today(**LIVE[case])
    (tmp_path / "root.pem").write_bytes(leaf.root.pem)
    base = f"sql:{tmp_path}"
    for argv in (
        ["certutil", "-N", "-d", base, "--empty-password"],
        ["certutil", "-A", "-d", base, "-n", "root", "-t", "CT,,", "-a", "-i", f"{tmp_path}/root.pem"],
    ):
        subprocess.run(argv, check=True, capture_output=True, timeout=20)
    with run_s_server(tmp_path / "server", leaf, options=("-cipher", "DEFAULT:@SECLEVEL=0")) as port:
        argv = [
            client,
            "-d",
            base,
            "-h",
            "127.0.0.1",
            "-a",
            "web.example",
            "-p",
            str(port),
            "-Q",
            "-V",
            "tls1.2:",
        ]
        ran = subprocess.run(argv, input=b"", capture_output=True, timeout=20, check=False)
    (answer,) = need_engine("nss").answer([ask(leaf, at=datetime.now(UTC))])
    assert answer.answered
    assert (ran.returncode == 0) is answer.accepted, (ran.returncode, ran.stderr.decode())
