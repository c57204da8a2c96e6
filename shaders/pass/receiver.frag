// Shadows of the characters on the set, multiplied over the finished set. Drawn again every
// frame over a cached plate, so it is kept cheap: how bright the rest of the light is comes
// from one place near the figures.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/color.glsl"
#include "lib/shadow.glsl"
in vec4 world_u;
in vec4 normal_v;
out vec4 pixel;
uniform vec3 fill_near;

void main() {
    vec3 world = world_u.xyz;
    vec3 n = normalize(normal_v.xyz);
    n = gl_FrontFacing ? n : -n;
    vec3 q = (set_key_matrix * vec4(world + n * 0.02, 1.0)).xyz;
    float open = texture(set_key_map, vec3(q.xy, min(q.z, 0.9999)));
    float lit = smoothstep(-0.05, 0.35, dot(n, key_direction.xyz)) * open * (1.0 - surface.w);
    float haze = exp(-fog.w * max(distance(world, eye.xyz) - 2.0, 0.0));
    float amount = lit * haze * (1.0 - key_shadow(key_place(world, n)));
    vec3 tint = shade_color.rgb / max(base_color.rgb, vec3(1e-3));
    vec3 dark = (fill_near + key_color.rgb * tint) / (fill_near + key_color.rgb);
    pixel = vec4(sqrt(mix(vec3(1.0), dark, amount)), 1.0); // targets hold square roots
}
