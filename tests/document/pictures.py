"""The smallest whole pictures of each kind, made by hand."""

from __future__ import annotations

from base64 import b85decode
from struct import pack
from zlib import compress, crc32


def png(padding: int = 0) -> bytes:
    """One grey pixel, and a text chunk of ``padding`` bytes."""
    header = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tEXt", b"k\0" + b"x" * padding), (b"IDAT", compress(b"\0\x80")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))


def jpeg(thumbnail: bytes = b"") -> bytes:
    """The markers of a JPEG: an Exif header that holds the thumbnail, a scan, the end."""
    exif = b"Exif\0\0" + thumbnail
    app1 = b"\xff\xe1" + pack(">H", len(exif) + 2) + exif
    frame = b"\xff\xc0" + pack(">HBHHBBBB", 11, 8, 1, 1, 1, 1, 0x11, 0)
    scan = b"\xff\xda" + pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0) + b"\x12\x34\xff\x00\x56"
    return b"\xff\xd8" + app1 + frame + scan + b"\xff\xd9"


def gif() -> bytes:
    screen = pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    image = b"," + pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\0"
    return b"GIF89a" + screen + image + b";"


def webp() -> bytes:
    chunk = b"VP8L" + pack("<I", 8) + b"\x2f\0\0\0\0\x88\x88\x08"
    return b"RIFF" + pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def heic() -> bytes:
    """64 x 48 pixels, blue on the left and red on the right."""
    return b85decode(_HEIC)


_HEIC = (
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<0004fZDn*}000000000XXk=`10000000000aA{+700000000000000000000B57=I"
    "V*mgE07O6l0RRC200001p#T8@00000004pj001LtX>Mi!000000RR916=`l}WdZ;I000310BCk&F#rGn01j|zbZr0t000010002}"
    "X>f9I0002pX>en20001XXm(>m0RwOV0058x000009`FGC{rLC*01pFT0096PKmiN^|NjGU00093kN^M!000939=ZZRVE_RDDnbDP"
    "18@KU0|1Z!00RI30{|YNAb|yz>g1-mxCm%4AOHXZ10VnZ0{|gn00967L;=Bbz=;3=025<xY;ta6Y<K_x01W^JfB*mh6lrsCWdHyG"
    "00000KmY&$KmY&$C}V74Z~y=RKmY&$0RR91FaQ7m0RR91000000{{R2@Bjb+0ssI25O8UDX#fBK00RgJ2mk;87-?{AVE_OC00000"
    "0RRC7fdT^sga7~lifv?JbN~PVekcL23E(*+B)|Xs!k^y%TvGr1&i%nS{%9Tl{vxn9{?m_97}hMS!+mAV8a`TrmMX+!z2F}Ts^!wG"
    "<41$+o6<neaP|E0v-wj5-y*W}s$4kHcZnq)LdnDn_znw`i#QLPZtD>9h|EL|+3kYuF{#{1=+);Pp7(+Ae<&~"
)
