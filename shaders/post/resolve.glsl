// Reads one finished pixel: the mean of its samples, still encoded. Alpha says what it shows
// (pass/figure.frag): 1 the set, 0.985 clothes, 0.965 skin, 0.55 hair.
#ifdef SAMPLES
uniform sampler2DMS picture;
vec3 resolve(ivec2 at) {
    return (texelFetch(picture, at, 0).rgb + texelFetch(picture, at, 1).rgb
        + texelFetch(picture, at, 2).rgb + texelFetch(picture, at, 3).rgb) * 0.25;
}
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
float mark(ivec2 at) { return texelFetch(picture, at, 0).a; }
#else
uniform sampler2D picture;
vec3 resolve(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
float mark(ivec2 at) { return texelFetch(picture, at, 0).a; }
#endif

float skin_mark(float a) { return step(abs(a - 0.965), 0.009); }
float figure_mark(float a) { return step(a, 0.992); }
