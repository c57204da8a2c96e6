// The set: soft painted tones. GLOW: emission has a picture of its own; BUMP: a normal map.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/toon.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/noise.glsl"
#include "lib/set_light.glsl"
#include "lib/surface.glsl"
#ifdef BUMP
#include "lib/bump.glsl"
uniform sampler2D normal_map;
#endif
#ifdef GLOW
uniform sampler2D emissive_map;
#endif

void main() {
    vec4 drawn = pattern();
    vec4 base = base_color * drawn;
    cut(base.a);
#ifdef UNLIT
    vec3 c = base.rgb;
#else
    vec3 n = facing_normal();
#ifdef BUMP
    vec3 bump = texture(normal_map, vec2(world_u.w, normal_v.w)).xyz * 2.0 - 1.0;
    n = mapped_normal(world, n, vec2(world_u.w, normal_v.w), vec3(bump.xy * detail.x, bump.z));
#endif
    vec3 key = key_color.rgb * mix(shade_tint(), vec3(1.0), set_key(world, n));
    vec3 c = base.rgb * (key + set_fill(world, n));
#endif
#ifdef GLOW
    vec3 shining = texture(emissive_map, vec2(world_u.w, normal_v.w)).rgb;
    c += emissive.rgb * shining * shining;
#else
    c += emissive.rgb * drawn.rgb;
#endif
    c = add_fog(c, world);
    pixel = vec4(encode(c) + (grain(gl_FragCoord.xy) - 0.5) * (1.0 / 255.0), coverage(base.a));
}
