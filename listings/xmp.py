"""The XMP packet of a delivered picture: what kind of picture it is, and where its original can be seen."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# Who made a picture tells its type: our engine composites 3-D furniture into the photo; others use generative models.
COMPOSITE: Final = _TYPES + "compositeSynthetic"
WITH_MODEL: Final = _TYPES + "compositeWithTrainedAlgorithmicMedia"
BY_MODEL: Final = _TYPES + "trainedAlgorithmicMedia"
CAPTURED: Final = _TYPES + "digitalCapture"

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
