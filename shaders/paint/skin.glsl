// Skin of the body: soft warm terminator, shadow of the key light and of the hair.
#include "lib/shadow.glsl"

Paint paint(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    float facing = dot(n, key_direction.xyz);
    float lit = smoothstep(-0.12, 0.12, facing + 0.08);
    float s = lit * smoothstep(0.1, 0.9, key_shadow(p, n));

    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(hemisphere(n.y), hemisphere(0.2), flags.w)) * face_light.w;
    vec3 c = mix(shade_color.rgb, base_color.rgb, s) * key + base_color.rgb * fill;
    float band = s * (1.0 - s) * 4.0;
    c *= mix(vec3(1.0), vec3(1.06, 0.92, 0.87), band * 0.8 + (1.0 - s) * 0.2);
    c += base_color.rgb * 0.75 * lamp;
    c += base_color.rgb * key * contour(n, v, facing) * 0.22 * s;
    return Paint(c + emissive.rgb, rim_light(n, v) * key);
}
