// Eyes, brows, lashes and mouth: drawn colours, always readable.
#include "lib/fringe.glsl"
#define DRAWN 1

vec3 readable(vec3 light) {
    light /= max(max(light.r, max(light.g, light.b)), 1.0);
#ifdef BRIGHT
    // The white of an eye stays white whatever the tint of the light.
    light = mix(light, vec3(max(luminance(light), 0.55)), 0.45) * 1.04;
#endif
    return base_color.rgb * light + emissive.rgb;
}

Prep prepare(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(ambient_down.rgb, ambient_up.rgb, 0.62)) * face_light.w;
    Prep made;
    made.lit = readable(key + fill + 0.75 * lamp);
    made.dark = readable(key * 0.72 + fill + 0.75 * lamp);
    made.place = fringe_place(p);
    made.terms = vec4(0.0);
    made.aux = vec4(0.0);
    return made;
}

Paint paint(Prep at) {
    return Paint(mix(at.dark, at.lit, fringe_shadow(at.place)), vec3(0.0));
}
