"""The light of the photographed room, as emitters and albedos that the tracer can put furniture into."""
