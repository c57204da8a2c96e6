// Face: one clean terminator from a light that turns with the head, warm at its edge,
// and only the fringe casts a shadow.
#include "lib/fringe.glsl"

Paint paint(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    // Head space: the normal of a smooth ellipsoid hides small lumps.
    vec3 h = (head_inverse * vec4(p, 1.0)).xyz - head_center.xyz;
    vec3 hn = mat3(head_inverse) * n;
    vec3 smooth_n = normalize(h / (head_radii.xyz * head_radii.xyz));
    vec3 fn = normalize(mix(hn, smooth_n, 0.7));
    float facing = dot(fn, face_light.xyz);
    float lit = smoothstep(-0.09, 0.09, facing + 0.12);
    float fringe = fringe_shadow(p);
    float s = lit * fringe;

    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(ambient_down.rgb, ambient_up.rgb, 0.62)) * face_light.w;
    vec3 c = mix(shade_color.rgb, base_color.rgb, s) * key + base_color.rgb * fill;
    // Blood under the skin: the edge between light and shade turns warm.
    float band = lit * (1.0 - lit) * 4.0;
    c *= mix(vec3(1.0), vec3(1.06, 0.93, 0.88), band * 0.8 + (1.0 - s) * 0.25);
    c += base_color.rgb * 0.75 * lamp;
    c += base_color.rgb * key * contour(n, v, dot(n, key_direction.xyz)) * 0.18 * fringe;
    return Paint(c + emissive.rgb, vec3(0.0));
}
