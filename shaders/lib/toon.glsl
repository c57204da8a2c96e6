// The two steps of MToon (VRMC_materials_mtoon-1.0, "Lighting"), with edges never sharper
// than a pixel so that they need no smoothing afterwards.
#include "lib/tame.glsl"
float linear_step(float a, float b, float x) { return clamp((x - a) / max(b - a, 1e-4), 0.0, 1.0); }

// How far the edge between light and shade reaches to each side; styles widen it.
float ramp(float edge) {
#ifdef SOFTNESS
    return mix(edge, 0.62, float(SOFTNESS));
#else
    return edge;
#endif
}

// Roundness of a lit surface that turns away from light and eye.
float form(float facing) {
#ifdef SOFTNESS
    return mix(1.0, 0.66 + 0.42 * smoothstep(-0.1, 1.0, facing), float(SOFTNESS));
#else
    return 1.0;
#endif
}

float toon_step(float facing, float shift, float toony) {
    float x = facing + shift;
#ifdef VERTEX_STAGE // no derivatives there
    float edge = ramp(max(1.0 - toony, 0.05));
#else
    float edge = max(ramp(1.0 - toony), fwidth(x) * 0.75);
#endif
    return smoothstep(-edge, edge, x);
}

// How much of the lit colour is seen where the light turns away or a shadow falls: one
// number, or one a channel from a ramp (render/ramps.py).
#ifdef RAMP
#define SHARE vec3
#include "lib/ramp.glsl"
SHARE lit_share(float facing, float shift, float toony, float shadow) {
    return ramped(facing + shift, shadow);
}
#else
#define SHARE float
SHARE lit_share(float facing, float shift, float toony, float shadow) {
    return min(toon_step(facing, shift, toony), shadow);
}
#endif
float level(float share) { return share; }
float level(vec3 share) { return share.g; }

vec3 rim_light(vec3 n, vec3 v) {
#ifdef RIM
    float f = clamp(1.0 - dot(n, v) + emissive.w, 0.0, 1.0);
    return rim_color.rgb * pow(f, max(rim_color.w, 1e-3));
#else
    return vec3(0.0);
#endif
}

#ifdef GLOSS
// Highlight of a rough surface: GGX with the visibility and Fresnel terms folded together
// (Karis 2013; fit of Karaush, "Optimizing PBR for Mobile", SIGGRAPH 2015).
float gloss(vec3 n, vec3 v, vec3 l, float rough) {
    vec3 h = normalize(v + l);
    float nh = max(dot(n, h), 0.0);
    float lh = max(dot(l, h), 0.3);
    float a2 = rough * rough * rough * rough;
    float d = nh * nh * (a2 - 1.0) + 1.0;
    float shine = a2 / (d * d * lh * lh * (rough * 4.0 + 2.0));
    return float(GLOSS) * shine / (1.0 + 0.4 * shine); // rolled: the picture holds no sun discs
}
#endif

#ifdef FIGURE_SHADE
vec3 rim_of(Prep at) {
#if defined(RIM) || defined(GLOSS)
    return at.aux.rgb;
#else
    return vec3(0.0);
#endif
}
#endif

// Light along the contour, on the side of the key light: parts figures from the ground.
float contour(vec3 n, vec3 v) { return smoothstep(0.62, 0.86, 1.0 - max(dot(n, v), 0.0)); }
float contour_side(float facing) { return smoothstep(-0.1, 0.5, facing); }
