// The two steps of MToon (VRMC_materials_mtoon-1.0, "Lighting"), with edges never sharper
// than a pixel so that they need no smoothing afterwards.
#include "lib/tame.glsl"
float linear_step(float a, float b, float x) { return clamp((x - a) / max(b - a, 1e-4), 0.0, 1.0); }

float toon_step(float facing, float shift, float toony) {
    float x = facing + shift;
#ifdef VERTEX_STAGE // no derivatives there
    float edge = max(1.0 - toony, 0.05);
#else
    float edge = max(1.0 - toony, fwidth(x) * 0.75);
#endif
    return smoothstep(-edge, edge, x);
}

vec3 rim_light(vec3 n, vec3 v) {
#ifdef RIM
    float f = clamp(1.0 - dot(n, v) + emissive.w, 0.0, 1.0);
    return rim_color.rgb * pow(f, max(rim_color.w, 1e-3));
#else
    return vec3(0.0);
#endif
}

#ifdef FIGURE_SHADE
vec3 rim_of(Prep at) {
#ifdef RIM
    return at.aux.rgb;
#else
    return vec3(0.0);
#endif
}
#endif

// Light along the contour, on the side of the key light: parts figures from the ground.
float contour(vec3 n, vec3 v) { return smoothstep(0.62, 0.86, 1.0 - max(dot(n, v), 0.0)); }
float contour_side(float facing) { return smoothstep(-0.1, 0.5, facing); }
