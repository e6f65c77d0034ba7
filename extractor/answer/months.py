"""The months by their names in the languages that most documents are written in."""

from __future__ import annotations

from .names import plain

_NAMES = """
january february march april may june july august september october november december
januar februar marz april mai juni juli august september oktober november dezember
janner feber maerz - - - - - - - - -
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
- - - - - - - - setiembre - - -
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου
يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر
- شباط اذار نيسان ايار حزيران تموز اب ايلول - - -
januari februari maret april mei juni juli agustus september oktober november desember
जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
"""
_NEVER_SHORTENED = (
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta"
    " heinakuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
)
_SHORTEST = 3


def _table(names: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for line in names.strip().splitlines():
        for number, name in enumerate(line.split(), 1):
            found.setdefault(plain(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items() if name != "-"}


_MONTHS = _table(_NAMES)
_WHOLE = _MONTHS | _table(_NEVER_SHORTENED)


def month_of(name: str) -> int | None:
    """The number of a month by its name, or by the beginning of it; None where it is none, or could be two."""
    form = plain(name)
    found = _WHOLE.get(form)
    if found is None and len(form) >= _SHORTEST:
        found = frozenset[int]().union(*(numbers for known, numbers in _MONTHS.items() if known.startswith(form)))
    if form == "sept":
        return 9
    return next(iter(found)) if found is not None and len(found) == 1 else None
