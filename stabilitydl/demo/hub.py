"""The demo hub as the registry sees it: a Civitai whose server is started when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
import anyio.to_thread

from ..clock import Clock, SystemClock
from ..domain.collection import Collection
from ..domain.resource import Address, Resource
from ..errors import InternalError, StabilityError
from ..http.client import HttpClient
from ..http.request import Request
from ..hubs.civitai import Civitai
from ..hubs.protocol import Destination, Expansion, Locator, News
from .plan import SCHEME, PackPlan
from .process import HubProcess

NAME = "demo"
START_SECONDS = 30.0


class DemoHub:
    """Takes ``demo:`` and ``demo:?files=8&size=16MiB&trouble=1``; close it to end its server.

    The numbers of a pack are its parameters, so what a store keeps of a pack is enough to go on with it on the
    next server, at another port.
    """

    name = NAME
    forms = (SCHEME,)

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._civitai = Civitai(
            name=NAME, endpoint=self.endpoint, endpoint_id=SCHEME, hosts=(), forms=self.forms, clock=self._clock
        )
        self._starting = anyio.Lock()
        self._process: HubProcess | None = None
        self._address = ""

    def __repr__(self) -> str:
        return f"<DemoHub {self._process or 'not started'}>"

    def recognise(self, text: str) -> Locator | None:
        """A pack as a locator, or None. Raises UsageError for parameters that no pack can have."""
        plan = PackPlan.parse(text)
        if plan is None:
            return None
        return Locator(hub=NAME, text=plan.locator, kind="model", identity=str(plan.model_id))

    async def expand(self, locator: Locator, destination: Destination, client: HttpClient) -> Expansion:
        return await self._civitai.expand(locator, destination, client)

    async def request(self, resource: Resource, address: Address, client: HttpClient) -> Request:
        return await self._civitai.request(resource, address, client)

    async def explain(self, resource: Resource, error: StabilityError, client: HttpClient) -> StabilityError:
        return await self._civitai.explain(resource, error, client)

    async def newer(self, collection: Collection, resources: Sequence[Resource], client: HttpClient) -> News:
        return await self._civitai.newer(collection, resources, client)

    async def absolute(self, reference: str) -> str:
        return await self._civitai.absolute(reference)

    async def endpoint(self) -> str:
        """The address of the running server, started if need be. Raises InternalError when it does not start."""
        async with self._starting:
            if self._process is not None and not self._process.is_alive:
                self.close()
            if self._process is None:
                self._process, self._address = await self._start()
            return self._address

    async def _start(self) -> tuple[HubProcess, str]:
        process = HubProcess()
        try:
            with self._clock.fail_after(START_SECONDS):
                return process, await anyio.to_thread.run_sync(process.wait_ready, abandon_on_cancel=True)
        except TimeoutError:
            process.kill()
            process.stop()
            raise InternalError(detail="the demo hub did not start in time") from None
        except BaseException:
            process.kill()
            process.stop()
            raise

    def close(self) -> None:
        """End the server, if it runs. Takes milliseconds, two seconds at worst."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    async def aclose(self) -> None:
        """The same without holding up the event loop."""
        await anyio.to_thread.run_sync(self.close)
