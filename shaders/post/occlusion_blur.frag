// Evens the occlusion out over four pixels along one axis, but not across edges.
uniform sampler2D occlusion_map;
uniform ivec2 along;   // one pixel along the axis
uniform ivec2 limit;   // last pixel
out vec4 pixel;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 here = texelFetch(occlusion_map, at, 0);
    float d = here.g + here.b / 255.0;
    float sum = here.r;
    float weight = 1.0;
    for (int i = -2; i <= 2; i++) {
        if (i == 0) continue;
        vec4 s = texelFetch(occlusion_map, clamp(at + along * i, ivec2(0), limit), 0);
        float gap = abs(s.g + s.b / 255.0 - d) / (d + 0.002);
        float w = max(1.0 - gap * 24.0, 0.0) * (abs(i) == 2 ? 0.5 : 1.0);
        sum += s.r * w;
        weight += w;
    }
    pixel = vec4(sum / weight, here.gba);
}
