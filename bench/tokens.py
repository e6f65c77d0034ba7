"""The estimate of tokens beside real tokenizers, text by text: how far it is off.

pip install bpe-openai && python bench/tokens.py      # o200k and cl100k
python bench/tokens.py --local                        # the embedded model's vocabulary too (a minute)
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from extractor import ChatRequest, Extractor, Schema
from extractor.tokens import text_tokens
from schemas import Invoice
from tests.ledgers import Ledger, ledger, rows

PROSE = {
    "English": "The supplier shall deliver the goods within fourteen working days after receipt of payment. Claims for"
    " defects become time-barred after twenty-four months. The amount of 12,345.67 is payable by 5 June 2024.",
    "German": "Die Lieferung erfolgt innerhalb von vierzehn Werktagen nach Eingang der Zahlung. Der Rechnungsbetrag von"
    " 12.345,67 € ist bis zum 5. Juni 2024 auf das unten angegebene Konto zu überweisen.",
    "Polish": "Kupujący zobowiązuje się zapłacić całkowitą kwotę 12 345,67 złotych w ciągu trzydziestu dni od"
    " otrzymania faktury. Sprzedawca ponosi odpowiedzialność za jakość towaru oraz terminowość dostawy.",
    "Russian": "Покупатель обязуется оплатить товар в течение тридцати календарных дней с момента получения счёта на"
    " сумму 12 345,67 рублей. Поставщик несёт ответственность за качество и сроки поставки.",
    "Greek": "Ο αγοραστής υποχρεούται να καταβάλει το συνολικό ποσό των 12.345,67 ευρώ εντός τριάντα ημερών από την"
    " παραλαβή του τιμολογίου. Ο πωλητής ευθύνεται για την ποιότητα.",
    "Arabic": "يلتزم المشتري بدفع كامل المبلغ وقدره 12345 ريالا خلال ثلاثين يوما من تاريخ استلام الفاتورة. ويتحمل"
    " البائع المسؤولية عن جودة البضائع ومواعيد التسليم المتفق عليها.",
    "Hindi": "खरीदार चालान प्राप्त होने की तारीख से तीस दिनों के भीतर कुल राशि 12,345 रुपये का भुगतान करेगा। विक्रेता माल की"
    " गुणवत्ता और समय पर वितरण के लिए उत्तरदायी होगा।",
    "Thai": "ผู้ซื้อตกลงชำระเงินจำนวน 12,345 บาทภายในสามสิบวันนับจากวันที่ได้รับใบแจ้งหนี้ ผู้ขายรับผิดชอบต่อคุณภาพของสินค้า",
    "Chinese": "甲方应于二〇二四年六月五日前支付全部货款，共计人民币12345元。如有延迟，每日按照千分之五计算违约金。",
    "Japanese": "お支払い期限は同月末日となっております。商品の数量は百二十個、合計金額は消費税を含めて165,000円です。",
    "Korean": "갑은 을에게 총 금액 12,345,000원을 지급하여야 한다. 물품의 인도는 갑의 물류 창고에서 이루어진다.",
}


def texts() -> dict[str, str]:
    sheet = [f"{at},INV-{at:06},2024-0{at % 9 + 1}-{at % 28 + 1:02},{at * 17.25:.2f},EUR" for at in range(80)]
    values = [{"number": f"A-{at}", "total": at * 3.5, "lines": [{"text": "Bolt"}]} for at in range(40)]
    return {
        **PROSE,
        "a ledger": ledger(rows(60)).text,
        "CSV": "\n".join(sheet),
        "Markdown table": "\n".join(f"| Bolt M{at % 12} zinc | {at} | {at * 0.13:.2f} |" for at in range(80)),
        "JSON": json.dumps(values),
        "a strict schema": json.dumps(Schema.of(Invoice).strict, separators=(",", ":")),
        "a small schema": json.dumps(Schema.of(Ledger).strict),
    }


def tokenizers(local: bool) -> dict[str, Callable[[str], int]]:
    found: dict[str, Callable[[str], int]] = {}
    try:
        import bpe_openai  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError:
        print("without o200k and cl100k: pip install bpe-openai", file=sys.stderr)
    else:
        for name in ("o200k_base", "cl100k_base"):
            encoding = bpe_openai.get_encoding(name)
            found[name] = lambda text, encoding=encoding: len(encoding.encode(text))  # type: ignore[misc]
    return {**found, **({"gemma 3": embedded()} if local else {})}


def embedded() -> Callable[[str], int]:
    extractor = Extractor.local()

    def count(text: str) -> int:
        message = {"role": "user", "content": text}
        asked = ChatRequest(model="local", messages=[message], max_completion_tokens=1)  # type: ignore[list-item]
        usage = extractor.complete(asked).usage
        return (usage and usage.prompt_tokens) or 0

    frame = count("x") - 1
    return lambda text: count(text) - frame


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--local", action="store_true", help="the embedded model's vocabulary too")
    real = tokenizers(options.parse_args().local)
    print(f"{'':18}{'estimate':>10}" + "".join(f"{name:>22}" for name in real))
    off: dict[str, list[float]] = {name: [] for name in real}
    for kind, text in texts().items():
        estimate, counts = text_tokens(text), {name: count(text) for name, count in real.items()}
        for name, count in counts.items():
            off[name].append(estimate / count - 1)
        cells = (f"{count:12,} {estimate / count - 1:+8.0%}" for count in counts.values())
        print(f"{kind:18}{estimate:10,}" + "".join(f"{cell:>22}" for cell in cells))
    for name, errors in off.items():
        middle = statistics.median(map(abs, errors))
        print(f"{name}: off by {middle:.0%} in the median, {min(errors):+.0%} to {max(errors):+.0%}")


if __name__ == "__main__":
    main()
