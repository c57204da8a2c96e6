// A shading ramp of one row (render/ramps.py): shares of the lit colour, channel by channel.
uniform sampler2D ramp_map;

// `x` facing of the light, -1..1; `shadow` 0..1. The border of the light lies at x = 0.
vec3 ramped(float x, float shadow) {
    vec2 at = vec2(min(0.5 + 0.5 * x, shadow), 0.5);
#ifdef VERTEX_STAGE // no derivatives there
    return textureLod(ramp_map, at, 0.0).rgb;
#else
    return texture(ramp_map, at).rgb;
#endif
}
