// Reads one finished pixel: the mean of its samples, still encoded, and what they show.
// Alpha says that (pass/figure.frag), in 255ths: 255 the set, 251 outlines, 248 clothes,
// 245 skin, 242 eyes and brows, 140 hair. A host may resolve the picture itself (WebGL2
// must), so only the mean is read: neighbours on a contour (set and line, line and clothes or
// skin) are neighbours in number, and the mean says how much of the pixel each covers.
#ifdef SAMPLES
uniform sampler2DMS picture;
vec4 mean_of(ivec2 at) {
    vec4 sum = vec4(0.0);
    for (int i = 0; i < SAMPLES; i++) sum += texelFetch(picture, at, i);
    return sum * (1.0 / float(SAMPLES));
}
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
#else
uniform sampler2D picture;
vec4 mean_of(ivec2 at) { return texelFetch(picture, at, 0); }
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
#endif

float between(float low, float high, float a) {
    return clamp((a * 255.0 - low) / (high - low), 0.0, 1.0);
}

// Shares of a pixel whose alpha is `a`.
float figure_mark(float a) { return between(255.0, 251.0, a); }
float hull_mark(float a) { return min(between(255.0, 251.0, a), between(248.0, 251.0, a)); }
float skin_mark(float a) { return min(between(248.0, 245.0, a), between(225.0, 242.0, a)); }
float drawn_mark(float a) { return min(between(245.0, 242.0, a), between(225.0, 242.0, a)); }
vec2 shares(float a) { return vec2(figure_mark(a), skin_mark(a)); }
