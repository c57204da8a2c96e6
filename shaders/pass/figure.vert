// Skinned triangles of the main pass. FAR paints each vertex: triangles of a pixel or two
// would otherwise pay for sixteen pixels each on a software driver.
#include "lib/figure_shade.glsl"
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
#ifdef FAR
out vec3 on_pattern;
out vec3 added;
#else
out vec3 v_lit;
out vec3 v_dark;
out vec3 v_place;
out vec4 v_terms;
out vec4 v_aux;
out vec2 v_more;
#endif
out float clear;   // share that comes through the fog
out vec2 uv;

void main() {
    uv = in_uv;
    vec3 toward = normalize(eye.xyz - in_position);
    // Sheets seen from behind: the normal of what is seen.
    vec3 n = dot(in_normal, toward) < TURN ? -in_normal : in_normal;
    Prep made = prepare(in_position, n, toward, lamps(in_position, n, 0.4, 0.3));
    clear = clear_share(in_position);
#ifdef FAR
    Paint painted = paint(made);
    on_pattern = painted.on_pattern;
    added = painted.added;
#else
    v_lit = made.lit;
    v_dark = made.dark;
    v_place = made.place;
    v_terms = made.terms;
    v_aux = made.aux;
    v_more = made.more;
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
