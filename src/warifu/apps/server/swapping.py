"""The door of a running server: what is shown, and who is let in, replaced while it serves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from warifu.apps.server.admission import Admission, Peer, SwappingContext
from warifu.apps.server.material import TlsMaterial


class Door:
    """The present admission, and the context that asks it.

    Building an admission takes milliseconds, with a long CRL a tenth of a second: do it in a thread (`build`), then
    `take` it in the event loop's.

    Raises:
        RefusedError: `server.key-mismatch`, `server.material-unusable`.
    """

    def __init__(
        self, material: TlsMaterial, clock: Callable[[], datetime], refused: Callable[[str], None]
    ) -> None:
        self._clock = clock
        self._refused = refused
        self.building = threading.Lock()
        """Held from the moment a change is begun until it holds: changes come one behind the other."""
        self.context = SwappingContext(self.build(material))

    @property
    def material(self) -> TlsMaterial:
        """What holds now."""
        return self.context.current.material

    def build(self, material: TlsMaterial) -> Admission:
        """Return what would let in by this material.

        Raises:
            RefusedError: `server.key-mismatch`, `server.material-unusable`.
        """
        return Admission(material, self._clock, self._refused)

    def take(self, admission: Admission) -> None:
        """Let this one decide from now on."""
        self.context.current = admission

    def refusal(self, peer: Peer) -> str:
        """Return why a peer is let in no more; empty while it is."""
        return self.context.current.refusal(peer)

    @property
    def is_overdue(self) -> bool:
        """A CRL that OpenSSL itself looks into has ended: it must be asked no more."""
        until = self.context.current.until
        return until is not None and self._clock() >= until
