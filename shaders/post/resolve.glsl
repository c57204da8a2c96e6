// Reads one finished pixel: the mean of its samples, still encoded. Alpha says what it shows
// (pass/figure.frag): 1 the set, 0.985 clothes, 0.976 outlines, 0.965 skin,
// 0.949 eyes and brows, 0.55 hair.
#ifdef SAMPLES
uniform sampler2DMS picture;
vec3 resolve(ivec2 at) {
    vec3 sum = vec3(0.0);
    for (int i = 0; i < SAMPLES; i++) sum += texelFetch(picture, at, i).rgb;
    return sum * (1.0 / float(SAMPLES));
}
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
float mark(ivec2 at) { return texelFetch(picture, at, 0).a; }
#else
uniform sampler2D picture;
vec3 resolve(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
float mark(ivec2 at) { return texelFetch(picture, at, 0).a; }
#endif

float skin_mark(float a) { return step(abs(a - 0.957), 0.017); } // skin and what is drawn on it
float drawn_mark(float a) { return step(abs(a - 0.949), 0.006); }
float hull_mark(float a) { return step(abs(a - 0.976), 0.004); }
float figure_mark(float a) { return step(a, 0.992); }

// Shares of a pixel that show a figure and skin.
vec2 shares(ivec2 at) {
#ifdef SAMPLES
    vec2 sum = vec2(0.0);
    for (int i = 0; i < SAMPLES; i++) {
        float a = texelFetch(picture, at, i).a;
        sum += vec2(figure_mark(a), skin_mark(a));
    }
    return sum * (1.0 / float(SAMPLES));
#else
    float a = mark(at);
    return vec2(figure_mark(a), skin_mark(a));
#endif
}
