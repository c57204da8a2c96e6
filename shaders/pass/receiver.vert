// The set where shadows of the characters may fall. All but the look into the shadow maps is
// done here: both maps are seen without perspective, so places in them run straight.
#include "lib/frame.glsl"
#include "lib/material.glsl"
#include "lib/shadow.glsl"
in vec3 in_position;
in vec3 in_normal;
uniform vec3 fill_near;   // light near the figures that does not come from the key light
out vec4 key_at;          // xyz: place in the map of the characters, w: how much key light
out vec3 set_at;          // place in the map of the set
flat out vec3 lost;       // share of the light that a full shadow takes
invariant gl_Position;

void main() {
    vec3 n = normalize(in_normal);
    n = dot(n, eye.xyz - in_position) < 0.0 ? -n : n;
    float lit = smoothstep(-0.05, 0.35, dot(n, key_direction.xyz)) * (1.0 - surface.w);
    float haze = exp(-fog.w * max(distance(in_position, eye.xyz) - 2.0, 0.0));
    key_at = vec4(key_place(in_position, n), lit * haze);
    set_at = (set_key_matrix * vec4(in_position + n * 0.02, 1.0)).xyz;
    vec3 tint = shade_color.rgb / max(base_color.rgb, vec3(1e-3));
    lost = 1.0 - (fill_near + key_color.rgb * tint) / (fill_near + key_color.rgb);
    gl_Position = view_projection * vec4(in_position, 1.0);
}
