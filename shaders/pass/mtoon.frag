// MToon 1.0 for characters that were made elsewhere: all lights, one pixel at a time.
// RIM: matcap, rim colour; DETAIL: shift, normal and emission maps; UV: moving textures;
// FACE_MAP: a face lit by a threshold map; SHADE_MAP: the shade has a picture of its own; RAMP: shares of the light from a ramp.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/figure.glsl"
#include "lib/color.glsl"
#include "lib/tame.glsl"
#include "lib/light.glsl"
#include "lib/shadow.glsl"
#include "lib/mtoon.glsl"
#include "lib/mtoon_uv.glsl"
#ifdef DETAIL
#include "lib/bump.glsl"
#endif
#ifdef FACE_MAP
#include "lib/face_map.glsl"
#endif
in vec4 world_u;
in vec4 normal_v;
out vec4 pixel;
#ifdef OUTLINE
in float weight;
#endif
#ifdef RIM
uniform sampler2D matcap_map;
uniform sampler2D rim_map;
#endif
#ifdef DETAIL
uniform sampler2D shift_map;
uniform sampler2D normal_map;
uniform sampler2D emissive_map;
#endif

// Colour textures hold square roots of linear light (see render/materials.py).
vec3 color_of(vec3 root) { return root * root; }

void main() {
    vec2 uv = animated(vec2(world_u.w, normal_v.w));
    vec4 drawn = texture(base_map, PLACED(BASE, uv));
    vec4 base = base_color * vec4(color_of(drawn.rgb), drawn.a);
#ifdef CUTOUT
#ifdef SOFT
    base.a = (base.a - surface.z) / max(fwidth(base.a), 1e-4) + 0.5;
    if (base.a <= 0.0) discard;
#else
    if (base.a < surface.z) discard;
#endif
#endif
    vec3 p = world_u.xyz;
    vec3 n = normalize(normal_v.xyz);
    vec3 v = normalize(eye.xyz - p);
    float shift = shade_color.w;
    vec3 glow = emissive.rgb;
#ifndef OUTLINE
    n = gl_FrontFacing ? n : -n;
#endif
#ifdef DETAIL
    shift += texture(shift_map, PLACED(SHIFT, uv)).r * uv_motion.w;
    glow *= color_of(texture(emissive_map, PLACED(GLOW, uv)).rgb);
    vec2 at = PLACED(NORMAL, uv);
    vec3 bump = texture(normal_map, at).xyz * 2.0 - 1.0;
    n = mapped_normal(p, n, at, vec3(bump.xy * detail.x, bump.z));
#endif
#ifdef SHADE_MAP
    vec3 dark = shade_color.rgb * color_of(texture(shade_map, PLACED(SHADE, uv)).rgb);
#else // the same picture as the lit colour, or none
    vec3 dark = shade_color.rgb * mix(vec3(1.0), color_of(drawn.rgb), flags.y);
#endif

    vec3 lighting = key_color.rgb * face_light.w;
    float facing = dot(n, key_direction.xyz);
    // Grazing light: farther off the surface, or it shadows itself in steps.
    vec3 off = p + n * (key_direction.w * 4.0 * (1.0 - max(facing, 0.0)));
    float shadow = smoothstep(0.1, 0.9, key_shadow(key_place(off, n)));
#ifdef FACE_MAP // the drawn light of a face, which no nose or cheek shadows
    SHARE lit = mtoon_share(face_facing(face_azimuth(uv, key_direction.xyz)), 0.0, surface.x, 1.0);
#else
    SHARE lit = mtoon_share(facing, shift, surface.x, shadow);
#endif
    vec3 c = mix(dark, base.rgb, lit) * lighting;
#ifdef LAMPS
    for (int i = 0; i < LAMPS; i++) {
        vec3 to = point_position[i].xyz - p;
        float d2 = dot(to, to);
        float range = point_position[i].w;
        float window = max(1.0 - d2 / (range * range), 0.0);
        vec3 light = point_color[i].rgb * (point_color[i].w * window * window / (1.0 + 0.6 * d2));
        float turned = dot(n, to) * inversesqrt(d2 + 1e-8);
        light *= mtoon_second(turned);
        c += mix(dark, base.rgb, mtoon_share(turned, shift, surface.x, 1.0)) * light;
        lighting += light;
    }
#endif
    vec3 gi = mtoon_gi(n, flags.w) * face_light.w;
    c += gi * base.rgb;
    lighting += gi;
#ifdef RIM
    vec3 rim = matcap_color.rgb
        * color_of(texture(matcap_map, PLACED(MATCAP, mtoon_matcap_place(n, v))).rgb);
    rim += rim_color.rgb * mtoon_rim(n, v, emissive.w, rim_color.w);
    rim *= color_of(texture(rim_map, PLACED(RIM_MASK, uv)).rgb);
    c += rim * mix(vec3(1.0), lighting, matcap_color.w);
#endif
    c += glow;
    c = mix(c, base.rgb, surface.w);
#ifdef OUTLINE
    c = mix(c, outline_color.rgb * mix(vec3(1.0), c, outline_color.w), weight);
#endif
    c = mix(fog.rgb, tame(c), clear_share(p));
#if defined(BLENDED) || defined(SOFT)
    pixel = vec4(encode(c), base.a);
#elif defined(MARKED) && defined(OUTLINE)
    pixel = vec4(encode(c), 251.0 / 255.0); // see post/resolve.glsl
#elif defined(MARKED)
    pixel = vec4(encode(c), 248.0 / 255.0);
#else
    pixel = vec4(encode(c), 1.0);
#endif
}
