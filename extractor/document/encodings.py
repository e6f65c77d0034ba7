"""Which encoding a text is in, where it says so itself, and where its letters tell.

Text of one language has letters that come often. Read in a wrong encoding it has others. Detectors that always answer
take short texts for another language in silence; here what is not clear is not guessed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAMPLE_BYTES = 16_000
_ENOUGH, _ENOUGH_OF_MANY = 0.7, 0.55
"""The least score, and that of scripts with thousands of letters, of which a text has many rare ones."""
_AHEAD = 0.1
_RARE = 0.3
"""What a letter of the right script counts that is not one of the frequent ones."""

_DECLARED = re.compile(
    rb"""\s*<(?:\?xml\b[^>]{0,200}?\bencoding\s*=|.{0,4000}?<meta\b[^>]{0,300}?\bcharset\s*=)\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE | re.DOTALL,
)
_ODD_LATIN = r"(?<![a-zA-Z])[\u00c0-\u024f]{3,}(?![a-zA-Z])|[\u00df-\u00ff£§©®]+[\u00c0-\u00de]"
"""Words without any plain letter, and capitals after small letters."""
_ODD = "[a-zA-Z](?=[{0}])|[{0}](?=[a-zA-Z£§©®])|[а-я\u0450-\u045fα-ωά-ώ](?=[А-Я\u0400-\u040fΑ-Ω])"
"""Words in two scripts, signs and capitals within a word."""
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
"""What people write when they mean the larger encoding that begins with it, as browsers take them."""


@dataclass(frozen=True, slots=True)
class _Language:
    """``often`` are letters that make up most of a text, ``script`` the range that its others are in.

    ``odd`` finds what no text of the language has, such as a capital within a word. ``least`` letters tell anything.
    """

    encodings: tuple[str, ...]
    often: frozenset[str]
    script: re.Pattern[str]
    odd: re.Pattern[str]
    least: int


def _language(encodings: str, often: str, script: str) -> _Language:
    latin, ideographs = script == _LATIN, script in (_HAN, _HANGUL)
    odd = _ODD_LATIN if latin else "(?!)" if ideographs else _ODD.format(script)
    letters = often + often.upper() if latin else often
    least = 1 if latin else 3 if ideographs else 6
    return _Language(tuple(encodings.split()), frozenset(letters), re.compile(f"[{script}]"), re.compile(odd), least)


_WESTERN = frozenset("äöüßéèêëàâçîïôûùœæáíóúñãõåøÄÖÜÉÈÊÀÂÇÎÔÛŒÆÁÍÓÚÑÃÕÅØ")
_SIGNS = "«»„“”‘’‚–—…€£§°·№©®™½¼¿¡\u00a0"
_CJK_SIGNS = "、。，．：；！？（）「」『』【】《》〈〉・ー～￥％　—…○●■□◆★０１２３４５６７８９"
_KANA = "".join(map(chr, [*range(0x3041, 0x3094), *range(0x30A1, 0x30FB)]))
_LATIN, _HAN, _HANGUL = "\u00c0-\u024f", "\u3400-\u9fff", "\uac00-\ud7a3"

_LANGUAGES = (
    _language("cp1252 mac_roman cp850", "äöüß", _LATIN),
    _language("cp1252 mac_roman cp850", "éèêëàâçîïôûùœæ", _LATIN),
    _language("cp1252 mac_roman cp850", "áéíóúüñ", _LATIN),
    _language("cp1252 mac_roman", "ãõáéíóúâêôàçü", _LATIN),
    _language("cp1252 mac_roman", "àèéìòùîó", _LATIN),
    _language("cp1252 mac_roman", "åäöæøéü", _LATIN),
    _language("cp1252", "áðéíóúýþæö", _LATIN),
    _language("cp1250 iso8859-2", "ąćęłńóśźż", _LATIN),
    _language("cp1250 iso8859-2", "áčďéěíňóřšťúůýž", _LATIN),
    _language("cp1250 iso8859-2", "áäčďéíĺľňóôŕšťúýž", _LATIN),
    _language("cp1250 iso8859-2", "áéíóöőúüű", _LATIN),
    _language("cp1250 iso8859-2", "čćđšž", _LATIN),
    _language("cp1250 iso8859-2", "ăâîşţ", _LATIN),
    _language("cp1254", "çğıöşüâİ", _LATIN),
    _language("cp1257", "ąčęėįšųūž", _LATIN),
    _language("cp1257", "āčēģīķļņšūž", _LATIN),
    _language("cp1251 koi8-r iso8859-5 cp866 mac_cyrillic", "оеаинтсрвлкмдпуяы", "\u0400-\u045f"),
    _language("cp1251 koi8-u", "оаинівеитрслкдмпуї", "\u0400-\u0491"),
    _language("cp1253 iso8859-7", "αοιετσνηυρπκςάόμλίή", "\u0370-\u03ff"),
    _language("cp1255 iso8859-8", "יוהלאמרתבשנדםח", "\u05d0-\u05ea"),
    _language("cp1256 iso8859-6", "اليمونتربةعدسفهكقأ", "\u0600-\u06ff"),
    _language("cp874", "านรกเงมยลวดท่้ตสปัอบิีแห์็ะไ", "\u0e01-\u0e5b"),
    _language(
        "cp932 euc_jp",
        _KANA
        + "日本国人年大十二一中出三見生東時分上月行者会社事長円合計金額請求書番号税込消費株式御様住所電話県市区町名支払"
        "期限内容数量単価小口座銀行店発送品商注文方法定地気後前入用間手自高的学業部回明実作全開通新新不以関当水同力"
        "家田物言目場下代理対私多度何彼性体女男子今家々",
        _HAN,
    ),
    _language(
        "gb18030",
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
        "种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力与长把机十民第公"
        "此已工使情明性知全三又关点正业外将两高间由问最重并物手应向头文体政相见被利二等产或新制身果加西月话合回特代内信表化"
        "位次度任常先通教东提立及比员解水名真处各入口条平系气题活更别变四总电数安少报结反受目量建接必场件计管期市直资金指区"
        "保至社便决治科司五基书非则达放权完设式路记品住告类求据程边交规万取格术领共确传清今票号码额购买税价称元整付款请谢址北京",
        _HAN,
    ),
    _language(
        "big5 gb18030",
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家"
        "種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力與長把機十民第公"
        "此已工使情明性知全三又關點正業外將兩高間由問最重並物手應向頭文體政相見被利二等產或新制身果加西月話合回特代內信表化"
        "位次度任常先通教東提立及比員解水名真處各入口條平系氣題活更別變四總電數安少報結反受目量建接必場件計管期市直資金指區"
        "保至社便決治科司五基書非則達放權完設式路記品住告類求據程邊交規萬取格術領共確傳清今票號碼額購買稅價稱元整付款請謝址臺台幣"
        "範例股份有限",
        _HAN,
    ),
    _language(
        "cp949",
        "이다는에의을가하고로지사를기한자인대리도어시수은일서과정들나부상구보제만아주전해그있스동장용원공무으면안성교여경조"
        "계소선관회국유신학문중내세비물당발산모연방민치음개식생행위합차업현재분적영간체화금청액호번결감습니말래름급받점품목",
        _HANGUL,
    ),
)


_OF_MANY = frozenset(name for each in _LANGUAGES[-4:] for name in each.encodings)


def declared(data: bytes) -> str | None:
    """The encoding that XML or HTML names in its beginning, where it is one that is known."""
    found = _DECLARED.match(data[:8192].removeprefix(codecs.BOM_UTF8))
    return known(found[1].decode("ascii", "replace")) if found else None


def known(name: str) -> str | None:
    """Python's name for an encoding as the web and mail name it."""
    try:
        found = codecs.lookup(name.strip().strip("'\"")).name
    except (LookupError, UnicodeError, ValueError):
        return None
    return _MEANT.get(found, found)


def told_by_letters(data: bytes) -> str | None:
    """The encoding in which the text has the letters of some language; None where none fits, or two fit alike."""
    readings = sorted(_readings(data), key=lambda reading: -reading[0])
    if not readings:
        return None
    best, encoding, text = readings[0]
    if best < (_ENOUGH_OF_MANY if encoding in _OF_MANY else _ENOUGH):
        return None
    rarer = _rarer(encoding)
    rivals = (score for score, name, other in readings[1:] if other != text and name not in rarer)
    if best - next(rivals, 0.0) < _AHEAD and not _usual(encoding, readings):
        return None
    return encoding


def _rarer(encoding: str) -> frozenset[str]:
    """Encodings of the same languages that are seen less often: they are no rivals where they fit no better."""
    orders = (each.encodings for each in _LANGUAGES if encoding in each.encodings)
    return frozenset(name for order in orders for name in order[order.index(encoding) + 1 :])


def _usual(encoding: str, readings: list[tuple[float, str, str]]) -> bool:
    """Of two that fit alike, the code of western Windows is by far the more common: a few accents tell no more."""
    return encoding == "cp1252" and set(re.findall(r"[^\W\x00-\x7f]", readings[0][2])) <= _WESTERN


def _readings(data: bytes) -> Iterator[tuple[float, str, str]]:
    """(score, encoding, text) of each encoding that the data could be in. Of one encoding the best language counts."""
    sample = data[:_SAMPLE_BYTES]
    for encoding in dict.fromkeys(name for language in _LANGUAGES for name in language.encodings):
        text = _sampled(sample, encoding)
        if text is not None:
            scores = [_score(text, language) for language in _LANGUAGES if encoding in language.encodings]
            yield max(scores), encoding, text


def _sampled(sample: bytes, encoding: str) -> str | None:
    """The text as far as it goes: the sample may end within a character."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample, len(sample) < _SAMPLE_BYTES)
    except UnicodeDecodeError:
        return None


def _score(text: str, language: _Language) -> float:
    """1 where all foreign letters are frequent ones of the language, below 0 where most are none of its script."""
    foreign = [letter for letter in re.findall(r"[^\x00-\x7f]", text) if letter not in _SIGNS + _CJK_SIGNS]
    if len(foreign) < language.least:
        return 0.0
    often = sum(letter in language.often for letter in foreign)
    others = (letter for letter in foreign if letter not in language.often)
    rare = sum(language.script.match(letter) is not None for letter in others)
    strange = len(foreign) - often - rare + len(language.odd.findall(text))
    return (often + _RARE * rare - strange) / len(foreign)
