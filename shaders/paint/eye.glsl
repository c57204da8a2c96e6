// Eyes, brows, lashes and mouth: drawn colours, always readable.
#include "lib/fringe.glsl"

Paint paint(vec3 p, vec3 n, vec3 v, vec3 lamp) {
    vec3 key = flesh_light(key_color.rgb) * face_light.w;
    vec3 fill = flesh_light(mix(ambient_down.rgb, ambient_up.rgb, 0.62)) * face_light.w;
    vec3 light = key * mix(0.72, 1.0, fringe_shadow(p)) + fill + 0.75 * lamp;
    light /= max(max(light.r, max(light.g, light.b)), 1.0);
#ifdef BRIGHT
    // The white of an eye stays white whatever the tint of the light.
    light = mix(light, vec3(max(luminance(light), 0.55)), 0.45) * 1.04;
#endif
    return Paint(base_color.rgb * light + emissive.rgb, vec3(0.0));
}
