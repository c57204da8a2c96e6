// The terms of VRMC_materials_mtoon-1.0, each as the specification writes it. Tests compare
// them with the same formulas in numpy (tests/render/mtoon_oracle.py).

// "Lighting": how much of the lit colour is seen, 0..1. The edge is never sharper than a
// pixel, so that it needs no smoothing afterwards.
#ifndef VERTEX_STAGE
float mtoon_shading(float facing, float shift, float toony) {
    float x = facing + shift;
    float edge = 1.0 - toony;
#ifdef SOFTNESS // a style wants soft ramps
    edge = mix(edge, 0.62, float(SOFTNESS));
#endif
    edge = max(max(edge, 0.5 * fwidth(x)), 1e-5);
    return clamp((x + edge) / (2.0 * edge), 0.0, 1.0);
}
#endif

// The same through a ramp where a material or style has one (render/ramps.py), with the shadow.
#ifdef RAMP
#define SHARE vec3
#include "lib/ramp.glsl"
#ifndef VERTEX_STAGE
SHARE mtoon_share(float facing, float shift, float toony, float shadow) {
    return ramped(facing + shift, shadow);
}
#endif
#else
#define SHARE float
#ifndef VERTEX_STAGE
SHARE mtoon_share(float facing, float shift, float toony, float shadow) {
    return mtoon_shading(facing, shift, toony) * shadow;
}
#endif
#endif

// Share of a light that is not the first one. The specification knows one light; with
// several, shade colours would add up until no shade is left. UniVRM's rule: half, and less
// behind the surface.
float mtoon_second(float facing) { return 0.5 * (1.0 + min(facing, 0.0)); }

// "Global Illumination": the hemisphere light of the place, evened out over directions.
vec3 mtoon_gi(vec3 n, float equalization) {
    vec3 uniformed = 0.5 * (ambient_up.rgb + ambient_down.rgb);
    return mix(hemisphere(n.y), uniformed, equalization);
}

// "MatCap": where the picture is looked up; its top lies where the surface looks up.
vec2 mtoon_matcap_place(vec3 n, vec3 v) {
    vec3 x = vec3(v.z, 0.0, -v.x);
    x *= inversesqrt(max(dot(x, x), 1e-12));
    vec3 y = cross(v, x);
    return vec2(dot(x, n), -dot(y, n)) * 0.495 + 0.5;
}

// "Parametric Rim Lighting".
float mtoon_rim(vec3 n, vec3 v, float lift, float power) {
    float f = clamp(1.0 - dot(n, v) + lift, 0.0, 1.0);
    return pow(f, max(power, 1e-5));
}

// "UV Animation": turned about the middle (counter-clockwise seen on the picture), then
// scrolled; `amount` is seconds times mask.
vec2 mtoon_moved(vec2 uv, vec3 speed, float amount) {
    float c = cos(speed.z * amount);
    float s = sin(speed.z * amount);
    vec2 d = uv - 0.5;
    return vec2(c * d.x + s * d.y, c * d.y - s * d.x) + 0.5 + speed.xy * amount;
}
