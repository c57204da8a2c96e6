// Numbers of things, one sample a pixel.
#include "aov/place.glsl"
void main() { gl_Position = clip_of(place()); }
