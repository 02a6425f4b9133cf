"""The endpoint store's service: it answers at the socket for as long as the agent runs."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from warifu.domain.endpoint import Peer
from warifu.errors import WarifuError
from warifu.ports.clock import Clock
from warifu.ports.endpoint import EndpointListener, EndpointStores
from warifu.wire.endpoint import decode_question, encode, failure
from warifu.wiring import endpoint as wiring
from warifu.workflows.endpoint_desk import answer


class EndpointService:
    """Answers from entering to leaving: `with EndpointService(...): ...`.

    Whatever a message holds, its sender is answered and nobody else notices: an error of ours is told as it is, a
    fault of the program by its kind alone, since a value of it might be secret.
    """

    def __init__(self, stores: EndpointStores, listener: EndpointListener, clock: Clock) -> None:
        self._stores = stores
        self._listener = listener
        self._clock = clock

    def __enter__(self) -> Self:
        with self._stores.reading() as view:
            view.stores()  # a store that cannot be opened keeps the service from starting, not its clients waiting
        self._listener.serve(self.answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def answer(self, peer: Peer, message: bytes) -> bytes:
        """Return the answer to a message, whatever it holds."""
        try:
            return encode(answer(self._stores, peer, decode_question(message), now=self._clock.now()))
        except WarifuError as error:
            return encode(failure(error))
        except Exception as error:  # noqa: BLE001 - the outermost loop of a client's thread
            return encode(failure(WarifuError("endpoint.fault", kind=type(error).__name__)))


def endpoint_service(folder: str, path: str = "") -> EndpointService:
    """Return the service of the stores in a folder, at a socket or at the usual one.

    Raises:
        CouldNotLookError: `endpoint.key-file`.
    """
    return EndpointService(
        wiring.open_stores(folder), wiring.listener(wiring.socket_path(path)), wiring.clock()
    )
