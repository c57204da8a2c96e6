// Reads one finished pixel: the mean of its samples, still encoded.
#ifdef SAMPLES
uniform sampler2DMS picture;
vec3 resolve(ivec2 at) {
    return (texelFetch(picture, at, 0).rgb + texelFetch(picture, at, 1).rgb
        + texelFetch(picture, at, 2).rgb + texelFetch(picture, at, 3).rgb) * 0.25;
}
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
#else
uniform sampler2D picture;
vec3 resolve(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
vec3 peek(ivec2 at) { return texelFetch(picture, at, 0).rgb; }
#endif
