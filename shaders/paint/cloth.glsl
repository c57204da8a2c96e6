// Cloth, metal and everything else on a character: MToon's two steps and a soft third tone.
#include "lib/shadow.glsl"

Paint paint(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    float facing = dot(n, key_direction.xyz);
    float shadow = smoothstep(0.15, 0.85, key_shadow(p, n));
    float s = min(toon_step(facing, shade_color.w, surface.x), shadow);
    // Second tone: folds that turn far away from the light, and the undersides.
    float deep = smoothstep(0.1, -0.75, facing + shade_color.w) * 0.5
        + smoothstep(0.2, -0.9, n.y) * 0.3;

    vec3 key = key_color.rgb * face_light.w;
    vec3 fill = mix(hemisphere(n.y), hemisphere(0.15), flags.w) * face_light.w;
    vec3 dark = shade_color.rgb * (1.0 - 0.35 * deep);
    vec3 c = mix(dark, base_color.rgb, s) * key + base_color.rgb * fill * (1.0 - 0.25 * deep);
    // A breath of gradient over the lit side keeps large areas from looking flat.
    c *= 0.94 + 0.08 * smoothstep(-0.2, 1.0, facing);
    c += base_color.rgb * 0.75 * lamp;
    float edge = contour(n, v, facing) * 0.35 * shadow;
    c += base_color.rgb * 0.6 * key * edge;
    vec3 add = rim_light(n, v) * key + 0.08 * key * edge;
#ifdef METAL
    vec3 hv = normalize(key_direction.xyz + v);
    float gloss = smoothstep(0.90, 0.97, dot(n, hv));
    float sky = smoothstep(-0.1, 0.1, reflect(-v, n).y);
    c = mix(c, c * (0.65 + 0.7 * sky), 0.8) + base_color.rgb * key * gloss * 0.9;
#endif
    c = mix(c, base_color.rgb, surface.w);
    return Paint(c + emissive.rgb, add * (1.0 - surface.w));
}
