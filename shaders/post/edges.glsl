// Lines where surfaces bend or end, from the depth buffer. Depth in the buffer is linear
// over the picture on any plane, so its second difference is zero there and needs no
// normals; in metres over the size of a pixel it is a change of slope.
#include "post/depth.glsl"
uniform ivec2 last_pixel;
uniform float inner;   // strength 0..1

float bend(float before, float here, float after) {
    float d = metres(here);
    // metres per step of the buffer: d^2 (far - near) / (far near)
    float scale = d * d * (lens.y - lens.x) / (lens.x * lens.y);
    float pixel_size = d / lens.z * lens.w;
    float curve = (before + after - 2.0 * here) * scale / pixel_size;
    float steep = abs(after - before) * scale / pixel_size * 0.5;
    // Only what lies in front draws its own edge; steep surfaces bend without an edge.
    return max(curve, -0.35 * curve) / (1.0 + 0.5 * steep);
}

// 0 no line .. 1 line.
float edge_line(ivec2 at) {
    int s = int(lens.w);
    ivec2 m = last_pixel;
    float here = depth_at(at, 0);
    float a = bend(depth_at(clamp(at - ivec2(s, 0), ivec2(0), m), 0), here, depth_at(clamp(at + ivec2(s, 0), ivec2(0), m), 0));
    float b = bend(depth_at(clamp(at - ivec2(0, s), ivec2(0), m), 0), here, depth_at(clamp(at + ivec2(0, s), ivec2(0), m), 0));
    return inner * smoothstep(0.55, 1.6, max(a, b));
}
