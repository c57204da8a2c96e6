// Depth of surfaces with holes, for shadow maps.
#include "lib/posed.glsl"
in vec2 in_uv;
out vec2 uv;
uniform mat4 to_map;

void main() {
    uv = in_uv;
    gl_Position = to_map * vec4(posed().position, 1.0);
}
