// Lines where surfaces bend or end, from the depth buffer. Depth in the buffer is linear
// over the picture on any plane, so its second difference is zero there and needs no
// normals; in metres over the size of a pixel it is a change of slope.
// Needs post/depth.glsl and the marks of post/resolve.glsl.
uniform ivec2 last_pixel;
uniform vec2 footprint;  // metres per pixel at 1 m, step in pixels
uniform float inner;     // strength 0..1

// Bend (change of slope) and depth of the step (m) along one axis.
vec2 bend(float before, float here, float after) {
    float d = metres(here);
    // Metres per step of the buffer: d^2 (far - near) / (far near).
    float scale = d * d * (lens.y - lens.x) / (lens.x * lens.y);
    float pixel_size = d * footprint.x * footprint.y;
    float step_ = (before + after - 2.0 * here) * scale;
    float steep = abs(after - before) * scale / pixel_size * 0.5;
    float curve = step_ / pixel_size;
    // Only what lies in front draws its own edge; steep surfaces bend without an edge.
    return vec2(max(curve, -0.35 * curve) / (1.0 + 0.5 * steep), abs(step_));
}

// 0 no line .. 1 line; `a` mark of the pixel. Outlines and eyes are drawn already, and on
// faces only steps deeper than an eye count.
float edge_line(ivec2 at, float a) {
    int s = int(footprint.y);
    ivec2 m = last_pixel;
    float here = depth_at(at, 0);
    vec2 x = bend(depth_at(clamp(at - ivec2(s, 0), ivec2(0), m), 0), here,
        depth_at(clamp(at + ivec2(s, 0), ivec2(0), m), 0));
    vec2 y = bend(depth_at(clamp(at - ivec2(0, s), ivec2(0), m), 0), here,
        depth_at(clamp(at + ivec2(0, s), ivec2(0), m), 0));
    float deep = mix(1.0, smoothstep(0.005, 0.012, max(x.y, y.y)), skin_mark(a));
    return inner * smoothstep(0.55, 1.6, max(x.x, y.x)) * deep
        * (1.0 - hull_mark(a)) * (1.0 - drawn_mark(a));
}
