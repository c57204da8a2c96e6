// Skinned or static triangles of the main pass; positions are in the world already.
#include "lib/frame.glsl"
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
#ifdef PULL
#include "lib/figure.glsl"
#endif
out vec3 world;
out vec3 normal;
out vec2 uv;
invariant gl_Position;

void main() {
    world = in_position;
    normal = in_normal;
    uv = in_uv;
    vec4 clip = view_projection * vec4(in_position, 1.0);
#ifdef PULL
    // Up to 3 cm towards the eye, and only while the face looks this way.
    vec3 toward = normalize(eye.xyz - in_position);
    float pull = 0.03 * smoothstep(0.2, 0.55, dot(head_forward.xyz, toward));
    vec4 near = view_projection * vec4(in_position + toward * pull, 1.0);
    clip.z = near.z / near.w * clip.w;
#endif
    gl_Position = clip;
}
