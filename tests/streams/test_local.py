"""The embedded model streams as an endpoint does."""

from pydantic import BaseModel

from extractor import Extractor


class Invoice(BaseModel):
    number: str
    total: float


def test_the_embedded_model_is_seen_while_it_writes() -> None:
    with Extractor.local(max_completion_tokens=48).stream(Invoice, "Invoice A-17. Total due: 42.50") as stream:
        partials = [partial.data for partial in stream]
    assert len(partials) > 3
    assert partials[0] == {}
    assert partials[-1] == stream.result.data
    assert stream.ledger.total_tokens


def test_the_embedded_model_stops_when_its_stream_is_left() -> None:
    with Extractor.local(max_completion_tokens=48).stream(list[Invoice], "Invoice A-17. Total due: 42.50") as stream:
        next(iter(stream))
    assert stream.ledger.calls[0].error == "StreamLeftError"
    assert stream.ledger.total_tokens is None
