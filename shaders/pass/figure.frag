// One surface of a character; the paint of its kind is in paint/.
#include "lib/figure_shade.glsl"
#ifdef FAR
in vec3 on_pattern;
in vec3 added;
in float clear;
#else
in vec3 world;
in vec3 normal;
in vec4 lamp_clear;
#endif
in vec2 uv;
out vec4 pixel;

void main() {
    vec4 drawn = texture(base_map, uv);
    drawn = mix(vec4(1.0), vec4(drawn.rgb * drawn.rgb, drawn.a), flags.x);
    float alpha = drawn.a * base_color.a;
#ifdef CUTOUT
    if (alpha < surface.z) discard;
#endif
#ifdef PULL
    if (alpha < 0.5) discard;
#endif
#ifdef FAR
    vec3 c = drawn.rgb * on_pattern + added;
    float through = clear;
#else
    vec3 n = normalize(normal);
    n = gl_FrontFacing ? n : -n;
    Paint made = paint(world, n, normalize(eye.xyz - world), lamp_clear.rgb);
    vec3 c = drawn.rgb * made.on_pattern + made.added;
    float through = lamp_clear.a;
#endif
    vec3 e = encode(mix(fog.rgb, tame(c), through));
    // Alpha marks hair for what shines through it; everything else opaque has alpha 1.
#if defined(BLENDED)
    pixel = vec4(e, alpha);
#elif defined(HAIR)
    pixel = vec4(e, 0.55);
#else
    pixel = vec4(e, 1.0);
#endif
}
