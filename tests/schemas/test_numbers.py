"""Numbers with check digits: right ones in any spelling, wrong ones with what is off."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.checks import (
    IBAN_LENGTHS,
    bic,
    doi,
    gtin,
    iban,
    isbn,
    issn,
    last_four,
    luhn,
    mail_address,
    mod97,
    orcid,
)
from schemas.mrz import check_digit, mrz
from schemas.scientific_paper import arxiv_id
from schemas.vat import vat_id

PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
LONG_NUMBER = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
SMALL = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
FRENCH = "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6"
VISA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"

_VALID = """
DE136695976 DE811907980 ATU13585627 ATU10223006 BE0428759497 BE0403019261 BE428759497 BG123456789 CHE100155212
CHE100155212MWST CY10259033P CZ25123891 CZ7103192745 DK13585628 EE100931558 EL094259216 GR094259216 ESB58378431
ES54362315K ESX2482300W FI20774740 FR40303265045 FR83404833048 FRK7399859412 GB980780684 GBGD001 HR33392005961
HU12892312 IE6433435F IE6433435OA IE8D79739I IT00743110157 LT119511515 LT100001919017 LU15027442 LV40003521600
MT11679112 NL004495445B01 NL123456789B13 NO995525828 NO923609016MVA PL8567346215 PT501964843 RO18547290
SE556703748501 SI50223054 SK2022749619 XI980780684
"""
VALID_VAT = _VALID.split()
UNCHECKED = ("BG", "LV", "CZ7103192745", "GBGD", "FRK7")


@pytest.mark.parametrize("number", VALID_VAT)
def test_vat_ids_that_pass(number: str) -> None:
    assert vat_id(number) == number
    assert vat_id(f" {number[:2].lower()} {number[2:5]}.{number[5:]} ") == number


@pytest.mark.parametrize("number", [number for number in VALID_VAT if not number.startswith(UNCHECKED)])
def test_vat_ids_with_two_digits_off_by_one(number: str) -> None:
    place = max(at for at, character in enumerate(number[:10]) if character.isdigit())
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    with pytest.raises(ValueError, match=r"does not pass its check digits|has not the shape"):
        vat_id(wrong)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("USt-IdNr.: DE 136 695 976", "DE136695976"),
        ("CHE-100.155.212 MWST", "CHE100155212MWST"),
        ("27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("ESO850101AB3", "ESO850101AB3"),
    ],
)
def test_vat_ids_in_other_spellings_and_of_other_countries(text: str, plain: str) -> None:
    assert vat_id(text) == plain


def test_a_vat_id_of_the_wrong_shape_is_told_the_shape() -> None:
    with pytest.raises(ValueError, match=r"DE12345 has not the shape of a VAT id of DE \(DE and 9 digits\)"):
        vat_id("DE12345")


RIGHT: list[tuple[Callable[[str], str], str, str]] = [
    (iban, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    (iban, "IBAN: gb29 nwbk 6016 1331 9268 19", "GB29NWBK60161331926819"),
    (iban, "CH93 0076 2011 6238 5295 7", "CH9300762011623852957"),
    (iban, "NO9386011117947", "NO9386011117947"),
    (iban, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
    (bic, "cobadeffxxx", "COBADEFFXXX"),
    (bic, "DEUT DE FF", "DEUTDEFF"),
    (gtin, "4 006381 333931", "4006381333931"),
    (gtin, "96385074", "96385074"),
    (gtin, "036000291452", "036000291452"),
    (isbn, "978-3-16-148410-0", "9783161484100"),
    (isbn, "ISBN 0-8044-2957-X", "080442957X"),
    (isbn, "ISBN-13: 978-0-306-40615-7", "9780306406157"),
    (issn, "ISSN 2434-561x", "2434-561X"),
    (orcid, "https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
    (doi, "https://doi.org/10.1038/nature12373", "10.1038/nature12373"),
    (doi, "doi:10.1000/182", "10.1000/182"),
    (arxiv_id, "arXiv:1706.03762v5 [cs.CL] 6 Dec 2017", "1706.03762v5"),
    (arxiv_id, "https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
    (mail_address, "<ann.o'neil+x@mail.example.org>", "ann.o'neil+x@mail.example.org"),
    (last_four, "**** **** **** 4242", "4242"),
    (last_four, "4111 1111 1111 1111", "1111"),
]


@pytest.mark.parametrize(("check", "text", "plain"), RIGHT)
def test_right_numbers_come_back_plain(check: Callable[[str], str], text: str, plain: str) -> None:
    assert check(text) == plain
    assert check(plain) == plain


WRONG: list[tuple[Callable[[str], str], str, str]] = [
    (iban, "DE89370400440532013001", "IBAN DE89370400440532013001 does not pass its check digits 89 (mod 97)"),
    (iban, "DE8937040044053201300", "has 21 characters, but those of DE have 22"),
    (iban, "ZZ89370400440532013000", "ZZ has none of that shape"),
    (iban, "37040044", "is no IBAN: one starts with two letters and two digits"),
    (bic, "COBADEF", "is no BIC: it has 8 or 11 characters"),
    (bic, "DEUTXXFF", "the 5th and 6th are a country"),
    (gtin, "4006381333932", "GTIN 4006381333932 does not pass its check digit 2"),
    (gtin, "40063813", "does not pass its check digit 3"),
    (gtin, "1234567", "has 8, 12, 13 or 14 digits"),
    (isbn, "978-3-16-148410-1", "is no ISBN"),
    (issn, "0028-0837", "is no ISSN"),
    (orcid, "0000-0002-1825-0098", "is no ORCID iD"),
    (doi, "nature12373", "is no DOI: write it from '10.' on"),
    (arxiv_id, "cs.CL", "is no arXiv id"),
    (mail_address, "ann at example.org", "is no e-mail address"),
    (mail_address, "ann@example", "is no e-mail address"),
    (last_four, "12", "does not end in four digits"),
]


@pytest.mark.parametrize(("check", "text", "message"), WRONG)
def test_wrong_numbers_are_told_what_is_off(check: Callable[[str], str], text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        check(text)


@pytest.mark.parametrize("zone", [PASSPORT, CARD, LONG_NUMBER, SMALL, FRENCH, VISA])
def test_machine_readable_zones(zone: str) -> None:
    assert mrz(zone) == zone
    assert mrz(zone.replace("\n", "").lower()) == zone
    assert mrz(zone.replace("<\n", "< \n ")) == zone


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        (
            PASSPORT.replace("L898902C3", "L898902C4"),
            "the check digit of the number: L898902C4 asks for 7, but 6 stands",
        ),
        (PASSPORT.replace("740812", "740813"), "the check digit of the birth date: 740813 asks for 3, but 2 stands"),
        (PASSPORT.replace("120415", "120416"), "the check digit of the expiry date"),
        (PASSPORT.replace("ZE184226B", "ZE184226C"), "the check digit of the personal number"),
        (PASSPORT[:-1] + "1", "the check digit of the whole line"),
        (CARD.replace("UTO<<<<<<<<<<<6", "UTO<<<<<<<<<<<7"), "the check digit of the upper two lines"),
        (LONG_NUMBER.replace("7349", "7359"), "the check digit of the number: D23145890735"),
        (FRENCH.replace("880692", "880693"), "the check digit of the number"),
        (PASSPORT[:60], "the MRZ has lines of 44 + 15 characters"),
        (PASSPORT.replace("ANNA", "ÄNNA"), "of A to Z, 0 to 9 and < only"),
    ],
)
def test_zones_that_are_off(zone: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        mrz(zone)


digits = st.text("0123456789", min_size=1, max_size=20)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country = draw(st.sampled_from(sorted(IBAN_LENGTHS)))
    size = IBAN_LENGTHS[country] - 4
    body = draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=size, max_size=size))
    return f"{country}{98 - mod97(body + country + '00'):02}{body}"


@st.composite
def gtins(draw: st.DrawFn) -> str:
    size = draw(st.sampled_from([7, 11, 12, 13]))
    body = draw(st.text("0123456789", min_size=size, max_size=size))
    return body + str(-sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(reversed(body))) % 10)


@st.composite
def luhns(draw: st.DrawFn) -> str:
    body = draw(digits)
    return next(body + last for last in "0123456789" if luhn(body + last))


def change(number: str, data: st.DataObject) -> str:
    place = data.draw(st.sampled_from([at for at, each in enumerate(number) if each.isdigit()]))
    other = data.draw(st.sampled_from("0123456789"))
    assume(other != number[place])
    return number[:place] + other + number[place + 1 :]


@given(ibans(), st.data())
def test_every_change_of_a_digit_of_an_iban_is_seen(number: str, data: st.DataObject) -> None:
    assert iban(" ".join(number[at : at + 4] for at in range(0, len(number), 4))) == number
    with pytest.raises(ValueError, match="IBAN"):
        iban(change(number, data))


@given(gtins(), st.data())
def test_every_change_of_a_digit_of_a_gtin_is_seen(number: str, data: st.DataObject) -> None:
    assert gtin(number) == number
    with pytest.raises(ValueError, match="check digit"):
        gtin(change(number, data))


@given(luhns(), st.data())
def test_every_change_of_a_luhn_digit_is_seen(number: str, data: st.DataObject) -> None:
    assert luhn(number)
    assert not luhn(change(number, data))


@given(st.text("0123456789", min_size=9, max_size=9), st.data())
def test_every_change_of_a_digit_of_an_italian_vat_id_is_seen(body: str, data: st.DataObject) -> None:
    number = next(body + f"0{last}" for last in range(10) if luhn(body + f"0{last}"))
    assert vat_id("IT" + number) == "IT" + number
    with pytest.raises(ValueError, match="check digits"):
        vat_id("IT" + change(number, data))


@given(st.text("ABC0123456789<", min_size=1, max_size=20), st.data())
def test_every_change_of_a_digit_of_a_zone_is_seen(text: str, data: st.DataObject) -> None:
    assume(any(each.isdigit() for each in text))
    assert check_digit(change(text, data)) != check_digit(text)


CHECKS = (iban, bic, gtin, isbn, issn, orcid, doi, mail_address, last_four, vat_id, mrz, arxiv_id)


@given(st.text(max_size=60), st.sampled_from(CHECKS))
def test_any_text_is_made_plain_or_refused(text: str, check: Callable[[str], str]) -> None:
    try:
        plain = check(text)
    except ValueError:
        return
    assert check(plain) == plain
