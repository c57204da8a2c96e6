// Static triangles of the set; positions are in the world already.
#include "lib/frame.glsl"
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
out vec3 world;
out vec3 normal;
out vec2 uv;
invariant gl_Position;

void main() {
    world = in_position;
    normal = in_normal;
    uv = in_uv;
    gl_Position = view_projection * vec4(in_position, 1.0);
}
