// Static triangles of the set; positions are in the world already.
#include "lib/frame.glsl"
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
out vec4 world_u;    // world position, texture u
out vec4 normal_v;   // normal, texture v
invariant gl_Position;

void main() {
    world_u = vec4(in_position, in_uv.x);
    normal_v = vec4(in_normal, in_uv.y);
    gl_Position = view_projection * vec4(in_position, 1.0);
}
