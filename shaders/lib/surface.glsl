// What the surfaces of a set receive, and their colours.
in vec4 world_u;
in vec4 normal_v;
out vec4 pixel;
#define world world_u.xyz

// Colour textures hold square roots of linear light (see render/materials.py); one fetch
// serves the lit colour, the shade and the glow.
vec4 pattern() {
    vec4 t = texture(base_map, vec2(world_u.w, normal_v.w));
    return mix(vec4(1.0), vec4(t.rgb * t.rgb, t.a), flags.x);
}

vec3 facing_normal() {
    vec3 n = normalize(normal_v.xyz);
    return gl_FrontFacing ? n : -n;
}

// Alpha 1 marks "not hair" in opaque passes (see pass/figure.frag).
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
