// Part of a picture that a pass blends over. llvmpipe lets half of the samples of the pixels
// left of and below a scissor's box through, where another part may be drawn.
uniform vec2 part;   // lower left corner of the box, pixels

bool outside_part() { return gl_FragCoord.x < part.x || gl_FragCoord.y < part.y; }
