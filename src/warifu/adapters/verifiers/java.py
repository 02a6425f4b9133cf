"""Java's own trust manager as the consumer java, with the security properties of the Java at hand.

`Answerer.java` beside this file is started from its source, which needs the module jdk.compiler: a JDK,
or Debian's JRE, which holds it too. A trust manager that PKIX parameters were given judges at any
instant; it is asked the way a handshake asks it, host name included, so that algorithm constraints and name rules
are those of TLS. A start costs a second or two, so all questions go into one.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from warifu.adapters.verifiers.apart import Engine, ask_apart
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.errors import CouldNotLookError
from warifu.ports.verifiers import Verifier

_SOURCE = Path(__file__).with_name("Answerer.java")
_SWITCHES = (
    "-XX:TieredStopAtLevel=1",  # it lives for a second
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",  # leaves no file in /tmp
    "-XX:-CreateCoredumpOnCrash",
    "-Dfile.encoding=UTF-8",
)


class JavaVerifier(Verifier):
    """Answers for the consumer java."""

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        return "java"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order.

        Raises:
            CouldNotLookError: `trust.engine-missing`.
        """
        program = shutil.which("java")
        if program is None:
            raise CouldNotLookError("trust.engine-missing", engine="java", reason="no-java")

        def command(folder: str) -> Sequence[str]:
            own = (f"-Djava.io.tmpdir={folder}", f"-XX:ErrorFile={folder}/error.log")
            return [program, *_SWITCHES, *own, str(_SOURCE)]

        return ask_apart(Engine("java", command, _absent), questions, _lack)


def _absent(told: str) -> str:
    return "no-jdk-compiler" if "jdk.compiler" in told else "engine-broke-off"


def _lack(question: PathQuestion) -> str:
    return "" if question.purpose else "wants-a-purpose"
