// What every surface shader receives, and its colours.
in vec3 world;
in vec3 normal;
in vec2 uv;
out vec4 pixel;

vec4 base_sample() {
    return base_color * mix(vec4(1.0), texture(base_map, uv), flags.x);
}

// Without a shade texture the base texture carries the pattern into the shade.
vec3 shade_sample(vec3 base_pattern) {
    vec3 own = texture(shade_map, uv).rgb;
    return shade_color.rgb * mix(base_pattern, own, flags.y);
}

// The base texture carries the pattern of what glows.
vec3 glow_sample() {
    return emissive.rgb * mix(vec3(1.0), texture(base_map, uv).rgb, flags.x);
}

vec3 facing_normal() {
    vec3 n = normalize(normal);
    return gl_FrontFacing ? n : -n;
}

// Alpha 1 marks "not hair" in opaque passes (see pass/hair.frag).
float coverage(float alpha) {
#ifdef BLENDED
    return alpha;
#else
    return 1.0;
#endif
}

void cut(float alpha) {
#ifdef CUTOUT
    if (alpha < surface.z) discard;
#endif
}
