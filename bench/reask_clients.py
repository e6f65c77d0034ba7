"""One client's run over the orders, in the client's own environment. ``reask.py`` starts it.

    python bench/reask_clients.py instructor http://127.0.0.1:8000 40 200

A line a document: {"value": …}, or {"error": …, "refused": …} where the client raised. Three re-asks at most.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from orders import Order, document_of, gold_of

Extract = Callable[[str, str], Order]
RE_ASKS = 3
_REFUSED = ("refus", "contentfilter", "cannot help with that")
PROMPT = (
    "Extract the data that the given schema describes from the document. "
    "Take every value from the document alone. Where the document does not state a value, give null or an empty list."
)


def extractor() -> Extract:
    from extractor import Extractor

    def extract(url: str, document: str) -> Order:
        with Extractor("m", base_url=url, max_attempts=1 + RE_ASKS) as client:
            return client.extract(Order, document).value

    return extract


def instructor(mode: str) -> Callable[[], Extract]:
    def made() -> Extract:
        import instructor
        from openai import OpenAI

        def extract(url: str, document: str) -> Order:
            with OpenAI(base_url=url, api_key="none", max_retries=0) as openai:
                client = instructor.from_openai(openai, mode=instructor.Mode[mode])
                turns: Any = [{"role": "system", "content": PROMPT}, {"role": "user", "content": document}]
                return client.chat.completions.create(
                    model="m", response_model=Order, messages=turns, max_retries=RE_ASKS
                )

        return extract

    return made


def pydantic_ai(native: bool) -> Callable[[], Extract]:
    def made() -> Extract:
        from pydantic_ai import Agent, NativeOutput, ToolOutput
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        output: Any = NativeOutput(Order) if native else ToolOutput(Order)

        def extract(url: str, document: str) -> Order:
            model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=url, api_key="none"))
            agent = Agent(model, output_type=output, system_prompt=PROMPT, retries=RE_ASKS)
            found: Order = agent.run_sync(document).output
            return found

        return extract

    return made


CLIENTS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "extractor": ("typed-extractor", extractor),
    "instructor": ("instructor", instructor("JSON_SCHEMA")),
    "instructor, tools": ("instructor", instructor("TOOLS")),
    "pydantic-ai": ("pydantic-ai-slim", pydantic_ai(True)),
    "pydantic-ai, tools": ("pydantic-ai-slim", pydantic_ai(False)),
}


def ended(extract: Extract, url: str, document: str) -> dict[str, object]:
    """How one document ended. An error that speaks of a refusal tells it as one."""
    try:
        return {"value": extract(url, document).model_dump(mode="json")}
    except Exception as error:  # noqa: BLE001  whatever a client raises is its answer
        said = f"{type(error).__name__}: {error}"
        return {"error": said[:2000], "refused": any(word in said.lower() for word in _REFUSED)}


def main() -> None:
    name, url, leaves, documents = sys.argv[1:]
    package, make = CLIENTS[name]
    print(json.dumps({"version": version(package)}))
    extract, path = make(), name.replace(", ", "-")
    for number in range(int(documents)):
        gold = gold_of(int(leaves), number)
        print(json.dumps(ended(extract, f"{url}/{path}/{leaves}/{number}/v1", document_of(gold))))


if __name__ == "__main__":
    main()
