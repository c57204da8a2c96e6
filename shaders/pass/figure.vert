// Skinned triangles of the main pass. FAR paints each vertex: triangles of a pixel or two
// would otherwise pay for sixteen pixels each on a software driver. Outputs are packed into
// as few vectors as can be: the setup of a triangle costs by vector.
in vec2 in_uv;
#include "lib/figure_shade.glsl"
#include "lib/posed.glsl"
out vec4 v_lit;     // FAR: encoded, per root of the pattern;  else lit, share through the fog
out vec4 v_dark;    // FAR: encoded, where that is black;      else dark
#ifdef FAR
#define PLACE_OF_UV v_lit.w = in_uv.x; v_dark.w = in_uv.y
#else
#define PLACE_OF_UV v_dark.w = in_uv.x; v_place.w = in_uv.y
out vec4 v_place;
out vec4 v_terms;
out vec4 v_aux;
#endif

void main() {
    Posed at = posed();
    vec3 toward = normalize(eye.xyz - at.position);
    // Sheets seen from behind: the normal of what is seen.
    vec3 n = dot(at.normal, toward) < TURN ? -at.normal : at.normal;
    Prep made = prepare(at.position, n, toward, lamps(at.position, n, 0.4, 0.3));
    float clear = clear_share(at.position);
#ifdef FAR
    Paint painted = paint(made);
    vec3 white = painted.on_pattern + painted.added;
    float held = clear * tame(white).g / max(white.g, 1e-4);
    vec3 full = painted.on_pattern * held;
#ifdef PATTERN_BY_VERTEX
    vec3 drawn = textureLod(base_map, in_uv, 1.0).rgb;
    full *= drawn * drawn;
#endif
    // Encoded here already, straight between black and white of the pattern: only where
    // much is added (fog) do its middle tones come out a little light.
    vec3 added = painted.added * held + fog.rgb * (1.0 - clear);
    v_dark.rgb = encode(added);
    v_lit.rgb = encode(full + added) - v_dark.rgb;
#else
    v_lit = vec4(made.lit, clear);
    v_dark.rgb = made.dark;
    v_place.xyz = made.place;
    v_terms = made.terms;
    v_aux = made.aux;
#endif
    PLACE_OF_UV;
    vec4 clip = view_projection * vec4(at.position, 1.0);
#ifdef PULL
    // Up to 3 cm towards the eye, and only while the face looks this way.
    float pull = 0.03 * smoothstep(0.2, 0.55, dot(head_forward.xyz, toward));
    vec4 near = view_projection * vec4(at.position + toward * pull, 1.0);
    clip.z = near.z / near.w * clip.w;
#endif
    gl_Position = clip;
}
