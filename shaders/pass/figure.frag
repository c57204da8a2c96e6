// One surface of a character; the paint of its kind is in paint/.
#include "lib/figure_shade.glsl"
#ifdef FAR
in vec3 on_pattern;
in vec3 added;
#else
in vec3 v_lit;
in vec3 v_dark;
in vec3 v_place;
in vec4 v_terms;
in vec4 v_aux;
in vec2 v_more;
#endif
in float clear;
in vec2 uv;
out vec4 pixel;

void main() {
    vec4 drawn = texture(base_map, uv);
    drawn = mix(vec4(1.0), vec4(drawn.rgb * drawn.rgb, drawn.a), flags.x);
#ifdef CUTOUT
    if (drawn.a * base_color.a < surface.z) discard;
#endif
#ifdef PULL
    if (drawn.a * base_color.a < 0.5) discard;
#endif
#ifdef FAR
    vec3 c = drawn.rgb * on_pattern + added;
#else
    Paint made = paint(Prep(v_lit, v_dark, v_place, v_terms, v_aux, v_more));
    vec3 c = drawn.rgb * made.on_pattern + made.added;
#endif
    vec3 e = encode(mix(fog.rgb, tame(c), clear));
    // Alpha marks hair for what shines through it; everything else opaque has alpha 1.
#if defined(BLENDED)
    pixel = vec4(e, drawn.a * base_color.a);
#elif defined(HAIR)
    pixel = vec4(e, 0.55);
#else
    pixel = vec4(e, 1.0);
#endif
}
