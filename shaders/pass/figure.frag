// One surface of a character; the paint of its kind is in paint/.
#include "lib/figure_shade.glsl"
in vec4 v_lit;
in vec4 v_dark;
#ifndef FAR
in vec4 v_place;
in vec4 v_terms;
in vec4 v_aux;
#endif
#if defined(PATTERN) && defined(FAR)
// One mipmap for all of a surface: finding it for each pixel costs as much as the look itself.
uniform float pattern_level;
#endif
out vec4 pixel;

void main() {
#ifdef FAR
    vec2 uv = vec2(v_lit.w, v_dark.w);
#else
    vec2 uv = vec2(v_dark.w, v_place.w);
#endif
#if defined(PATTERN) && defined(FAR)
    vec4 drawn = textureLod(base_map, uv, pattern_level);
#elif defined(PATTERN)
    vec4 drawn = texture(base_map, uv);
    drawn.rgb *= drawn.rgb;
#else
    vec4 drawn = vec4(1.0);
#endif
#ifdef CUTOUT
    if (drawn.a * base_color.a < surface.z) discard;
#endif
#ifdef PULL
    if (drawn.a * base_color.a < 0.5) discard;
#endif
#ifdef FAR
    vec3 e = drawn.rgb * v_lit.rgb + v_dark.rgb;
#else
    Paint made = paint(Prep(v_lit.rgb, v_dark.rgb, v_place.xyz, v_terms, v_aux));
#ifdef HAIR // highlights lean to the colour of the hair
    vec3 own = drawn.rgb * base_color.rgb;
    made.added *= mix(vec3(1.0), own / max(max(max(own.r, own.g), own.b), 1e-3), 0.55);
#endif
    vec3 c = drawn.rgb * made.on_pattern + made.added;
    vec3 e = encode(mix(fog.rgb, tame(c), v_lit.w));
#endif
    // Alpha marks hair for what shines through it; everything else opaque has alpha 1, or
    // tells the last passes of a style what it is (see post/resolve.glsl).
#if defined(BLENDED)
    pixel = vec4(e, drawn.a * base_color.a);
#elif defined(HAIR)
    pixel = vec4(e, 0.55);
#elif defined(MARKED) && defined(DRAWN)
    pixel = vec4(e, 242.0 / 255.0);
#elif defined(MARKED) && defined(SKIN)
    pixel = vec4(e, 245.0 / 255.0);
#elif defined(MARKED)
    pixel = vec4(e, 248.0 / 255.0);
#else
    pixel = vec4(e, 1.0);
#endif
}
