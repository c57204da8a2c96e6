// Lines where surfaces bend or end, from the depth buffer. Depth in the buffer is linear
// over the picture on any plane, so its second difference is zero there and needs no
// normals; in metres over the size of a pixel it is a change of slope.
// Needs post/depth.glsl and the marks of post/resolve.glsl.
uniform ivec2 last_pixel;
uniform vec2 footprint;  // metres per pixel at 1 m, step in pixels

// Bend (change of slope) and depth of the step (m) along one axis.
vec2 bend(float before, float here, float after) {
    float d = metres(here);
    // Metres per step of the buffer: d^2 (far - near) / (far near).
    float scale = d * d * (lens.y - lens.x) / (lens.x * lens.y);
    float pixel_size = d * footprint.x * footprint.y;
    float step_ = (before + after - 2.0 * here) * scale;
    float steep = abs(after - before) * scale / pixel_size * 0.5;
    float curve = step_ / pixel_size;
    // Only what lies in front draws its own edge; steep surfaces bend without an edge. Hollows
    // have one too, but not the far side of a step, which is steep on one side alone.
    float edge = max(curve / (1.0 + 0.5 * steep), -0.35 * curve / (1.0 + 2.0 * steep));
    return vec2(edge, abs(step_));
}

// Depth a step away. A gap of one pixel is no edge: where the next one lies in front of it
// again, what runs on from here to there is taken.
float beside(ivec2 at, ivec2 way, float here) {
    float next = depth_at(clamp(at + way, ivec2(0), last_pixel), 0);
    float after = depth_at(clamp(at + 2 * way, ivec2(0), last_pixel), 0);
    return min(next, 0.5 * (here + max(after, here)));
}

// 0 no line .. 1 line; `a` mark of the pixel. Outlines and eyes are drawn already, and on
// faces only steps deeper than an eye count.
float edge_line(ivec2 at, float a) {
    ivec2 s = ivec2(int(footprint.y), 0);
    float here = depth_at(at, 0);
    vec2 x = bend(beside(at, -s.xy, here), here, beside(at, s.xy, here));
    vec2 y = bend(beside(at, -s.yx, here), here, beside(at, s.yx, here));
    float deep = mix(1.0, smoothstep(0.005, 0.020, max(x.y, y.y)), skin_mark(a));
    return smoothstep(0.55, 1.6, max(x.x, y.x)) * deep
        * (1.0 - hull_mark(a)) * (1.0 - drawn_mark(a));
}
