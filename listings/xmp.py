"""The XMP packet of a delivered picture: what kind of picture it is, and where its original can be seen."""

from __future__ import annotations

import struct
from typing import Final
from xml.sax.saxutils import escape

_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# Who made a picture tells its type: our engine composites 3-D furniture into the photo; others use generative models.
COMPOSITE: Final = _TYPES + "compositeSynthetic"
WITH_MODEL: Final = _TYPES + "compositeWithTrainedAlgorithmicMedia"
BY_MODEL: Final = _TYPES + "trainedAlgorithmicMedia"
CAPTURED: Final = _TYPES + "digitalCapture"
_SOI, _APP0, _APP1, _NAMESPACE = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1", b"http://ns.adobe.com/xap/1.0/\0"

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
{system}<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def source_type(engine: str, kind: str) -> str:
    """The IPTC DigitalSourceType, a full URI, of a picture that `engine` made for a brief of this kind."""
    if engine == "openhouse":
        return COMPOSITE
    return BY_MODEL if kind == "sketch" else WITH_MODEL


def packet(*, source_type: str, description: str, tool: str, system: str = "", version: str = "") -> bytes:
    """A packet in UTF-8. `system` names what altered the picture; a photo as it was taken has none."""
    systems = (
        f"<Iptc4xmpExt:AISystemUsed>{escape(system)}</Iptc4xmpExt:AISystemUsed>\n"
        f"<Iptc4xmpExt:AISystemVersionUsed>{escape(version)}</Iptc4xmpExt:AISystemVersionUsed>\n"
        if system
        else ""
    )
    return _PACKET.format(
        source_type=escape(source_type), system=systems, description=escape(description), tool=escape(tool)
    ).encode()


def embedded(jpeg: bytes, packet: bytes) -> bytes:
    """`jpeg`, which carries no XMP yet, with this packet: an APP1 segment behind SOI and JFIF's APP0.

    The picture itself is not touched (XMP specification, part 3, 1.1.3). Raises ValueError for what is no JPEG, and
    for a packet that no segment holds.
    """
    if jpeg[:2] != _SOI:
        raise ValueError("this is no JPEG")
    segment = _NAMESPACE + packet
    if len(segment) + 2 > 0xFFFF:
        raise ValueError("this XMP packet is longer than a segment")
    place = 2
    if jpeg[2:4] == _APP0:
        place = 4 + int(struct.unpack_from(">H", jpeg, 4)[0])
    return b"".join((jpeg[:place], _APP1, struct.pack(">H", len(segment) + 2), segment, jpeg[place:]))
