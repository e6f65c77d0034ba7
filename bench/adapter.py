"""This library's slot in an outside load harness: the file that its ``BENCH_OURS`` names."""

from adapters import Adapter


class Ours(Adapter):  # type: ignore[misc]
    """As the README does it: one extractor for all calls."""

    name = "ours"
    venv = "v-ours"
    imports = "from extractor import AsyncExtractor, Extractor"
    packages = ("typed-extractor", "httpx", "httpcore", "orjson", "pydantic")
    stream = "sync"

    def setup(self, base_url, model, concurrency=100):  # type: ignore[no-untyped-def]
        from extractor import AsyncExtractor, Extractor

        self.type = model
        self.plain = Extractor("mock-1", base_url=base_url, api_key="x")
        self.waiting = AsyncExtractor("mock-1", base_url=base_url, api_key="x")

    def call_sync(self, text):  # type: ignore[no-untyped-def]
        return self.plain.extract(self.type, text).value

    async def call_async(self, text):  # type: ignore[no-untyped-def]
        return (await self.waiting.extract(self.type, text)).value

    def stream_sync(self, text):  # type: ignore[no-untyped-def]
        with self.plain.stream(self.type, text) as stream:
            for partial in stream:
                yield partial.data
            yield stream.result.value

    async def aclose(self):  # type: ignore[no-untyped-def]
        await self.waiting.aclose()
