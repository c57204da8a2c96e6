// Eyes, brows, lashes and mouth: drawn colours, always readable.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/light.glsl"
#include "lib/fringe.glsl"
#include "lib/surface.glsl"

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    cut(base.a);
    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(ambient_down.rgb, ambient_up.rgb, 0.62)) * face_light.w;
    vec3 light = key * mix(0.72, 1.0, fringe_shadow(world)) + fill;
    vec3 toward = normalize(eye.xyz - world);
    light += lamps(world, toward, 0.7, 0.4);
    // Half of the tint of the light only: the white of an eye stays white.
    float level = luminance(light);
#ifdef BRIGHT
    light = mix(light, vec3(max(level, 0.55)), 0.45) * 1.04;
#endif
    vec3 c = base.rgb * light + emissive.rgb * drawn.rgb;
#ifdef PULL
    if (base.a < 0.5) discard;
#endif
    pixel = vec4(encode(add_fog(min(c, vec3(1.0)), world)), coverage(base.a));
}
