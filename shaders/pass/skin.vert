// Skins one vertex into the buffer that every later pass draws from (transform feedback).
in vec3 in_position;
in vec3 in_normal;
in vec4 in_outline;      // smooth normal, width factor
in uvec4 in_joints0;
in uvec4 in_joints1;
in vec4 in_weights0;
in vec4 in_weights1;
in uvec2 in_morphs;      // first entry, count

uniform sampler2D palette;        // (3, nodes): rows of 3x4 matrices, model -> world
uniform sampler2D morph_entries;  // 2048 wide: (offset, shape), (normal offset, 0)
uniform sampler2D morph_weights;  // (shapes, 1)

out vec3 out_position;
out vec3 out_normal;
out vec4 out_outline;

vec4 entry(int i) { return texelFetch(morph_entries, ivec2(i & 2047, i >> 11), 0); }

void gather(uint joint, float weight, inout vec4 a, inout vec4 b, inout vec4 c) {
    int row = int(joint);
    a += weight * texelFetch(palette, ivec2(0, row), 0);
    b += weight * texelFetch(palette, ivec2(1, row), 0);
    c += weight * texelFetch(palette, ivec2(2, row), 0);
}

void main() {
    vec3 p = in_position;
    vec3 n = in_normal;
    int last = int(in_morphs.x + in_morphs.y);
    for (int i = int(in_morphs.x); i < last; i++) {
        vec4 offset = entry(i * 2);
        float w = texelFetch(morph_weights, ivec2(int(offset.w), 0), 0).r;
        p += w * offset.xyz;
        n += w * entry(i * 2 + 1).xyz;
    }
    vec4 a = vec4(0.0);
    vec4 b = vec4(0.0);
    vec4 c = vec4(0.0);
    for (int k = 0; k < 4; k++) {
        if (in_weights0[k] > 0.0) gather(in_joints0[k], in_weights0[k], a, b, c);
    }
    if (in_weights1.x > 0.0) {
        for (int k = 0; k < 4; k++) gather(in_joints1[k], in_weights1[k], a, b, c);
    }
    vec4 q = vec4(p, 1.0);
    out_position = vec3(dot(a, q), dot(b, q), dot(c, q));
    out_normal = normalize(vec3(dot(a.xyz, n), dot(b.xyz, n), dot(c.xyz, n)) + vec3(0.0, 1e-9, 0.0));
    vec3 o = in_outline.xyz;
    out_outline = vec4(
        normalize(vec3(dot(a.xyz, o), dot(b.xyz, o), dot(c.xyz, o)) + vec3(0.0, 1e-9, 0.0)),
        in_outline.w);
    gl_Position = vec4(0.0);
}
