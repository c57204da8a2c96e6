// Skinned triangles of the main pass. FAR paints each vertex: triangles of a pixel or two
// would otherwise pay for sixteen pixels each on a software driver. Outputs are packed into
// as few vectors as can be: the setup of a triangle costs by vector.
#include "lib/figure_shade.glsl"
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
out vec4 v_lit;     // FAR: on_pattern through the fog;  else lit, share through the fog
out vec4 v_dark;    // FAR: added light;                 else dark
#ifdef FAR
#define PLACE_OF_UV v_lit.w = in_uv.x; v_dark.w = in_uv.y
#else
#define PLACE_OF_UV v_dark.w = in_uv.x; v_place.w = in_uv.y
out vec4 v_place;
out vec4 v_terms;
out vec4 v_aux;
#endif

void main() {
    vec3 toward = normalize(eye.xyz - in_position);
    // Sheets seen from behind: the normal of what is seen.
    vec3 n = dot(in_normal, toward) < TURN ? -in_normal : in_normal;
    Prep made = prepare(in_position, n, toward, lamps(in_position, n, 0.4, 0.3));
    float clear = clear_share(in_position);
#ifdef FAR
    Paint painted = paint(made);
    vec3 white = painted.on_pattern + painted.added;
    float held = clear * tame(white).g / max(white.g, 1e-4);
    v_lit.rgb = painted.on_pattern * held;
#ifdef PATTERN_BY_VERTEX
    vec3 drawn = textureLod(base_map, in_uv, 1.0).rgb;
    v_lit.rgb *= drawn * drawn;
#endif
    v_dark.rgb = painted.added * held + fog.rgb * (1.0 - clear);
#else
    v_lit = vec4(made.lit, clear);
    v_dark.rgb = made.dark;
    v_place.xyz = made.place;
    v_terms = made.terms;
    v_aux = made.aux;
#endif
    PLACE_OF_UV;
    vec4 clip = view_projection * vec4(in_position, 1.0);
#ifdef PULL
    // Up to 3 cm towards the eye, and only while the face looks this way.
    float pull = 0.03 * smoothstep(0.2, 0.55, dot(head_forward.xyz, toward));
    vec4 near = view_projection * vec4(in_position + toward * pull, 1.0);
    clip.z = near.z / near.w * clip.w;
#endif
    gl_Position = clip;
}
