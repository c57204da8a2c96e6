// Inverted hull: width in world metres times paint, held between limits in pixels. Lines
// take a dark tone of the surface and follow the light of the place.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/hull.glsl"
#include "lib/posed.glsl"
in vec2 in_uv;
flat out vec3 ink;

void main() {
    Posed at = posed();
#ifdef OUTLINE
    at.outline.w *= float(OUTLINE);
#endif
#ifdef OUTLINE_VARY
    at.outline.w *= pressed(in_uv, float(OUTLINE_VARY));
#endif
    vec3 world = hull(at.position, at.outline, view_projection, screen.yzw);
    vec4 clip = view_projection * vec4(world, 1.0);
    clip.z += 0.0004 * clip.w;
    gl_Position = clip;
    vec3 drawn = textureLod(base_map, in_uv, 2.0).rgb;
    vec3 base = base_color.rgb * mix(vec3(1.0), drawn * drawn, flags.x);
    vec3 light = (key_color.rgb * 0.8 + hemisphere(0.0)) * face_light.w;
    vec3 c = mix(outline_color.rgb, base * base * 0.42, 0.6);
    c *= mix(vec3(1.0), light, outline_color.w);
#ifdef OUTLINE_TONE
    float tone = float(OUTLINE_TONE);
    c = mix(c, tone > 0.0 ? vec3(0.0) : base * light * 0.72, abs(tone));
#endif
    ink = encode(mix(fog.rgb, c, clear_share(world)));
}
