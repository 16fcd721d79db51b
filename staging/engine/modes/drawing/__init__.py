"""From a line drawing to a coloured, lit picture that keeps every drawn line.

gables   walls that end in a triangle under a roof
margins  where a frame cuts the drawing off inside its sheet
paper    the sheet taken out: strokes and washes; whether it is a drawing at all
regions  areas that strokes enclose, gaps in the lines closed
shapes   what the outline of an area tells: straight or scribbled, upright or slanted
viewpoint   whether it is seen from within a room or from before a house
spreading   what is known of some areas carried over to others; openings   panes in their frames
house, room   what each area is: sky, lawn, roof, wall, glass ... or floor, ceiling, wall, furniture
palette  the colours of the eight styles; texture   grain, boards, grass, in the drawing's perspective
sky, glass   what stands behind a house, and what its panes mirror
outdoors, indoors   colour, sun, shade and daylight; ink   colour and strokes in one picture
"""
