// Skinning of one vertex: sparse shapes, then up to eight joints.
in vec3 rest_position;
in vec3 rest_normal;
in vec4 rest_outline;      // smooth normal, width factor
in uvec4 rest_joints0;
in uvec4 rest_joints1;
in vec4 rest_weights0;     // largest first
in vec4 rest_weights1;
in uvec2 rest_morphs;      // first entry, count

uniform sampler2D palette;        // (3, nodes): rows of 3x4 matrices, model -> world
uniform sampler2D morph_entries;  // 2048 wide: (offset, shape), (normal offset, 0)
uniform sampler2D morph_weights;  // (shapes, 1)

vec4 entry(int i) { return texelFetch(morph_entries, ivec2(i & 2047, i >> 11), 0); }

void gather(uint joint, float weight, inout vec4 a, inout vec4 b, inout vec4 c) {
    int row = int(joint);
    a += weight * texelFetch(palette, ivec2(0, row), 0);
    b += weight * texelFetch(palette, ivec2(1, row), 0);
    c += weight * texelFetch(palette, ivec2(2, row), 0);
}

vec3 turned(vec4 a, vec4 b, vec4 c, vec3 n) {
    return normalize(vec3(dot(a.xyz, n), dot(b.xyz, n), dot(c.xyz, n)) + vec3(0.0, 1e-9, 0.0));
}

Posed skin() {
    vec3 p = rest_position;
    vec3 n = rest_normal;
    int last = int(rest_morphs.x + rest_morphs.y);
    for (int i = int(rest_morphs.x); i < last; i++) {
        vec4 offset = entry(i * 2);
        float w = texelFetch(morph_weights, ivec2(int(offset.w), 0), 0).r;
        p += w * offset.xyz;
        n += w * entry(i * 2 + 1).xyz;
    }
    vec4 a = vec4(0.0);
    vec4 b = vec4(0.0);
    vec4 c = vec4(0.0);
    for (int k = 0; k < 4; k++) {
        if (rest_weights0[k] > 0.0) gather(rest_joints0[k], rest_weights0[k], a, b, c);
    }
    if (rest_weights1.x > 0.0) {
        for (int k = 0; k < 4; k++) gather(rest_joints1[k], rest_weights1[k], a, b, c);
    }
    vec4 q = vec4(p, 1.0);
    return Posed(
        vec3(dot(a, q), dot(b, q), dot(c, q)),
        turned(a, b, c, n),
        vec4(turned(a, b, c, rest_outline.xyz), rest_outline.w));
}
