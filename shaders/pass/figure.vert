// Skinned triangles of the main pass. FAR paints each vertex: triangles of a pixel or two
// would otherwise pay for sixteen pixels each on a software driver.
#include "lib/frame.glsl"
#include "lib/figure.glsl"
#include "lib/light.glsl"
#ifdef FAR
#include "lib/figure_shade.glsl"
#endif
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
#ifdef FAR
out vec3 on_pattern;
out vec3 added;
out float clear;
#else
out vec3 world;
out vec3 normal;
out vec4 lamp_clear;   // light of the lamps, share that comes through the fog
#endif
out vec2 uv;

void main() {
    uv = in_uv;
    vec3 toward = normalize(eye.xyz - in_position);
    vec3 lamp = lamps(in_position, in_normal, 0.4, 0.3);
#ifdef FAR
    vec3 n = dot(in_normal, toward) < -0.3 ? -in_normal : in_normal;
    Paint made = paint(in_position, n, toward, lamp);
    on_pattern = made.on_pattern;
    added = made.added;
    clear = clear_share(in_position);
#else
    world = in_position;
    normal = in_normal;
    lamp_clear = vec4(lamp, clear_share(in_position));
#endif
    vec4 clip = view_projection * vec4(in_position, 1.0);
#ifdef PULL
    // Up to 3 cm towards the eye, and only while the face looks this way.
    float pull = 0.03 * smoothstep(0.2, 0.55, dot(head_forward.xyz, toward));
    vec4 near = view_projection * vec4(in_position + toward * pull, 1.0);
    clip.z = near.z / near.w * clip.w;
#endif
    gl_Position = clip;
}
