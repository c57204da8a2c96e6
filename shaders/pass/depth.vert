// Depth only, for shadow maps.
#include "lib/posed.glsl"
uniform mat4 to_map;
void main() { gl_Position = to_map * vec4(posed().position, 1.0); }
