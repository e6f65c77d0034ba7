"""ISO 4217 currencies, ISO 3166-1 countries, and the other ways to write a currency that can mean only one."""

from __future__ import annotations

from decimal import Decimal

_CURRENCIES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XCD XCG XDR XOF XPD
    XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL
    ATS BEF CYP DEM EEK ESP FIM FRF GRD IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK BYR GHC MRO MZM ROL SDD STD TRL VEB
    VEF YUM ZMK CSD AZM MGF TMM
"""
CURRENCIES = frozenset(_CURRENCIES.split())
"""Today's codes, and after them those that older documents carry."""

SYMBOLS = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "₤": "GBP", "US$": "USD", "U.S.$": "USD", "A$": "AUD",
    "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "SG$": "SGD",
    "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "FR.": "CHF", "SFR.": "CHF", "SFR": "CHF", "ZŁ": "PLN", "KČ": "CZK",
    "FT": "HUF", "₹": "INR", "RS.": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS", "₫": "VND",
    "₦": "NGN", "฿": "THB", "₱": "PHP", "₸": "KZT", "₾": "GEL", "₼": "AZN", "₡": "CRC", "₵": "GHS", "RM": "MYR",
    "RMB": "CNY", "CN¥": "CNY", "JP¥": "JPY", "円": "JPY", "元": "CNY", "ЛВ": "BGN", "ЛВ.": "BGN", "RP": "IDR",
}  # fmt: skip
"""Upper-cased ways to write a currency that mean one only. Not among them: $, ¥ and kr, which stand for several."""

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
MINOR = dict.fromkeys(_WHOLE.split(), Decimal(1)) | dict.fromkeys(_THOUSANDTHS.split(), Decimal("0.001"))
"""The smallest unit where it is not a hundredth."""

ROUNDED = {"CHF": Decimal("0.05")} | dict.fromkeys(("INR", "SEK", "NOK", "CZK", "HUF"), Decimal(1))
"""The step to which totals of invoices are commonly rounded."""

CASH = (
    dict.fromkeys(("EUR", "CHF", "AUD", "CAD", "SGD", "MYR"), Decimal("0.05"))
    | {"NZD": Decimal("0.10"), "ILS": Decimal("0.10"), "DKK": Decimal("0.50"), "HUF": Decimal(5)}
    | dict.fromkeys(("INR", "SEK", "NOK", "CZK"), Decimal(1))
)
"""The step to which totals are rounded where people pay in coins."""

_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
    CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
    MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
    RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
    TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())

COUNTRY_ALIASES = {"UK": "GB", "EL": "GR"}
