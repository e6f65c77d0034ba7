"""How well the words before a value label it for a field, by the field's name and description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
"""The words of a field's name: ``dueDate`` and ``due_date`` are due and date."""
_WORD = re.compile(r"[^\W\d_]+|#|№")
_SHORT, _PART, _DESCRIBED = 3, 0.9, 0.3
_SAME = """
total totals sum gesamt gesamtbetrag summe endbetrag gesamtsumme totale totaal razem итого 合計 合计 总计
amount amt betrag montant importe importo bedrag kwota 金额 金額
number no nr num nummer numero numéro número nº № # 番号 号码
date datum fecha data dato 日付 日期
due payable fällig échéance vencimiento scadenza zahlbar
tax taxes vat gst mwst ust tva iva btw 税
net netto nett neto 税抜
gross brutto ttc bruto lordo
price preis prix precio prezzo prijs
quantity qty menge quantité cantidad quantità aantal
invoice rechnung facture factura fattura factuur fatura faktura 請求書 发票
order bestellung auftrag commande pedido ordine
customer kunde client cliente klant
supplier seller verkäufer lieferant vendeur fournisseur vendedor proveedor venditore fornitore
buyer käufer acheteur comprador acquirente
issued issue ausgestellt émission emisión emissione
"""
_FORMS = {word: frozenset(line.split()) for line in _SAME.splitlines() for word in line.split()}
"""What the same word is in the big languages, where it labels values."""
_EMPTY = frozenset("that this with from what which where when each have been will name the for and its own".split())
Forms: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that label a field, each in its forms: those of its name, and those of its description."""

    named: Sequence[Forms]
    described: Sequence[Forms]

    def share(self, said: str) -> float:
        """How much of them a text says; 1 where it says all of the name, a little more for the description."""
        words = frozenset(_WORD.findall(said))
        return _share(self.named, said, words) + _DESCRIBED * _share(self.described, said, words)

    def is_named(self, said: str) -> bool:
        """Whether a text says all words of the name."""
        folded = said.casefold()
        return len(self.named) > 0 and _share(self.named, folded, frozenset(_WORD.findall(folded))) >= _PART


@lru_cache(maxsize=512)
def labels_of(name: str, description: str = "") -> Labels:
    named = [word.casefold() for word in _NAME.findall(name)]
    described = [word.casefold() for word in _WORD.findall(description)]
    return Labels(
        [_forms(word) for word in dict.fromkeys(named) if _tells(word)],
        [_forms(word) for word in dict.fromkeys(described) if _tells(word) and word not in named],
    )


def _forms(word: str) -> Forms:
    return _FORMS.get(word, frozenset({word}))


def _tells(word: str) -> bool:
    return word in _FORMS or (len(word) >= _SHORT and word not in _EMPTY)


def _share(wanted: Iterable[Forms], said: str, words: Forms) -> float:
    """The mean over the words; one that is but a part of a longer word counts a little less."""
    counts = [
        1.0 if forms & words else _PART * any(len(form) > _SHORT and form in said for form in forms) for forms in wanted
    ]
    return sum(counts) / len(counts) if counts else 0.0
