// What the surfaces of a set receive, and their colours.
in vec4 world_u;
in vec4 normal_v;
out vec4 pixel;
#define world world_u.xyz

// Colour textures hold square roots of linear light (see render/materials.py); one fetch
// serves the lit colour, the shade and the glow.
//
// FLOOR: seen at a grazing angle a pixel is long and narrow on the texture. Two looks along
// it, each at up to half its length, keep boards and weave where one would smear them into
// streaks. (A software driver's own anisotropic filter costs ten times as much.)
vec4 pattern() {
#ifdef FLOOR
    vec2 uv = vec2(world_u.w, normal_v.w);
    vec2 size = vec2(textureSize(base_map, 0));
    vec2 across = dFdx(uv);
    vec2 down = dFdy(uv);
    vec2 a = across * size;
    vec2 b = down * size;
    float aa = dot(a, a);
    float bb = dot(b, b);
    vec2 way = 0.25 * (aa > bb ? across : down);
    float sharp = -0.5 * min(log2(max(aa, bb) / max(min(aa, bb), 1e-12)), 2.0);
    vec4 t = 0.5 * (texture(base_map, uv + way, sharp) + texture(base_map, uv - way, sharp));
#else
    vec4 t = texture(base_map, vec2(world_u.w, normal_v.w));
#endif
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
